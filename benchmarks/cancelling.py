"""A deploy by the real command line is cancelled as a runner does it: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import Ground, Kind
from benchmarks.leftovers import leftovers
from benchmarks.load import ROOT
from twinrail.deploy.release import version_of
from twinrail.deploy.standing import unfinished
from twinrail.project.repository import read_commit

SEQUENCE = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 30.0))
"""What a runner sends to the process that it started, and how many seconds it waits then."""

SETTINGS = """\
[tool.twinrail.service]
command = {command}
migrate = {migrate}

[tool.twinrail.environments.staging]
port = {port}
replicas = 2
drain = "{drain}"
strategy = {{ name = "blue-green", bake = "20s" }}
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """When a deploy is cancelled.

    Attributes:
        name: in words.
        amid: the move amid which it is cancelled, by its first word.
        mood: the mood of the release on its way.
        drain: how long an instance may take to end.
        by: the signal after which it is to end; `exit_code`: how.
        resumed: how `twinrail resume` is to end after it; None: there is nothing to resume.
    """

    name: str
    amid: str
    mood: Mapping[str, object]
    drain: str
    by: str
    exit_code: int
    resumed: int | None = None


CASES = (
    Case(name="amid a start that hangs", amid="start", mood={"name": "hangs at start"}, drain="10s", by="SIGINT",
         exit_code=130),
    Case(name="with all traffic on the new release", amid="hold", mood={"name": "well"}, drain="10s", by="SIGINT",
         exit_code=130),
    Case(name="where the release does not end", amid="hold", mood={"name": "never ends"}, drain="11s", by="SIGKILL",
         exit_code=-9, resumed=20),
)  # fmt: skip
"""Two that have the time to go back by themselves, and one that is killed on its way back."""


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """How a deploy ended that was cancelled.

    Attributes:
        by: the signal after which it ended.
        exit_code: how; negative: by that signal.
        resumed: how `twinrail resume` ended after it, where there was something to resume.
        faults: what is not as it should be.
    """

    by: str
    exit_code: int
    resumed: int | None
    faults: tuple[str, ...]


def cancel(root: Path, kind: Kind, case: Case, *, late: bool = False) -> Cancelled:
    """A deploy to staging that is cancelled, where another release is live.

    Where it may be `late` SIGTERM may come before it has gone back by itself; that alters nothing else.
    """
    ground = Ground(root=root, kind=kind, name="staging", options={"drain": case.drain})
    try:
        ground.deploy(ground.release("1.1", commit=1))
        _into_git(ground, case.drain)
        _built(ground, ground.release("1.2", case.mood, commit=2).wheel)
        process = _twinrail(ground, "staging")
        _until(ground, process, case.amid)
        by = _end(process)
        resumed = None
        if unfinished(ground.place.ledger.read()):
            resumed = _twinrail(ground, "resume", "staging").wait()
        live = version_of(ground.place.target.state().live)
        ended, signals = (process.returncode, resumed), {case.by, "SIGTERM"} if late else {case.by}
        faults = [
            *([] if live == "1.1" else [f"{live or 'nothing'} is live, not 1.1"]),
            *([] if by in signals and ended == (case.exit_code, case.resumed) else [f"it ended by {by}, {ended}"]),
        ]
        return Cancelled(by=by, exit_code=process.returncode, resumed=resumed, faults=(*faults, *leftovers(ground)))
    finally:
        ground.end()


def _into_git(ground: Ground, drain: str) -> None:
    # The project as its owner has it: its settings in a file, all of it in a commit.
    text = ground.kind.files["pyproject.toml"].partition("[tool.twinrail")[0]
    service = ground.kind.service
    command, migrate = (json.dumps(list(words)) for words in (service.command, service.migrate))
    settings = SETTINGS.format(command=command, migrate=migrate, port=ground.place.target.port, drain=drain)
    (ground.root / "pyproject.toml").write_text(f"{text}\n{settings}", encoding="utf-8")
    (ground.root / ".gitignore").write_text(".twinrail/\nwheels/\ndist/\n", encoding="utf-8")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "All of it")):
        subprocess.run(("git", *words), cwd=ground.root, check=True)  # noqa: S607


def _built(ground: Ground, wheel: Path) -> None:
    commit = read_commit(ground.work.project, ground.work.shell)
    (ground.root / "dist").mkdir()
    built = wheel.rename(ground.root / "dist" / wheel.name)
    ground.work.artifacts.put("wheel", built, version="1.2", commit=commit.id)


def _twinrail(ground: Ground, *words: str) -> "subprocess.Popen[bytes]":
    argv = (sys.executable, "-m", "twinrail", *words, "--project", str(ground.root))
    with (ground.root / ".twinrail" / "said.txt").open("ab") as said:
        # A shell that starts something in the background has it ignore SIGINT; a runner's step does not.
        return subprocess.Popen(
            argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )  # fmt: skip


def _until(ground: Ground, process: "subprocess.Popen[bytes]", amid: str) -> None:
    while not any(each.kind == "move" and each.facts["move"].startswith(amid) and "1.2" in str(each.facts)
                  for each in ground.place.ledger.read()):  # fmt: skip
        if process.poll() is not None:
            raise RuntimeError((ground.root / ".twinrail" / "said.txt").read_text(encoding="utf-8"))
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> str:
    for number, patience in SEQUENCE:
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return number.name
    raise RuntimeError("It does not end.")
