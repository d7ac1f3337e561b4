"""A deploy by the real command line is cancelled as a runner does it: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL."""

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

[tool.twinrail.environments.staging]
port = {port}
replicas = 2
drain = "{drain}"
strategy = {{ name = "blue-green", bake = "20s" }}
"""


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


def cancel(root: Path, kind: Kind, *, amid: str, mood: Mapping[str, object], drain: str) -> Cancelled:
    """A deploy to staging that is cancelled amid the move of that kind, where another release is live."""
    ground = Ground(root=root, kind=kind, name="staging", options={"drain": drain})
    try:
        ground.deploy(ground.release("1.1", commit=1))
        _into_git(ground, drain)
        _built(ground, ground.release("1.2", mood, commit=2).wheel)
        process = _twinrail(ground, "staging")
        _until(ground, process, amid)
        by = _end(process)
        resumed = None
        if unfinished(ground.place.ledger.read()):
            resumed = _twinrail(ground, "resume", "staging").wait()
        live = version_of(ground.place.target.state().live)
        faults = [] if live == "1.1" else [f"{live or 'nothing'} is live, not 1.1"]
        return Cancelled(by=by, exit_code=process.returncode, resumed=resumed, faults=(*faults, *leftovers(ground)))
    finally:
        ground.end()


def _into_git(ground: Ground, drain: str) -> None:
    # The project as its owner has it: its settings in a file, all of it in a commit.
    text = ground.kind.files["pyproject.toml"].partition("[tool.twinrail")[0]
    command = "[" + ", ".join(f'"{word}"' for word in ground.kind.service.command) + "]"
    settings = SETTINGS.format(command=command, port=ground.place.target.port, drain=drain)
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
