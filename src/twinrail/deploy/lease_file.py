"""The lease as a file of an environment's folder; whoever writes holds the ledger's lock meanwhile."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twinrail.deploy.lease import Lease, new_lease
from twinrail.system.errors import LeaseLost, LedgerError, PlaceTaken
from twinrail.system.files import read_json, write_json
from twinrail.system.units import show_ago, show_time
from twinrail.system.user import user_name

_LEASE = TypeAdapter(Lease)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What stands written: the highest number so far, and the lease that is held, if any is."""

    number: int
    lease: Lease | None = None


@dataclass(frozen=True, kw_only=True)
class LeaseFile:
    """`lease.json` in `folder`.

    Attributes:
        folder: the environment's folder.
        clock: seconds since 1970.
        ticks: seconds by a clock that nobody sets.
        highest: the highest number that was ever used, where the file is gone.
    """

    folder: Path
    clock: Callable[[], float]
    ticks: Callable[[], float]
    highest: Callable[[], int]

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "lease.json"

    def held(self) -> Held:
        """What stands written. Where nothing does, no number may come a second time.

        Raises:
            LedgerError: it does not read as it was written.
        """
        try:
            told: Any = read_json(self.path)
            if told is None:
                return Held(number=self.highest())
            return Held(number=int(told["number"]), lease=_LEASE.validate_python(told) if "owner" in told else None)
        except (ValidationError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise LedgerError(
                f"{self.path} does not read as it was written.",
                why=f"Nobody knows who deploys to {self.folder.name}.",
                todo=f"See that nobody does, then:  twinrail unlock {self.folder.name}",
            ) from error

    def take(self, owner: str, run: str, length: float) -> int:
        """The number of a new lease of this process.

        Raises:
            PlaceTaken: another one is held, and not over.
            LedgerError: the file does not read as it was written.
        """
        held, now, ticks = self.held(), self.clock(), self.ticks()
        if held.lease and not held.lease.over(now, ticks):
            raise self.taken(held.lease)
        lease = new_lease(held.number + 1, owner, run=run, length=length, now=now, ticks=ticks)
        write_json(self.path, asdict(lease))
        return lease.number

    def renew(self, number: int, *, after: float = 0.0) -> None:
        """The lease counts from now on; written only when `after` of its time, a share, has passed.

        Raises:
            LeaseLost: it has passed to someone else.
        """
        held, ticks = self.held(), self.ticks()
        if held.lease is None or held.number != number:
            raise LeaseLost(
                f"The lease of {self.folder.name} has passed to {held.lease.owner if held.lease else 'nobody'}.",
                why="This deploy was silent for longer than its lease, or somebody unlocked it.",
                todo="Look at what is live (twinrail status), then deploy again.",
            )
        if not 0 <= ticks - held.lease.ticks < after * held.lease.length:
            write_json(self.path, asdict(replace(held.lease, beat=self.clock(), ticks=ticks)))

    def end(self, number: int) -> None:
        """Nobody holds a lease; `number` was the last one."""
        write_json(self.path, {"number": number})

    def endable(self, lease: Lease, own: str) -> str:
        """Why a person may end a lease: it is over, or it is their own run `own`.

        Raises:
            PlaceTaken: neither is so.
        """
        if why := lease.over(self.clock(), self.ticks()):
            return why
        if own and own == lease.run and lease.here and lease.user == user_name():
            return f"{own} is their own run"
        raise self.taken(lease)

    def taken(self, lease: Lease) -> PlaceTaken:
        """The error that says who holds the lease, since when, until when."""
        heard = show_ago(max(self.clock() - lease.beat, 0))
        own = f" If it is your own and hangs:  twinrail unlock {self.folder.name} --own {lease.run}"
        return PlaceTaken(
            f"{lease.owner} is deploying to {self.folder.name} right now.",
            why=f"It began at {show_time(lease.since)}, was heard of {heard}, and holds the lease until "
            f"{show_time(lease.until)} or, while it is heard of, longer.",
            todo=f"Wait for it.{own if lease.run else ''}",
        )
