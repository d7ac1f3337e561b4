"""The lease of an environment: who may write there, and until when; its number only ever grows."""

import os
import platform
import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from threading import Event as Flag
from types import TracebackType
from typing import Self

import psutil

from twinrail.deploy.interface import Ledger
from twinrail.system.errors import LeaseLost, TwinrailError
from twinrail.system.user import user_name

LEASE = 60.0
"""How long a deployer may be silent before another may take over, in seconds."""

_BEATS = 3
"""How many heartbeats there are in the time of a lease."""
_SAME = 1.5
"""How far apart two readings of one birth may lie, in seconds: the kernel rounds the time at which it started."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """What is known of a lease and its holder.

    Attributes:
        number: the fencing number.
        owner: who deploys, for a person.
        user: by name, on the machine `host`.
        run: the run that deploys, or empty.
        pid: the process that deploys.
        born: when that process was created, in seconds since 1970.
        booted: the same, in seconds after the machine's start: a clock that is set moves one of the two at most.
        since: when the lease began, in seconds since 1970.
        beat: when its holder was heard of last, in seconds since 1970.
        ticks: the same, by the clock that nobody sets.
        length: for how many seconds each heartbeat renews it.
    """

    number: int
    owner: str
    user: str
    host: str
    run: str
    pid: int
    born: float
    booted: float
    since: float
    beat: float
    ticks: float
    length: float

    @property
    def until(self) -> float:
        """When it runs out unless its holder is heard of, in seconds since 1970."""
        return self.beat + self.length

    @property
    def here(self) -> bool:
        """Whether its holder runs on this machine."""
        return self.host == platform.node()

    @property
    def alive(self) -> bool:
        """Whether its holder lives, as far as this machine can tell."""
        return not self.here or _lives(self.pid, self.born, self.booted)

    def over(self, now: float, ticks: float) -> str:
        """Why another may take it now; empty as long as nobody may.

        A clock that is set, forwards or back, ends no lease and makes none longer; only for a holder on another
        machine there is no other clock.
        """
        if not self.alive:
            return "its process is gone"
        silent = ticks - self.ticks if self.here else now - self.beat
        return "" if 0 <= silent < self.length else "it ran out"


def new_lease(number: int, owner: str, *, run: str, length: float, now: float, ticks: float) -> Lease:
    """A lease that this process holds from now on."""
    born, booted = _birth(os.getpid())
    return Lease(
        number=number, owner=owner, user=user_name(), host=platform.node(), run=run, pid=os.getpid(), born=born,
        booted=booted, since=now, beat=now, ticks=ticks, length=length,
    )  # fmt: skip


@dataclass
class Heartbeat:
    """While its block runs a thread renews the lease, however long a gate takes.

    Attributes:
        ledger: keeps the lease.
        fence: its number.
        length: how long it lasts, in seconds; it is renewed thrice in that time.
        lost: set when a renewal was refused: another holds the lease, and nothing more may be done.
        pause: waits for so many seconds, or until its flag is set; whether it was.
    """

    ledger: Ledger
    fence: int
    _: KW_ONLY
    length: float = LEASE
    lost: Flag = field(default_factory=Flag)
    pause: Callable[[Flag, float], bool] = Flag.wait
    _end: Flag = field(default_factory=Flag)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of lease {self.fence}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self.pause(self._end, self.length / _BEATS):
            try:
                self.ledger.renew(self.fence)
            except LeaseLost:
                self.lost.set()
                return
            except (OSError, TwinrailError):
                # A full disk, or a lock that somebody holds: there may be room at the next beat.
                continue


def _birth(pid: int) -> tuple[float, float]:
    born = psutil.Process(pid).create_time()
    return born, born - psutil.boot_time()


def _lives(pid: int, born: float, booted: float) -> bool:
    # Numbers of processes are used again, and a zombie deploys nothing.
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return False
        same = [abs(now - then) < _SAME for now, then in zip(_birth(pid), (born, booted), strict=True)]
        return any(same)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
