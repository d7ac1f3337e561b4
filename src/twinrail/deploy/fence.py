"""The fence at a place: whoever slept past their lease changes nothing there any more."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinrail.deploy.alone import WITHIN, alone, describe
from twinrail.system.errors import LeaseLost, LedgerError, PlaceTaken
from twinrail.system.files import read_json, write_json


@dataclass(frozen=True)
class Fence:
    """The fence of the place in `folder`: it knows the highest lease that was at work there.

    Attributes:
        folder: the environment's folder, which holds `fence.json`.
        within: how long to wait for whoever is changing something, in seconds.
    """

    folder: Path
    within: float = WITHIN

    @property
    def seen(self) -> int:
        """The number of the highest lease that was at work here; 0 before the first.

        Raises:
            LedgerError: it does not read as it was written.
        """
        return self._noted()[0]

    @contextlib.contextmanager
    def guard(self, number: int) -> Iterator[None]:
        """The block runs under the lease `number`, and nobody else's block meanwhile; one inside another is a mistake.

        It is for short effects only, a process started, a route written: whoever comes after waits until it ends, and a
        holder that is put to sleep in it wakes up before its successor begins.

        Raises:
            LeaseLost: a higher lease was at work here.
            PlaceTaken: another's block has not ended within the time.
        """
        with alone(self.folder / ".fence.lock", self._taken, within=self.within):
            seen, pid = self._noted()
            if number < seen:
                raise LeaseLost(
                    f"Lease {number} of {self.folder.name} is past: lease {seen} has been at work there.",
                    why="This deploy slept longer than its lease, and another took over.",
                    todo="Look at what is live (twinrail status), then deploy again.",
                )
            if (number, os.getpid()) != (seen, pid):
                write_json(self._path, {"number": number, "pid": os.getpid()})
            yield

    @property
    def _path(self) -> Path:
        return self.folder / "fence.json"

    def _noted(self) -> tuple[int, int]:
        try:
            told: Any = read_json(self._path)
            return (int(told["number"]), int(told["pid"])) if told is not None else (0, 0)
        except (ValueError, TypeError, KeyError) as error:
            raise LedgerError(
                f"{self._path} does not read as it was written.",
                why="Without it nobody knows which lease was at work here last.",
                todo="See that nobody deploys, remove the file, then deploy again.",
            ) from error

    def _taken(self) -> PlaceTaken:
        number, pid = self._noted()
        return PlaceTaken(
            f"{self.folder.name} is being changed, and has been for more than {self.within:g} s.",
            why=f"That is {describe(pid)}, under lease {number}.",
            todo=f"Wait for it, or end it (kill -9 {pid}), then deploy again.",
        )
