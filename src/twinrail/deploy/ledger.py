"""The ledger of an environment as files beside it: the journal of what was done, and the lease of whoever may write."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twinrail.deploy.alone import WITHIN, alone, describe
from twinrail.deploy.fence import Fence
from twinrail.deploy.interface import Entry
from twinrail.deploy.journal import Fault
from twinrail.deploy.journal_file import JournalFile
from twinrail.deploy.lease import Lease
from twinrail.deploy.lease_file import LeaseFile
from twinrail.system.errors import LedgerError, PlaceTaken
from twinrail.system.user import user_name

_SPARING = 0.1
"""The share of a lease's time that an entry lets pass before it renews it: not each costs another write."""


@dataclass(frozen=True, kw_only=True)
class Unlocked:
    """A lease that was ended: whose it was (empty where nobody knows), and why that was right."""

    owner: str
    why: str


@dataclass(frozen=True)
class FileLedger:
    """A ledger in `folder`: `journal.jsonl`, `head.json` and `lease.json`.

    Attributes:
        folder: the environment's folder.
        clock: seconds since 1970.
        ticks: seconds by a clock that nobody sets, the same in every process of this machine.
        run: the run that deploys, for the lease.
        within: how long to wait for another process that writes, in seconds.
    """

    folder: Path
    clock: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    run: str = ""
    within: float = WITHIN

    def read(self) -> tuple[Entry, ...]:
        """All entries of the journal, oldest first, each checked against the one before and the last against the head.

        Raises:
            LedgerError: some were changed, are missing, or stand in another order.
        """
        entries, faults = self.examine()
        if faults:
            raise self._journal.broken(faults)
        return tuple(entries)

    def examine(self) -> tuple[list[Entry], list[Fault]]:
        """The entries of the journal, and all that is wrong with it."""
        found = self._journal.examine()
        if found[1]:
            # Somebody may have written meanwhile: what is doubtful is looked at again while nobody does.
            with contextlib.suppress(PermissionError), self._alone():
                found = self._journal.examine()
        return found

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        """Adds an entry behind the last one, under the lease of `fence`; 0 needs none.

        Raises:
            LeaseLost: the lease has passed to someone else, or the journal is broken.
            PlaceTaken: another process has been writing for too long.
            OSError: it cannot be written; nothing was.
        """
        with self._alone():
            if fence:
                self._lease.renew(fence, after=_SPARING)
            return self._journal.add(kind, facts, time=self.clock(), fence=fence)

    def lease(self, owner: str, for_: float) -> int:
        """A new fencing number, valid for `for_` seconds from the last heartbeat.

        Raises:
            PlaceTaken: someone else holds a lease that is not over.
            LedgerError: nobody knows whether someone does: the lease cannot be read.
        """
        with self._alone():
            return self._lease.take(owner, self.run, for_)

    def renew(self, fence: int) -> None:
        """The heartbeat: the lease of `fence` counts from now on.

        Raises:
            LeaseLost: it has passed to someone else.
            PlaceTaken: another process has been writing for too long.
        """
        with self._alone():
            self._lease.renew(fence)

    def give_back(self, fence: int) -> None:
        """Ends the lease of `fence`, if it is still held; where that cannot be written it ends with its process."""
        with contextlib.suppress(LedgerError, PlaceTaken, OSError), self._alone():
            if self._lease.held().number == fence:
                self._lease.end(fence)

    def holder(self) -> Lease | None:
        """The lease that stands written, be it over; None where it was given back.

        Raises:
            LedgerError: it cannot be read.
        """
        return self._lease.held().lease

    def unlock(self, own: str = "") -> Unlocked | None:
        """Ends a lease that is over, or the one of your own run `own`; None where none is held.

        One's own is a lease that the same user took on this machine in just that run. Its holder, should it live after
        all, is refused at its next entry.

        Raises:
            PlaceTaken: it is not over, and not one's own.
        """
        if not self.folder.is_dir():
            return None
        with self._alone():
            try:
                held = self._lease.held()
            except LedgerError:
                number, ended = self._highest(), Unlocked(owner="", why="it could not be read")
            else:
                if held.lease is None:
                    return None
                number, ended = held.number, Unlocked(owner=held.lease.owner, why=self._lease.endable(held.lease, own))
            facts = {"who": user_name(), "number": number, **asdict(ended)}
            self._journal.add("unlocked", facts, time=self.clock(), fence=0)
            self._lease.end(number)
            return ended

    @property
    def _journal(self) -> JournalFile:
        return JournalFile(self.folder)

    @property
    def _lease(self) -> LeaseFile:
        return LeaseFile(folder=self.folder, clock=self.clock, ticks=self.ticks, highest=self._highest)

    def _highest(self) -> int:
        return max([*(entry.fence for entry in self._journal.examine()[0]), Fence(self.folder).seen])

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return alone(self.folder / ".ledger.lock", self._busy, within=self.within)

    def _busy(self) -> PlaceTaken:
        who = "nobody"
        with contextlib.suppress(LedgerError):
            if lease := self.holder():
                who = f"{lease.owner} ({describe(lease.pid)})" if lease.here else lease.owner
        return PlaceTaken(
            f"The ledger of {self.folder.name} has been locked for more than {self.within:g} s.",
            why=f"Some process is writing there, or was put to sleep over it. Its lease is held by {who}.",
            todo="Wait for that process, or end it; then go on.",
        )
