"""Traefik's access log: what each release answered, how often, and how long it took.

A line a request, about 240 bytes, written as the request ends: it costs the proxy 20 µs a request, and buffering
would save none of them. No header stands in it but the mark of our own probes, no path and no address of anybody.
"""

import contextlib
import json
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import psutil

from twinrail.deploy.interface import Samples
from twinrail.deploy.probe import COMPARED
from twinrail.deploy.targets.process.instances import Instance
from twinrail.system.called import again
from twinrail.system.errors import ToolError

LIMIT = 32_000_000
"""How large a log may grow until it is set aside, in bytes; one that was set aside before is dropped then."""

_FIELDS = ("ServiceName", "RouterName", "StartUTC", "Duration", "DownstreamStatus")
_PAST = "past-"
"""How the names of the routers begin that lead past the weights."""
_LATE = 2.0
"""How far lines may be out of the order in which their requests ended, in seconds."""
_BLOCK = 65_536
_SILENCE = 120.0
"""How long nobody must have been written down for another stretch to begin, in seconds."""
_STRETCH = 1.0
"""How long people must have been listened to for their requests to be counted by the second."""

_FAILED = 500
_SWITCHED = 101  # a connection that lives on, as long as somebody likes: its duration says nothing


def log_of(folder: Path) -> Path:
    """The access log of the environment in `folder`."""
    return folder / "proxy" / "access.log"


def flags(folder: Path) -> tuple[str, ...]:
    """The words that make Traefik write the access log of the environment in `folder`."""
    return (
        "--accesslog=true",
        f"--accesslog.filepath={log_of(folder)}",
        "--accesslog.format=json",
        "--accesslog.fields.defaultmode=drop",
        *(f"--accesslog.fields.names.{name}=keep" for name in _FIELDS),
        "--accesslog.fields.headers.defaultmode=drop",
        f"--accesslog.fields.headers.names.{COMPARED}=keep",
    )


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
        seconds: list[float] = []
        statuses: Counter[int] = Counter()
        for path in (self._aside, self._log):
            for status, duration in _answers(path, release, since, probes=probes):
                statuses[status] += 1
                if status < _FAILED and status != _SWITCHED:
                    seconds.append(duration)
        return Samples(
            requests=statuses.total(),
            errors=sum(count for status, count in statuses.items() if status >= _FAILED),
            seconds=tuple(seconds),
            statuses=dict(sorted(statuses.items())),
        )

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where that is not known."""
        seen = [line.began for path in (self._aside, self._log) for line in _lines(path) if line.probe is False]
        began = sorted(seen)
        # Between two rollouts nobody listens: only the last time is counted.
        first = next((at for at in range(len(began) - 1, 0, -1) if began[at] - began[at - 1] > _SILENCE), 0)
        lasted = began[-1] - began[first] if began else 0.0
        return (len(began) - first) / lasted if lasted >= _STRETCH else None

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


def _lines(path: Path) -> Iterator["_Line"]:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for text in file:
            if line := _read(text):
                yield line


def _answers(path: Path, release: str, since: float, *, probes: bool) -> Iterator[tuple[int, float]]:
    # Status and duration of each answer of the release.
    mine = f'"{release}@file"'.encode()
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        _seek(file, since - _LATE)
        for text in file:
            line = _read(text) if mine in text else None
            if line and line.began >= since and line.service == f"{release}@file" and line.probe is probes:
                yield line.status, line.seconds


@dataclass(frozen=True, kw_only=True)
class _Line:
    service: str
    status: int
    began: float
    seconds: float
    probe: bool | None  # None: neither a probe nor of anybody: a check

    @property
    def ended(self) -> float:
        return self.began + self.seconds


def _read(text: bytes) -> _Line | None:
    # None for what is no whole line: the last one that is just being written, one that a full disk cut short.
    try:
        fields = json.loads(text)
        past = str(fields.get("RouterName", "")).startswith(_PAST)
        return _Line(
            service=str(fields.get("ServiceName", "")),
            status=int(fields["DownstreamStatus"]),
            began=datetime.fromisoformat(fields["StartUTC"]).timestamp(),
            seconds=fields["Duration"] / 1e9,
            probe=(True if f"request_{COMPARED}" in fields else None) if past else False,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _seek(file: BinaryIO, moment: float) -> None:
    # Lines stand in the order in which their requests ended: halving finds the first that matters.
    low, high = 0, file.seek(0, 2)
    while high - low > _BLOCK:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        line = _read(file.readline())
        if line and line.ended < moment:
            low = middle
        else:
            high = middle
    file.seek(low)
    if low:
        file.readline()
