"""The action's door, opened as the composite action opens it, and what came of it as the runner reads that."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from github_runner import Log, read_outputs

INPUTS = {"sessions": "lint", "path": ".", "name": "", "part": "", "python": "", "until": "", "needs": ""}
BEGUN = {"folder", "takes", "artifact"}
"""The outputs of `begin`."""
PAYLOAD = {"repository": {"full_name": "ada/parcel", "default_branch": "main", "fork": False}}
_PROGRAM = (sys.executable, "-m", "twinrail.cli.action")
_OURS = ("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "TWINRAIL_", "NOX")


@dataclass
class Came:
    """What came of a step."""

    code: int
    printed: str
    outputs: dict[str, str]
    summary: str
    troubles: str

    @property
    def log(self) -> Log:
        """What the runner made of what was printed."""
        return Log().read(self.printed)

    @property
    def errors(self) -> list[str]:
        """The messages of all annotations that are errors."""
        return [each.text for each in self.log.named("error")]


@dataclass
class Door:
    """A job on a runner: `workspace` is the checkout, `folder` what the runner keeps beside it."""

    workspace: Path
    folder: Path
    job: str = "verify"
    env: dict[str, str] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=lambda: PAYLOAD)

    @property
    def place(self) -> Path:
        """The folder that the action works in."""
        return self.folder / "temp" / "twinrail"

    @property
    def record(self) -> Path:
        """The record that is kept of the last run."""
        return max((self.place / "out" / "record").iterdir(), key=lambda each: each.stat().st_mtime)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of that record."""
        return [json.loads(line) for line in (self.record / "events.jsonl").read_text("utf-8").split("\n") if line]

    def ended(self, session: str) -> dict[str, Any]:
        """How a session ended, by that record."""
        return next(each for each in self.events if each["event"] == "SessionEnded" and each["session"] == session)

    def variables(self, inputs: dict[str, str]) -> dict[str, str]:
        """The variables of a step."""
        self.folder.joinpath("temp").mkdir(parents=True, exist_ok=True)
        for name in ("output", "summary", "env", "path", "state"):
            (self.folder / name).write_text("", encoding="utf-8")
        (self.folder / "event.json").write_text(json.dumps(self.payload), encoding="utf-8")
        known = {
            "TWINRAIL_INPUTS": json.dumps(INPUTS | inputs, indent=2, ensure_ascii=False),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "ada/parcel",
            "GITHUB_JOB": self.job,
            "GITHUB_RUN_ID": "7",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_ENV": str(self.folder / "env"),
            "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_STATE": str(self.folder / "state"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_ENVIRONMENT": "github-hosted",
        }
        return known | self.env

    def open(self, verb: str, **inputs: str) -> Came:
        """Opens the door in a process of its own."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        env = {**clean, **self.variables(inputs), "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1"}
        done = subprocess.run(
            [*_PROGRAM, verb], cwd=self.workspace, env=env, capture_output=True, text=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        return self.came(done.returncode, done.stdout, done.stderr)

    def came(self, code: int, printed: str, troubles: str = "") -> Came:
        """What came of a step that printed this."""
        outputs = (self.folder / "output").read_bytes().decode()
        summary = (self.folder / "summary").read_bytes().decode()
        assert "" == "".join((self.folder / name).read_text() for name in ("env", "path", "state"))
        return Came(code, printed, read_outputs(outputs), summary, troubles)
