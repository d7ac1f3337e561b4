"""How programs that we started are ended, with all that they started themselves."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import psutil

PATIENCE = 5.0
"""How long a tool that was asked to end may take, in seconds: less than GitHub's runner gives us."""


def terminate(pid: int) -> None:
    """Asks a program and its children to end; whoever does not listen is made to, after a moment."""
    _each(pid, psutil.Process.terminate)
    timer = threading.Timer(PATIENCE, _each, (pid, psutil.Process.kill))
    timer.daemon = True
    timer.start()


def interrupt(pid: int) -> None:
    """Passes a Ctrl-C on to a program and its children."""
    _each(pid, _ctrl_c)


@contextlib.contextmanager
def bounded(pid: int, seconds: float) -> Iterator[threading.Event]:
    """What is set when a program was ended, because it ran for so long within the block; 0: nothing ends it."""
    late = threading.Event()

    def end() -> None:
        late.set()
        terminate(pid)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    if seconds:
        timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _each(pid: int, end: Callable[[psutil.Process], None]) -> None:
    # A tool's own children would hold its pipes open. What start_detached began is no tool's child.
    with contextlib.suppress(psutil.NoSuchProcess):
        tool = psutil.Process(pid)
        for process in (tool, *tool.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                end(process)


def _ctrl_c(process: psutil.Process) -> None:
    if sys.platform == "win32":
        process.terminate()
    elif os.getsid(process.pid) == os.getsid(0):  # what was started detached is no part of this
        process.send_signal(signal.SIGINT)
