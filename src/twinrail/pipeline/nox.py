"""nox as a job on GitHub runs it: what the noxfile offers, and its sessions, each in a fold of the log."""

import json
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any

from twinrail.pipeline.graph import beyond
from twinrail.report.commands import Folds
from twinrail.report.events import SessionEnded, State
from twinrail.report.record import Record
from twinrail.report.runs import RUN_VARIABLE
from twinrail.system import pack
from twinrail.system.called import CALLED, PROJECT, PYTHON
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError, SessionFailed
from twinrail.system.files import read_json
from twinrail.system.github import without_files
from twinrail.system.shell import Shell

SERVED = Path(__file__).parents[1] / "cli" / "noxfile.py"
"""The noxfile for a project that has none."""
_STATES: Mapping[str, State] = {"success": "passed", "skipped": "off"}
# nox says "aborted" of a session that stopped by its own word too; this reason is nox's alone.
_PREREQUISITE = "Prerequisite session "
# Without a choice nox lists those alone that a plain `nox` runs.
_ALL = ("--keywords", "a or not a")
# What the action was given is nothing for sessions, and may be large.
_HIDDEN = frozenset({"TWINRAIL_INPUTS", "PYTHONPATH", CALLED})


@dataclass(frozen=True, kw_only=True)
class Nox:
    """nox on a project's noxfile, or on the pack's own where the project has none.

    Attributes:
        root: the project's folder.
        prefix: the project's folder below the repository's top, with a slash at its end, or empty.
        place: a folder for nox's own report.
        trusted: whether code of the project may run; else the pack's noxfile is taken, and no module of the project's.
    """

    root: Path
    prefix: str
    place: Path
    trusted: bool = True

    @property
    def noxfile(self) -> Path:
        """The noxfile that is run."""
        own = self.root / "noxfile.py"
        return own if self.trusted and own.is_file() else SERVED

    @cached_property
    def offered(self) -> frozenset[str]:
        """The sessions that the noxfile offers, by every name that nox takes: `tests`, and `tests-3.12` of it.

        Raises:
            ProjectError: it cannot be read.
        """
        done = Shell(say=_nothing).run(self._command("--list", "--json", *_ALL), ok=(), quiet=True)
        try:
            # What the noxfile prints itself stands before it.
            told = json.loads(done.stdout.strip().rpartition("\n")[2])
            return frozenset(each[name] for each in told for name in ("session", "name"))
        except (ValueError, KeyError, TypeError):
            why = done.tail.replace("\n", "\n  ")
            raise ProjectError(f"{self.prefix}noxfile.py cannot be read.", why=why, todo="Try it:  nox -l") from None

    def run(self, wanted: tuple[str, ...], record: Record, python: str, *, until: str = "") -> int:
        """Runs those of the sessions that are offered, side by side; the exit code of their class.

        Args:
            wanted: their names.
            until: the last session of the pipeline that is wanted; those behind it are off.
            record: the record that they write into; what the noxfile does itself is added to it.
            python: the Python that the project's virtual environments are made for; empty: the running one.
        """
        cut = beyond(until)
        chosen = [name for name in wanted if name in self.offered and name not in cut]
        for name in wanted:
            if name in cut:
                record.tell(SessionEnded(session=name, state="off", seconds=0.0, headline=f"it ends after {until}"))
        code = self._run(chosen, record, python) if chosen else 0
        self._complete(wanted, chosen, record)
        return code and (record.story().exit_code or SessionFailed.exit_code)

    def _run(self, sessions: list[str], record: Record, python: str) -> int:
        folds = Folds(sys.stdout)
        shell = Shell(say=folds.say)
        side = ("--parallel", "auto", "--allow-parallel") if len(sessions) > 1 else ()
        env = {RUN_VARIABLE: record.run, **({PYTHON: python} if python else {})}
        self._report.unlink(missing_ok=True)
        words = ("--no-dependencies", "--report", str(self._report), *side, "--sessions", *sessions)

        def pass_on(_: int, __: FrameType | None) -> None:
            shell.interrupt()

        before = {each: signal.signal(each, pass_on) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            return shell.run(self._command(*words, **env), ok=()).returncode
        finally:
            folds.close()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _complete(self, wanted: tuple[str, ...], chosen: list[str], record: Record) -> None:
        # What the noxfile does itself leaves no word in the record, nor does what it does not offer.
        ends = (read_json(self._report) or {}).get("sessions", [])
        known = record.story().sessions
        for name in wanted:
            if name not in known or not known[name].ended:
                own = [each for each in ends if name in {each["name"], *each["signatures"]}]
                record.tell(_ended(name, own, f"{self._called} -s {name}") if name in chosen else _missing(name))

    @property
    def _called(self) -> str:
        return shlex.join(["nox", "-f", f"{self.prefix}noxfile.py"]) if self.prefix else "nox"

    @property
    def _report(self) -> Path:
        return self.place / "nox.json"

    def _command(self, *words: str, **env: str) -> Command:
        own = self.noxfile != SERVED
        about = {CALLED: self._called} if own else {}
        return Command(
            argv=(sys.executable, "-m", "nox", "--noxfile", str(self.noxfile), *words),
            cwd=self.root,
            env={
                "NOX_SCRIPT_MODE": "none",
                **pack.importable(),
                **about,
                **({} if own else {PROJECT: str(self.root)}),
                **({} if self.trusted else {"PYTHONSAFEPATH": "1"}),
                **env,
            },
            inherited=tuple(sorted(set(without_files()) - _HIDDEN)),
        )


def _ended(name: str, legs: Sequence[Mapping[str, Any]], again: str) -> SessionEnded:
    # One name may stand for several: a Python each, or what they were parametrized with.
    states = [_state(each) for each in legs] or ["failed"]
    order: tuple[State, ...] = ("failed", "not run", "passed", "off")
    state = next(each for each in order if each in states)
    reasons = list(dict.fromkeys(each["reason"] for each in legs if each["reason"]))
    return SessionEnded(
        session=name,
        state=state,
        seconds=round(sum(each["duration"] for each in legs), 3),
        headline=_headline(legs, state, reasons),
        exit_code=SessionFailed.exit_code if state == "failed" else 0,
        detail="\n".join(reasons),
        again=again if state == "failed" else "",
    )


def _state(leg: Mapping[str, Any]) -> State:
    if leg["result"] == "aborted" and leg["reason"].startswith(_PREREQUISITE):
        return "not run"
    return _STATES.get(leg["result"], "failed")


def _headline(legs: Sequence[Mapping[str, Any]], state: State, reasons: Sequence[str]) -> str:
    if state == "not run":
        return reasons[0].removeprefix(_PREREQUISITE)
    return "the noxfile's own session" if legs else "nox ended without a word of it"


def _missing(name: str) -> SessionEnded:
    return SessionEnded(session=name, state="off", seconds=0.0, headline="the noxfile does not offer it")


def _nothing(_: str) -> None:
    """Says nothing."""
