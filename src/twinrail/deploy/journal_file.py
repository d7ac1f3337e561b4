"""The journal as a file of an environment's folder; whoever writes holds the ledger's lock meanwhile."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twinrail.deploy.interface import Entry
from twinrail.deploy.journal import Fault, Head, examine, follow, follows, parse, split, write
from twinrail.system.errors import LedgerError
from twinrail.system.files import append_line, read_json, write_json

_BLOCK = 65536


@dataclass(frozen=True)
class JournalFile:
    """`journal.jsonl` in `folder`, and `head.json`, which names its newest entry; two writers at once are a mistake."""

    folder: Path

    @property
    def path(self) -> Path:
        """The lines."""
        return self.folder / "journal.jsonl"

    @property
    def head_path(self) -> Path:
        """The head."""
        return self.folder / "head.json"

    def examine(self) -> tuple[list[Entry], list[Fault]]:
        """The entries, and all that is wrong with them."""
        head = self._head()
        data = self.path.read_bytes() if self.path.is_file() else b""
        return examine(split(data), head)

    def add(self, kind: str, facts: Mapping[str, Any], *, time: float, fence: int) -> Entry:
        """Adds an entry; of what is there no more is read than the last lines.

        Raises:
            LedgerError: the last line does not follow, or is neither the one that the head names nor the one behind it.
            OSError: it cannot be written; nothing was.
        """
        entry = follow(self._end(), kind, facts, time=time, fence=fence)
        size = self._size()
        append_line(self.path, write(entry))
        try:
            self._write_head(entry)
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(self.path, size)
            raise
        return entry

    def broken(self, faults: list[Fault]) -> LedgerError:
        """The error that names the first fault, and says how to see the others."""
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        return LedgerError(
            f"The journal of {self.folder.name} is broken: {faults[0]}{more}.",
            why=f"It stands in {self.path}.",
            todo=f"See all of it (twinrail verify-journal {self.folder.name}). To begin a new one move it away, with "
            f"{self.head_path.name} beside it.",
        )

    def _end(self) -> Head:
        # Where head and last line agree, the lines before were right when both were written.
        lines, head = self._last_lines(), self._head()
        if not lines and head is None:
            return Head()
        entries = [parse(line) for line in lines]
        before = entries[-2] if len(entries) > 1 else None
        last, foot = entries[-1] if entries else None, _head_of(before)
        if last and follows(last, foot):
            if head == _head_of(last):
                return head
            if (head or Head()) == foot:  # its writer died before it could write the head
                self._write_head(last)
                return _head_of(last)
        raise self.broken(self.examine()[1])

    def _last_lines(self) -> list[str]:
        """The last two whole lines; what a writer left behind them who died over it is cut off."""
        if not (size := self._size()):
            return []
        with self.path.open("r+b") as file:
            tail, at = b"", size
            while at and tail.count(b"\n") < 3:  # noqa: PLR2004  # the ends of both, and of the line before
                at = max(at - _BLOCK, 0)
                file.seek(at)
                tail = file.read(size - at)
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail):
                file.truncate(at + whole)
        return split(tail[:whole])[-2:]

    def _head(self) -> Head | None:
        try:
            told = read_json(self.head_path)
            return None if told is None else Head(int(told["number"]), str(told["hash"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return Head(-1)

    def _write_head(self, entry: Entry) -> None:
        write_json(self.head_path, asdict(_head_of(entry)))

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0


def _head_of(entry: Entry | None) -> Head:
    return Head(entry.number, entry.hash) if entry else Head()
