"""The one place that runs other programs: argument lists only, each said before it is run."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from twinrail.system import ending
from twinrail.system.command import Command, Finished
from twinrail.system.errors import Interrupted, ToolError


def _ignore(_: Finished) -> None:
    """Takes no note of a command."""


@dataclass
class Shell:
    """Runs commands; `say` gets each line that is to be logged, `ran` each command that ended.

    Attributes:
        goes_on: whether commands may begin after it was stopped: those of a way back.
    """

    say: Callable[[str], None]
    ran: Callable[[Finished], None] = _ignore
    goes_on: bool = False
    _live: set[subprocess.Popen[str]] = field(default_factory=set)
    _branches: "list[Shell]" = field(default_factory=list)
    _stops: int = 0

    def branch(self) -> "Shell":
        """One that says the same, for what has a way back: a `stop` ends what runs there, and lets more begin."""
        made = Shell(say=self.say, ran=self.ran, goes_on=True)
        self._branches.append(made)
        return made

    def run(self, command: Command, *, ok: tuple[int, ...] = (0,), quiet: bool = False, data: bool = False) -> Finished:
        """The command, ended; its exit code is one of `ok`, or anything when `ok` is empty.

        Args:
            command: what to run.
            ok: the exit codes that are an answer.
            quiet: leave the command and its output out of the log (a look-up, no step).
            data: leave its standard output out of the log, because it is for a program to read.

        Raises:
            ToolError: the program is not there, or its exit code is no answer.
            Interrupted: `stop` was called meanwhile, or a Ctrl-C ended the program, which is no answer.
        """
        started, stops = time.monotonic(), self._stops if self.goes_on else 0
        if not quiet:
            self.say(f"$ {command}")
        with self._open(command) as process, ending.bounded(process.pid, command.within) as late:
            self._live.add(process)
            if self._stops != stops:
                ending.terminate(process.pid)
            if process.stdin:
                # A word, not a file: it fits into the pipe, whether the program reads it or not.
                with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
                    stdin.write(command.said)
            stdout, stderr = self._gather(process, command.hide, said=(not (quiet or data), not quiet))
            returncode = process.wait()
            self._live.discard(process)
        finished = Finished(
            command=command,
            returncode=returncode,
            stdout=stdout,
            stderr=stderr,
            seconds=time.monotonic() - started,
            late=late.is_set(),
        )
        if not quiet:
            self.ran(finished)
        return self._judge(finished, ok, stopped=self._stops != stops)

    def stop(self) -> None:
        """Ends every command that runs, and lets none begin; for an interruption."""
        self._stops += 1
        for process in list(self._live):
            ending.terminate(process.pid)
        for each in self._branches:
            each.stop()

    def interrupt(self) -> None:
        """Passes a Ctrl-C on to every command that runs, and lets each end in good order.

        A terminal reaches them all by itself; GitHub's runner reaches none but the process that it started.
        """
        for process in list(self._live):
            ending.interrupt(process.pid)
        for each in self._branches:
            each.interrupt()

    def _judge(self, finished: Finished, ok: tuple[int, ...], *, stopped: bool) -> Finished:
        # Ctrl-C at a terminal reaches the tool as well, which may end before anybody has called `stop`.
        alone = bool(ok) and finished.returncode == -signal.SIGINT
        if stopped or alone:
            raise Interrupted(f"Interrupted while running {finished.command.argv[0]}.")
        if ok and finished.returncode not in ok:
            raise ToolError(
                f"{Path(finished.command.argv[0]).name} ended with {finished.returncode}: {finished.command}",
                why=finished.tail.replace("\n", "\n  "),
                todo=f"Run it by hand in {finished.command.cwd} to see more.",
            )
        return finished

    def _open(self, command: Command) -> subprocess.Popen[str]:
        if self._stops and not self.goes_on:
            raise Interrupted("Interrupted.")
        try:
            with (command.stdin or Path(os.devnull)).open("rb") as stdin:
                return subprocess.Popen(
                    command.argv,
                    cwd=command.cwd,
                    env=command.environment(),
                    stdin=subprocess.PIPE if command.said else stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                )
        except OSError as error:
            raise ToolError(
                f"{command.argv[0]} cannot be started: {error.strerror}.", why=_cause(error, command)
            ) from error

    def _gather(
        self, process: subprocess.Popen[str], hide: Callable[[str], str], *, said: tuple[bool, bool]
    ) -> tuple[str, str]:
        texts: tuple[list[str], list[str]] = ([], [])

        troubles: list[Exception] = []

        def read(stream: IO[str], lines: list[str], aloud: bool) -> None:
            for plain in stream:
                line = hide(plain)
                lines.append(line)
                try:
                    if aloud and not troubles:
                        self.say(line.rstrip("\n"))
                except Exception as error:  # noqa: BLE001  # a full pipe would hang the tool: read on, raise later
                    troubles.append(error)

        streams = [stream for stream in (process.stdout, process.stderr) if stream]
        readers = [threading.Thread(target=read, args=each) for each in zip(streams, texts, said, strict=True)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        if troubles:
            raise troubles[0]
        return "".join(texts[0]), "".join(texts[1])


def _cause(error: OSError, command: Command) -> str:
    if not command.cwd.is_dir():
        return f"The folder to run it in, {command.cwd}, is not there."
    return "It is not installed, or not on the PATH." if isinstance(error, FileNotFoundError) else ""


def start_detached(command: Command, *, log: Path) -> int:
    """Starts a program that outlives this one, its output appended to `log`; its process id.

    Raises:
        ToolError: the program is not there.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                command.argv,
                cwd=command.cwd,
                env=command.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(
                f"{command.argv[0]} cannot be started: {error.strerror}.", why=_cause(error, command)
            ) from error
    # The child is waited for by a thread of its own, so that it leaves no zombie behind while we live.
    threading.Thread(target=process.wait, daemon=True).start()
    return process.pid
