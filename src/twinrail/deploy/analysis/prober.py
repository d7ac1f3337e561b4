"""Requests that are made to compare two releases: the same to both, past the weights, side by side in time."""

import http.client
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from threading import Event as Flag
from urllib.parse import urlsplit

from twinrail.deploy.interface import Address, Samples
from twinrail.deploy.probe import COMPARED

LANES = 4
"""How many connections to each side there are at most."""

_FAILED = 500
_BLOCK = 65_536


@dataclass
class Seen:
    """What the prober saw of one release."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def samples(self) -> Samples:
        """All of it so far."""
        return Samples(
            requests=self.statuses.total(),
            errors=sum(count for status, count in self.statuses.items() if status == 0 or status >= _FAILED),
            seconds=tuple(self.seconds),
            statuses=dict(sorted(self.statuses.items())),
        )


@dataclass(kw_only=True)
class Prober:
    """Asks the old and the new release for the same `routes`, in pairs, over connections that it keeps.

    Which of a pair is asked first changes from round to round, so that neither always finds what the other has warmed.

    Attributes:
        addresses: where the old release and the new one answer past the weights.
        host: the name for the header Host; empty: as the addresses say.
        patience: how long an answer may take, in seconds; later than that is none.
        interrupted: set when somebody pressed Ctrl-C; nothing more is asked then.
        seen: what was seen of the old release and of the new one.
    """

    addresses: tuple[Address, Address]
    routes: tuple[str, ...]
    host: str = ""
    patience: float = 5.0
    interrupted: Flag = field(default_factory=Flag)
    seen: tuple[Seen, Seen] = field(default_factory=lambda: (Seen(), Seen()))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def warm(self) -> None:
        """Asks both sides once for each route, and forgets what they said: the first answer is often a slow one."""
        self._lane(range(len(self.routes)), (Seen(), Seen()), {})

    def until(self, pairs: int, *, lanes: int) -> None:
        """Makes pairs of requests until there are so many, in so many lanes at once.

        Args:
            pairs: how many there are to be in all.
            lanes: how many connections to each side are used; with one no request waits for another of ours.
        """
        numbers = range(min(each.statuses.total() for each in self.seen), pairs)
        marked = {COMPARED: "1"}
        threads = [
            threading.Thread(target=self._lane, args=(numbers[lane::lanes], self.seen, marked)) for lane in range(lanes)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self, numbers: range, seen: tuple[Seen, Seen], mark: dict[str, str]) -> None:
        with ExitStack() as stack:
            lines = [stack.enter_context(closing(self._line(each, mark))) for each in self.addresses]
            for number in numbers:
                round_, route = divmod(number, len(self.routes))
                for side in ((0, 1), (1, 0))[round_ % 2]:
                    if self.interrupted.is_set():
                        return
                    self._note(seen[side], *lines[side].ask(self.routes[route]))

    def _note(self, seen: Seen, status: int, seconds: float) -> None:
        with self._lock:
            seen.statuses[status] += 1
            if 0 < status < _FAILED:
                seen.seconds.append(seconds)

    def _line(self, address: Address, mark: dict[str, str]) -> "_Line":
        host = {"Host": self.host} if self.host else {}
        return _Line(address.url, {"User-Agent": "twinrail", **host, **address.headers, **mark}, self.patience)


class _Line:
    # A connection that is kept, and opened again after a failure.

    def __init__(self, url: str, headers: dict[str, str], patience: float) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=patience)
        self._headers = headers

    def ask(self, route: str) -> tuple[int, float]:
        # The status, 0 where no whole answer came, and how long it took.
        started = time.monotonic()
        try:
            self._connection.request("GET", route, headers=self._headers)
            answer = self._connection.getresponse()
            while answer.read(_BLOCK):
                pass
            if answer.length:  # read in blocks it says nothing of what is missing
                raise http.client.IncompleteRead(b"", answer.length)
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, time.monotonic() - started
        return answer.status, time.monotonic() - started

    def close(self) -> None:
        self._connection.close()
