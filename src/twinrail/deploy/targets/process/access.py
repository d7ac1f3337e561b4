"""Traefik's access log: what each release answered, how often, and how long it took.

A line a request, about 240 bytes, written as the request ends: it costs the proxy 20 µs a request, and buffering
would save none of them. No header stands in it but the mark of our own probes, no path and no address of anybody.
"""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import psutil

from twinrail.deploy.interface import Samples
from twinrail.deploy.targets.process.instances import Instance
from twinrail.deploy.targets.proxied.requests import FLAGS, answers, counted, rate, read
from twinrail.system.called import again
from twinrail.system.errors import ToolError

LIMIT = 32_000_000
"""How large a log may grow until it is set aside, in bytes; one that was set aside before is dropped then."""

_LATE = 2.0
"""How far lines may be out of the order in which their requests ended, in seconds."""
_BLOCK = 65_536


def log_of(folder: Path) -> Path:
    """The access log of the environment in `folder`."""
    return folder / "proxy" / "access.log"


def flags(folder: Path) -> tuple[str, ...]:
    """The words that make Traefik write the access log of the environment in `folder`."""
    return (*FLAGS, f"--accesslog.filepath={log_of(folder)}")


@dataclass(frozen=True)
class AccessLog:
    """The access log of the environment in `folder`; `proxies` are the processes that write it."""

    folder: Path
    proxies: Callable[[], list[Instance]] = list

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:
        """What a release answered to requests that began since then, in seconds since 1970.

        Args:
            release: its name.
            since: in seconds since 1970.
            probes: whether requests that were made to compare releases are meant, or those of people.

        Raises:
            ToolError: the proxy writes no log.
        """
        self.rotate()
        if not (self._log.exists() or self._aside.exists()):
            raise ToolError(
                f"The proxy of {self.folder.name} writes no access log.",
                why="It was started without one.",
                todo=f"Stop it, and deploy anew:  {again('down')}",
            )
        lines = chain.from_iterable(_lines(path, since) for path in (self._aside, self._log))
        return counted(answers(lines, release, since, probes=probes))

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where that is not known."""
        return rate(chain.from_iterable(_lines(path) for path in (self._aside, self._log)))

    def rotate(self, limit: int = LIMIT) -> bool:
        """Sets the log aside when it is larger than `limit` bytes; whether it was."""
        try:
            if self._log.stat().st_size <= limit or sys.platform == "win32":
                return False
            self._log.replace(self._aside)
        except FileNotFoundError:
            return False
        # Until it opens a new one the proxy goes on with the one that was set aside, which is read too.
        for proxy in self.proxies():
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(proxy.pid).send_signal(signal.SIGUSR1)
        return True

    @property
    def _log(self) -> Path:
        return log_of(self.folder)

    @property
    def _aside(self) -> Path:
        return self._log.with_name("access.log.1")


def _lines(path: Path, since: float = 0.0) -> Iterator[bytes]:
    """The lines of a log, of requests that ended since then at least."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        if since:
            _seek(file, since - _LATE)
        yield from file


def _seek(file: BinaryIO, moment: float) -> None:
    # Lines stand in the order in which their requests ended: halving finds the first that matters.
    low, high = 0, file.seek(0, 2)
    while high - low > _BLOCK:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        line = read(file.readline())
        if line and line.ended < moment:
            low = middle
        else:
            high = middle
    file.seek(low)
    if low:
        file.readline()
