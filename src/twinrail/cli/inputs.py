"""What the composite action was given: parsed once at its door, all mistakes at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from twinrail.pipeline.graph import PIPELINE
from twinrail.pipeline.plan import Plan, Platform
from twinrail.pipeline.required import Ended
from twinrail.system.errors import UsageError
from twinrail.system.guess import did_you_mean

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SESSION = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_PYTHON = re.compile(r"3\.[0-9]{1,2}")
_SHOWN = 60
_MEANINGS = {
    "sessions": "names of sessions, apart by blanks",
    "path": "a folder of the repository, written from its top: packages/api",
    "name": "letters, digits, dots, dashes and underscores, at most 64: shopfront",
    "part": "letters, digits, dots, dashes and underscores, at most 64",
    "python": "versions, one a line: 3.13",
    "until": "the name of a session of the pipeline",
    "needs": "toJSON(needs), or a list of such objects",
}


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the jobs before found.

    Attributes:
        ended: how each ended.
        outputs: the outputs of each, without the empty ones.
    """

    ended: Mapping[str, Ended] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def told(self, name: str) -> list[str]:
        """What jobs said as their output `name`."""
        return [outputs[name] for outputs in self.outputs.values() if name in outputs]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What the composite action was given.

    Attributes:
        sessions: what to run; empty: a job that asks for approval.
        path: the project's folder below the repository's top.
        name: what artifacts and record are called.
        part: which leg of a matrix this is, or empty.
        pythons: the Pythons that the sessions run on.
        until: the last session of the pipeline that is wanted; empty: nothing is planned here.
        needs: what the jobs before found.
    """

    sessions: tuple[str, ...]
    path: PurePosixPath
    name: str
    part: str
    pythons: tuple[str, ...]
    until: str
    needs: Needs


def read_inputs(text: str, *, workspace: Path, repository: str) -> Inputs:
    """The inputs that stand in `text`, as `toJSON(inputs)` writes them.

    Raises:
        UsageError: some make no sense; each is named, and nothing was run.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise UsageError("The action was given no inputs.", todo="Call it as python.yml does: uses: $/actions/nox")
    given = {name: str(raw.get(name) or "") for name in _MEANINGS}
    needs = _needs(given["needs"])
    sense = {name: _makes_sense(name, given[name]) for name in _MEANINGS}
    path = PurePosixPath(given["path"] or ".")
    sense |= {"path": sense["path"] and _within(workspace, path), "needs": needs is not None}
    wrong = [name for name in _MEANINGS if not sense[name]]
    if wrong or needs is None:
        raise UsageError("\n  ".join(_mistake(name, given[name]) for name in wrong), todo="Nothing was run.")
    return Inputs(
        sessions=tuple(dict.fromkeys(given["sessions"].split())),
        path=path,
        name=given["name"] or _name_of(path, repository),
        part=given["part"],
        pythons=tuple(given["python"].split()),
        until=given["until"],
        needs=needs,
    )


def read_plan(text: str) -> Plan | None:
    """The plan that `verify` told as its output, or None where that cannot be read."""
    try:
        told = json.loads(text)
        legs = tuple(Platform(**each) for each in told["platforms"])
        return Plan(jobs=tuple(told["jobs"]), left_out=dict(told["left_out"]), platforms=legs,
                    approvals=tuple(told["approvals"]))  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _makes_sense(name: str, text: str) -> bool:
    match name:
        case "sessions":
            return text.isprintable() and all(_SESSION.fullmatch(word) for word in text.split())
        case "name" | "part":
            return not text or bool(_WORD.fullmatch(text))
        case "python":
            return text.isascii() and all(_PYTHON.fullmatch(word) for word in text.split())
        case "until":
            return not text or text in {each.name for each in PIPELINE}
        case "needs":
            return True
    return len(text) < 1024 and text.isprintable() and not text.startswith(("-", "/", "~")) and "\\" not in text  # noqa: PLR2004


def _within(workspace: Path, path: PurePosixPath) -> bool:
    # Links are followed first: one that leads out of the checkout is no folder of the repository.
    try:
        place = (workspace / path).resolve()
        return place.is_relative_to(workspace.resolve()) and place.is_dir() and ".." not in path.parts
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links that lead in a circle
        return False


def _name_of(path: PurePosixPath, repository: str) -> str:
    last = path.name if path.name not in {"", "."} else repository.rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-.")[:64] or "project"


def _mistake(name: str, text: str) -> str:
    shown = ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    guess = did_you_mean(text, [each.name for each in PIPELINE]) if name == "until" and len(text) <= _SHOWN else ""
    return f"{name}: {shown} makes no sense. It takes {_MEANINGS[name]}.{guess}"


def _needs(text: str) -> Needs | None:
    if not text.strip():
        return Needs()
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    parts = told if isinstance(told, list) else [told]
    if not all(isinstance(part, dict) and all(isinstance(job, dict) for job in part.values()) for part in parts):
        return None
    # What this job needs itself stands first; a caller's job of the same name is another one.
    jobs: dict[str, Any] = {name: job for part in reversed(parts) for name, job in part.items()}
    outputs = {name: _texts(job.get("outputs")) for name, job in jobs.items()}
    ended = {
        name: Ended(result=str(job.get("result")), state=outputs[name].get("state", "")) for name, job in jobs.items()
    }
    return Needs(ended=ended, outputs=outputs)


def _texts(outputs: Any) -> dict[str, str]:
    found = outputs if isinstance(outputs, dict) else {}
    return {str(name): str(value) for name, value in found.items() if value}
