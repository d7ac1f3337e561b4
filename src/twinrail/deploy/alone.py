"""One process at a time: a lock on a file, which the system opens when its holder dies; nobody waits for it long."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from twinrail.system.errors import PlaceTaken

WITHIN = 10.0
"""How long to wait for a lock, in seconds: whoever holds one does so for a moment, unless it was put to sleep."""

_POLL = 0.02


@contextlib.contextmanager
def alone(lock: Path, taken: Callable[[], PlaceTaken], *, within: float = WITHIN) -> Iterator[None]:
    """The block runs while no other block under the same `lock` runs, in this process or another.

    Raises:
        PlaceTaken: as `taken` says, when another holds it for longer than `within` seconds.
        OSError: the lock cannot be written.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, timeout=within, poll_interval=_POLL)
    try:
        held.acquire()
    except Timeout:
        raise taken() from None
    try:
        yield
    finally:
        held.release()


def describe(pid: int) -> str:
    """A process for a person: `process 4711 (python, stopped)`."""
    try:
        process = psutil.Process(pid)
        return f"process {pid} ({process.name()}, {process.status()})"
    except psutil.Error:
        return f"process {pid}"
