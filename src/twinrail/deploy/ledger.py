"""The ledger of an environment as a file of JSON lines beside it, each chained to the one before by its hash."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from twinrail.deploy.interface import Entry
from twinrail.system.errors import LedgerError, PlaceTaken
from twinrail.system.files import append_line, digest, read_json, write_json


@dataclass(frozen=True)
class FileLedger:
    """A ledger in `folder`: `ledger.jsonl`, and `lease.json` for who may write.

    Attributes:
        folder: the environment's folder.
        clock: seconds since 1970.
    """

    folder: Path
    clock: Callable[[], float] = time.time

    @property
    def _path(self) -> Path:
        return self.folder / "ledger.jsonl"

    def _lock(self) -> FileLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / ".ledger.lock")

    def read(self) -> tuple[Entry, ...]:
        """All entries, oldest first, each checked against the one before.

        Raises:
            LedgerError: one was changed, is missing, or stands in another order.
        """
        if not self._path.is_file():
            return ()
        entries: list[Entry] = []
        for number, line in enumerate(self._path.read_text(encoding="utf-8").splitlines(), 1):
            entry = _parse(line)
            before = entries[-1].hash if entries else ""
            if entry is None or entry.number != number or entry.hash != _hash(entry, before):
                raise LedgerError(
                    f"{self._path}:{number} does not follow from the line before it.",
                    why="It was changed by hand, lines are missing, or a write was cut short.",
                    todo="What is live is not touched. Look at the line; move the file away to begin a new one.",
                )
            entries.append(entry)
        return tuple(entries)

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        """Adds an entry behind the last one, under the lease of `fence`; 0 needs none.

        Raises:
            LedgerError: the lease has passed to someone else.
        """
        with self._lock():
            if fence:
                self._hold(fence)
            entries = self.read()
            before = entries[-1].hash if entries else ""
            entry = Entry(
                number=len(entries) + 1, time=self.clock(), kind=kind, facts=dict(facts), fence=fence, hash=""
            )
            entry = Entry(**{**asdict(entry), "hash": _hash(entry, before)})
            append_line(self._path, json.dumps(asdict(entry)))
            return entry

    def lease(self, owner: str, for_: float) -> int:
        """A new fencing number, valid for `for_` seconds from the last entry under it.

        Raises:
            PlaceTaken: someone else holds a lease that has not run out and whose process lives.
        """
        with self._lock():
            held = read_json(self._lease) or {"number": 0}
            if held.get("owner") and held["until"] > self.clock() and _lives(held["pid"], held["born"]):
                raise PlaceTaken(
                    f"{held['owner']} is deploying to {self.folder.name} right now.",
                    todo=f"Wait for it; its lease runs out in {held['until'] - self.clock():.0f} s if it died.",
                )
            number = int(held["number"]) + 1
            self._write(number, owner, for_)
            return number

    def renew(self, fence: int) -> None:
        """The heartbeat: the lease of `fence` counts from now on.

        Raises:
            LedgerError: it has passed to someone else.
        """
        with self._lock():
            self._hold(fence)

    def give_back(self, fence: int) -> None:
        """Ends the lease of `fence`, if it is still held."""
        with self._lock():
            held = read_json(self._lease) or {}
            if held.get("number") == fence:
                write_json(self._lease, {"number": fence})

    @property
    def _lease(self) -> Path:
        return self.folder / "lease.json"

    def _write(self, number: int, owner: str, for_: float) -> None:
        until = self.clock() + for_
        pid, born = os.getpid(), psutil.Process().create_time()
        held = {"number": number, "owner": owner, "pid": pid, "born": born, "for": for_, "until": until}
        write_json(self._lease, held)

    def _hold(self, fence: int) -> None:
        held = read_json(self._lease) or {}
        if held.get("number") != fence or "owner" not in held:
            raise LedgerError(
                f"The lease of {self.folder.name} has passed to {held.get('owner', 'nobody')}.",
                why="This deploy slept longer than its lease.",
                todo="Look at what is live (twinrail status), then deploy again.",
            )
        self._write(fence, held["owner"], held["for"])


def _lives(pid: int, born: float) -> bool:
    # Numbers of processes are used again, and a zombie deploys nothing.
    try:
        process = psutil.Process(pid)
        return process.create_time() == born and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _parse(line: str) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _hash(entry: Entry, before: str) -> str:
    facts = json.dumps(entry.facts, sort_keys=True)
    return digest(before, str(entry.number), repr(float(entry.time)), entry.kind, facts, str(entry.fence))
