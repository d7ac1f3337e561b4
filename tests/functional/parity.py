"""What a project's sessions ran on two rails, compared command by command; where each stood does not count."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from act_process import inherited
from act_run import ActRun
from consumers import PACK

SESSIONS = (
    "lint", "types", "test", "security", "build", "sbom", "image", "push", "sign", "integration", "e2e", "staging",
    "production",
)  # fmt: skip
ALLOWED: Mapping[str, str] = {}
"""The sessions that may differ, and why."""
PLACES = (
    (re.escape(tempfile.gettempdir()) + r"/twinrail-(\w+)-[^/]+", r"<temporary>/\1"),
    (r"\.twinrail/runs/[^/]+", ".twinrail/runs/<run>"),
    # Its name says where the virtual environment lies that it is laid over.
    (r"(-over-py[\d.]+)-[0-9a-f]{12}", r"\1"),
)
"""Where things are made anew by each run."""
PORT = re.compile(r"(?<=127\.0\.0\.1:)\d+")


@dataclass(frozen=True)
class Rail:
    """The record of a run, and where it stood.

    Attributes:
        record: `run.json`.
        roots: patterns of folders, and the word that stands for each.
        ports: those that the settings name; every other one was a free one.
    """

    record: Mapping[str, Any]
    roots: tuple[tuple[str, str], ...]
    ports: frozenset[int]

    def tools(self) -> dict[str, list[str]]:
        """What each session had its tools do, in the order of time: whose tool, where, with which variables, words."""
        return {each["name"]: [self._shown(one) for one in each["commands"] if one["tool"]] for each in self._sessions}

    def preparations(self) -> set[str]:
        """What was run beside the tools; which session needs a thing first is chance."""
        return {self._shown(one) for each in self._sessions for one in each["commands"] if not one["tool"]}

    @property
    def _sessions(self) -> Iterator[Mapping[str, Any]]:
        return (each for each in self.record["sessions"] if each["name"] in SESSIONS)

    def _shown(self, command: Mapping[str, Any]) -> str:
        text = json.dumps([command[name] for name in ("tool", "directory", "env", "argv")], sort_keys=True)
        for pattern, word in (*self.roots, *PLACES):
            text = re.sub(pattern, word, text)
        return PORT.sub(lambda found: found[0] if int(found[0]) in self.ports else "<free>", text)


def differences(one: Rail, other: Rail) -> dict[str, tuple[list[str], list[str]]]:
    """The sessions of which the tools' commands are not the same, with those of either side that the other has not."""
    ours, theirs = one.tools(), other.tools()
    return {
        name: ([each for each in ours[name] if each not in theirs[name]],
               [each for each in theirs[name] if each not in ours[name]])
        for name in ours
        if name in theirs and ours[name] != theirs[name]
    }  # fmt: skip


def on_laptop(root: Path, home: Path, ports: frozenset[int]) -> Rail:
    """Runs the sessions by plain nox as somebody at a laptop does, agrees to production, and stops what serves."""
    env = {**inherited(), "HOME": str(home), "NOX_SCRIPT_MODE": "none", "PYTHONPATH": str(PACK / "src")}

    def nox(*words: str) -> None:
        command = [sys.executable, "-m", "nox", *words]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr

    env["TWINRAIL_RUN"] = "on-a-laptop"
    nox("-s", *SESSIONS[:-1])
    nox("--no-dependencies", "-s", SESSIONS[-1], "--", "--approve", SESSIONS[-1])
    record = json.loads((root / ".twinrail/runs/on-a-laptop/run.json").read_text(encoding="utf-8"))
    env["TWINRAIL_RUN"] = "afterwards"
    nox("-s", "down")
    pack = ((re.escape(str(PACK / "src" / "twinrail")), "<pack>"), (re.escape(sys.prefix), "<tools>"))
    return Rail(record, ((re.escape(str(root)), "<project>"), (re.escape(str(home)), "<home>"), *pack), ports)


def in_act(run: ActRun, name: str, home: Path, ports: frozenset[int]) -> Rail:
    """The whole run of the call `name`, of which each job had a checkout and virtual environments of its own."""
    artifact = run.artifacts[f"{name}-required"]
    [record] = [text for path, text in artifact.items() if path.endswith("/run.json")]
    venv = re.escape(str(run.venvs)) + r"/pack-[^/]+"
    roots = (
        (re.escape(str(run.folder / "cache")) + r"/[0-9a-f]+/hostexecutor", "<project>"),
        (re.escape(str(home)), "<home>"),
        (venv + r"/lib/python[\d.]+/site-packages/twinrail", "<pack>"),
        (venv, "<tools>"),
    )
    return Rail(json.loads(record), roots, ports)
