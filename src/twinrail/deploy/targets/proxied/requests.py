"""Requests that a proxy wrote down: what each release answered, how often, and how long it took.

A line a request, in Traefik's form of JSON. No header stands in it but the mark of our own probes, no path and no
address of anybody.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from twinrail.deploy.interface import Samples
from twinrail.deploy.probe import COMPARED

_FIELDS = ("ServiceName", "RouterName", "StartUTC", "Duration", "DownstreamStatus")
_PAST = "past-"
"""How the names of the routers begin that lead past the weights."""
_SILENCE = 120.0
"""How long nobody must have been written down for another stretch to begin, in seconds."""
_STRETCH = 1.0
"""How long people must have been listened to for their requests to be counted by the second."""

_FAILED = 500
_SWITCHED = 101  # a connection that lives on, as long as somebody likes: its duration says nothing

FLAGS = (
    "--accesslog=true",
    "--accesslog.format=json",
    "--accesslog.fields.defaultmode=drop",
    *(f"--accesslog.fields.names.{name}=keep" for name in _FIELDS),
    "--accesslog.fields.headers.defaultmode=drop",
    f"--accesslog.fields.headers.names.{COMPARED}=keep",
)
"""The words that make Traefik write them down, to standard output where no file is named."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that was answered.

    Attributes:
        service: Traefik's name of who answered.
        status: the HTTP status of the answer.
        began: in seconds since 1970.
        seconds: how long it took.
        probe: whether it was made to compare releases; None: neither that nor of anybody: a check.
    """

    service: str
    status: int
    began: float
    seconds: float
    probe: bool | None

    @property
    def ended(self) -> float:
        """In seconds since 1970."""
        return self.began + self.seconds


def read(text: str | bytes) -> Request | None:
    """The request of a line; None for what is no whole one: one that is just being written, or was cut short."""
    try:
        fields = json.loads(text)
        past = str(fields.get("RouterName", "")).startswith(_PAST)
        return Request(
            service=str(fields.get("ServiceName", "")),
            status=int(fields["DownstreamStatus"]),
            began=datetime.fromisoformat(fields["StartUTC"]).timestamp(),
            seconds=fields["Duration"] / 1e9,
            probe=(True if f"request_{COMPARED}" in fields else None) if past else False,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def answers(lines: Iterable[bytes], release: str, since: float, *, probes: bool) -> Iterator[Request]:
    """Those that a release answered and that began since then: made to compare releases, or people's."""
    mine = f"{release}@file"
    told = f'"{mine}"'.encode()
    for text in lines:
        line = read(text) if told in text else None
        if line and line.began >= since and line.service == mine and line.probe is probes:
            yield line


def counted(answered: Iterable[Request]) -> Samples:
    """What was seen of them."""
    seconds: list[float] = []
    statuses: Counter[int] = Counter()
    for each in answered:
        statuses[each.status] += 1
        if each.status < _FAILED and each.status != _SWITCHED:
            seconds.append(each.seconds)
    return Samples(
        requests=statuses.total(),
        errors=sum(count for status, count in statuses.items() if status >= _FAILED),
        seconds=tuple(seconds),
        statuses=dict(sorted(statuses.items())),
    )


def rate(lines: Iterable[bytes]) -> float | None:
    """How many requests a second people made when two releases were compared last; None where that is not known."""
    read_ = (read(text) for text in lines)
    began = sorted(line.began for line in read_ if line and line.probe is False)
    # Between two rollouts nobody listens: only the last time is counted.
    first = next((at for at in range(len(began) - 1, 0, -1) if began[at] - began[at - 1] > _SILENCE), 0)
    lasted = began[-1] - began[first] if began else 0.0
    return (len(began) - first) / lasted if lasted >= _STRETCH else None
