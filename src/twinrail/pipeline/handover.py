"""What one job on GitHub hands to the next: packages and receipts with their digests, and the record of its run."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from twinrail.deploy.receipt import FOLDER, SESSIONS, path_of
from twinrail.pipeline.artifacts import RECEIPTS, artifact
from twinrail.pipeline.graph import JOBS, PIPELINE, known
from twinrail.pipeline.required import Verdict
from twinrail.report.events import CommandRan, Progress, RunEnded, RunStarted, SessionEnded, SessionStarted, State
from twinrail.report.record import Record
from twinrail.report.story import Timed, read_events, write_event
from twinrail.session.artifacts import Artifacts
from twinrail.system.digests import place
from twinrail.system.errors import ProjectError
from twinrail.system.files import append_line, sha256

_RECEIPT = "receipt.json"
_ON_PYTHON = re.compile(r"-py(3\.\d+)$")


def take_packages(artifacts: Artifacts, told: str, name: str, incoming: Path) -> None:
    """Takes over what the build made, by the digests that it `told` as its output.

    Raises:
        ProjectError: nothing was told, or a file is not what was made.
    """
    try:
        entries: Any = json.loads(told)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict) or not entries:
        raise ProjectError(
            "The job before told no digests of what it built.",
            why="Its output `artifacts` is empty; the runner drops an output that holds the value of a secret.",
            todo="Rename the secret's value out of the package's name, or run all jobs again.",
        )
    source = incoming / artifact(name, "build")
    # The action that fetches lays a single artifact flat.
    artifacts.take_over(entries, source if source.is_dir() else incoming)


def take_receipts(state: Path, digests: Iterable[str], sessions: tuple[str, ...], incoming: Path) -> None:
    """Takes over the receipts of the environments before those of `sessions`, no others: what lay here is gone.

    Raises:
        ProjectError: one is not the one whose digest a job before has told.
    """
    shutil.rmtree(state / FOLDER, ignore_errors=True)
    given, wanted = set(digests), _before(sessions)
    for path in sorted([*incoming.glob(_RECEIPT), *incoming.glob(f"*/{_RECEIPT}")]):
        environment = _environment(path)
        if environment in set(SESSIONS) - wanted:
            continue  # an earlier attempt of this run left it; nobody asks for it
        if environment not in wanted or sha256(path) not in given:
            raise ProjectError(
                f"The receipt in {path.parent.name} is not the one that its job gave.",
                why="Its digest is none of those that the jobs before told.",
                todo="Run all jobs again, so that what was found there is known.",
            )
        path_of(state, environment).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, path_of(state, environment))


def _before(sessions: tuple[str, ...]) -> set[str]:
    order = list(SESSIONS)
    return {each for name in sessions if name in RECEIPTS for each in order[: order.index(RECEIPTS[name])]}


def _environment(receipt: Path) -> str:
    try:
        return str(json.loads(receipt.read_text(encoding="utf-8"))["environment"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def hand_on(artifacts: Artifacts, state: Path, sessions: tuple[str, ...], to: Path) -> dict[str, str]:
    """Lays what the sessions made below `to`; what later jobs are told of it, as outputs."""
    to.mkdir(parents=True, exist_ok=True)
    kinds = {kind: each.name for each in known(sessions) for kind in each.makes}
    outputs: dict[str, str] = {}
    if made := artifacts.hand_over([kind for kind in kinds if kind != "receipt"], to):
        outputs["artifacts"] = json.dumps(made, separators=(",", ":"))
        outputs["version"] = next(iter(made.values()))["version"]
    if "image-push" in made:
        pushed = json.loads((to / place(made["image-push"]["path"])).read_text(encoding="utf-8"))
        name, _, digest = pushed["reference"].partition("@")
        outputs["image"] = json.dumps({"name": name, "digest": digest}, separators=(",", ":"))
    environment = RECEIPTS.get(kinds.get("receipt", ""), "")
    if environment and (receipt := path_of(state, environment)).is_file():
        shutil.copyfile(receipt, to / _RECEIPT)
        outputs["receipt"] = sha256(receipt)
        outputs["release"] = json.loads(receipt.read_text(encoding="utf-8"))["release"]
    return outputs


def gather(record: Record, incoming: Path, verdict: Verdict, call: str) -> None:
    """Puts the records of all jobs of a call into one, in the order of time, and what became of those that left none.

    What ran on another platform is a session of its own there: `test 3.12`, `test 3.12 macos-latest`.
    """
    parts = [(path.parent, _leg(path, artifact(call, "platforms"))) for path in sorted(incoming.rglob("events.jsonl"))]
    told = sorted((each for folder, leg in parts for each in _told(folder, leg)), key=lambda timed: timed.time)
    first = next((each for each in told if isinstance(each.event, RunStarted)), None)
    for each in [*_in_order(first), *told]:
        if not isinstance(each.event, RunEnded) or each.event.address:
            append_line(record.folder / "events.jsonl", write_event(each.time, each.event))
    for folder, leg in parts:
        for log in folder.glob("logs/*.log"):
            shutil.copyfile(log, record.log(f"{log.stem} {leg}".strip()))
    known = record.story().sessions
    for name, (state, why) in _untold(verdict.jobs).items():
        if name not in known or known[name].ended is None:
            record.tell(SessionEnded(session=name, state=state, seconds=0.0, headline=why, exit_code=_code(state)))


def _told(folder: Path, leg: str) -> Iterator[Timed]:
    for each in _read(folder / "events.jsonl"):
        if not leg:
            yield each
        elif isinstance(each.event, SessionStarted | SessionEnded | CommandRan | Progress):
            # It is neither the first word nor the last.
            yield Timed(each.time, replace(each.event, session=f"{each.event.session} {leg}"))


def _leg(events: Path, platforms: str) -> str:
    # ARTIFACT/record/RUN/events.jsonl
    here = events.parents[2].name
    part = here.removeprefix(f"{platforms}-")
    if part == here:
        return ""
    # Of one Python alone the record's name does not speak; where the noxfile does it all itself, nothing does.
    named = _ON_PYTHON.search(events.parent.name)
    known = [each.event.python for each in _read(events) if isinstance(each.event, RunStarted)]
    python = named[1] if named else ".".join(known[0].split(".")[:2]) if known else ""
    return " ".join(each for each in (python, part) if each not in {"", "same"}) or part


def _read(events: Path) -> Iterator[Timed]:
    return read_events(events.read_text(encoding="utf-8").split("\n"))


def _in_order(first: Timed | None) -> list[Timed]:
    # Which job began first is chance: the sessions stand in the order of the pipeline.
    if first is None or not isinstance(first.event, RunStarted):
        return []
    return [Timed(first.time, replace(first.event, sessions=tuple(each.name for each in PIPELINE)))]


def _untold(jobs: Mapping[str, tuple[State, str]]) -> dict[str, tuple[State, str]]:
    ends = {job.name: jobs[job.name] for job in JOBS if job.name in jobs and job.name != "platforms"}
    return {name: ends[job.name] for job in JOBS if job.name in ends for name in job.sessions}


def _code(state: State) -> int:
    return {"failed": 1, "interrupted": 130, "waiting": 75}.get(state, 0)
