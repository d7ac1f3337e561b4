"""A run: opens the record, gives each session its work, and writes down how it ended."""

import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag

from twinrail.pipeline.bodies import Body, body_of
from twinrail.pipeline.graph import known
from twinrail.pipeline.notify import notify
from twinrail.pipeline.telling import command_ran, ended, outcome_of
from twinrail.project.decode import Configuration
from twinrail.project.manager import find_manager
from twinrail.project.repository import Project, read_commit
from twinrail.report.events import RunStarted, SessionEnded, SessionStarted
from twinrail.report.record import Record
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system import pack
from twinrail.system.called import PYTHON
from twinrail.system.command import WITHHELD, Command, Finished
from twinrail.system.errors import ProjectError, RecordError, TwinrailError
from twinrail.system.files import read_json
from twinrail.system.shell import Shell


@dataclass(kw_only=True)
class Run:
    """One execution of some sessions.

    Attributes:
        project: the project at hand.
        configuration: its settings with their sources.
        record: where all is written down.
        echo: gets each line that a tool says, besides the session's log.
        ask: asks the person at the terminal; None when there is nobody.
        environment: the environment that was named on the command line, for sessions that must be told.
        to: the release that was named there.
        end: whether what waits for somebody to end it is ended.
        action: what a session that does one of several things is asked for.
        flags: how.
        services: the services that it is about.
        approved: environments that were approved on the command line.
        words: the words after `--`, for the sessions that were named.
        noxfile: the noxfile whose own sessions may be asked to run, or None.
        own: the sessions that the noxfile does itself.
        without: the sessions that the noxfile leaves out.
        interrupted: set when somebody pressed Ctrl-C, for those who wait for something.
        stopped: whether somebody did.
    """

    project: Project
    configuration: Configuration
    record: Record
    echo: Callable[[str], None]
    ask: Callable[[str], str | None]
    environment: str = ""
    to: str = ""
    end: bool = False
    action: str = ""
    flags: frozenset[str] = frozenset()
    services: tuple[str, ...] = ()
    approved: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    noxfile: Path | None = None
    own: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    interrupted: Flag = field(default_factory=Flag)
    stopped: bool = False
    _shells: list[Shell] = field(default_factory=list)

    def begin(self, names: tuple[str, ...]) -> None:
        """Writes down what runs here.

        Raises:
            RecordError: the record cannot be written.
        """
        commit = read_commit(self.project, Shell(say=_nothing))
        self.record.tell(
            RunStarted(
                run=self.record.run,
                project=self.project.name,
                version=self.project.version,
                commit=commit.id,
                uncommitted=len(commit.uncommitted),
                manager=_manager(self.project),
                python=os.environ.get(PYTHON) or ".".join(map(str, sys.version_info[:3])),
                pack=pack.version(),
                sessions=names,
                root=str(self.project.root),
            )
        )

    def session(self, name: str, *, words: tuple[str, ...] = ()) -> SessionEnded:
        """Runs one session and writes down how it ended; a mistake of the user ends it, and raises nothing.

        Raises:
            RecordError: the record cannot be written.
        """
        started = time.monotonic()
        self.record.tell(SessionStarted(session=name))
        log = self.record.log(name)
        with self.record.writing(log) as file:
            try:
                outcome = self._body(name)(self._work(name, words, file.write))
            except RecordError:
                raise
            except Exception as error:  # noqa: BLE001  # whatever went wrong, the run goes on and tells of it
                if not isinstance(error, TwinrailError | OSError):
                    traceback.print_exc(file=file)
                outcome = outcome_of(error)
        told = ended(name, outcome, time.monotonic() - started, words, own=self._said(name))
        self.record.tell(told)
        return told

    def interrupt(self) -> None:
        """Ends what runs: tools at once, rollouts by their way back; nothing more begins but what always runs."""
        self.stopped = True
        self.interrupted.set()
        for shell in self._shells:
            shell.stop()

    def _said(self, name: str) -> tuple[str, ...]:
        # What the session itself was told on the command line, not its tool.
        if any(each.does for each in known((name,))):
            return (self.action, *self.services, *(f"--{flag}" for flag in sorted(self.flags)))
        to = ("--to", self.to) if self.to else ()
        return (self.environment, *to, *(("--end",) if self.end else ())) if self.environment else ()

    def _body(self, name: str) -> Body:
        if name in self.own:
            return self._own
        if name == "notify":
            return lambda work: notify(work, self.record)
        return body_of(name)

    def _work(self, name: str, words: tuple[str, ...], log: Callable[[str], object]) -> Work:
        def say(line: str) -> None:
            log(f"{line}\n")
            self.echo(line)

        def ran(done: Finished) -> None:
            self.record.tell(command_ran(name, done))

        shell = Shell(say=say, ran=ran)
        self._shells.append(shell)
        return Work(
            session=name,
            project=self.project,
            settings=self.configuration.settings,
            shell=shell,
            folder=self.record.folder / "reports" / name,
            run=self.record.run,
            words=words,
            environment=self.environment,
            to=self.to,
            end=self.end,
            action=self.action,
            flags=self.flags,
            services=self.services,
            approved=self.approved,
            without=self.own | self.without,
            ask=self.ask,
            tell=self.record.tell,
            interrupted=self.interrupted,
        )

    def _own(self, work: Work) -> Outcome:
        report = work.report("nox.json")
        words = ("--no-dependencies", "--error-on-missing-interpreters", "--report", str(report))
        command = Command(
            argv=(sys.executable, "-m", "nox", *words, "-f", str(self.noxfile), "-s", work.session),
            cwd=self.project.root,
            env={"NOX_SCRIPT_MODE": "none", **pack.importable()},
            secrets=WITHHELD,
        )
        done = work.shell.run(command, ok=())
        if done.returncode:
            return failed("the noxfile's own session failed", detail=done.tail)
        results = {each["result"] for each in (read_json(report) or {}).get("sessions", [])}
        return (
            passed("the noxfile's own session") if "success" in results else off("the noxfile's own session: skipped")
        )


def _nothing(_: str) -> None:
    """Says nothing."""


def _manager(project: Project) -> str:
    try:
        return find_manager(project.root).name
    except ProjectError:
        return ""
