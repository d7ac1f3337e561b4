"""The journal of an environment: lines of JSON, each chained to the one before by its hash.

Pure: what a line looks like, what follows from what, and what is wrong with lines that somebody changed.
The head (number and hash of the newest entry) is kept beside the lines, so that lines removed from the end are noticed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from twinrail.deploy.interface import Entry
from twinrail.system.files import digest


@dataclass(frozen=True)
class Head:
    """Number and hash of an entry; 0 and empty before the first one."""

    number: int = 0
    hash: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, counted from 1; 0 where it is the head that is wrong."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line} {self.text}" if self.line else self.text


def follow(head: Head, kind: str, facts: Mapping[str, Any], *, time: float, fence: int) -> Entry:
    """The entry behind `head`, as it reads once it is written.

    Raises:
        TypeError: a fact is not JSON.
    """
    said = json.loads(json.dumps(facts))
    entry = Entry(number=head.number + 1, time=float(time), kind=kind, facts=said, fence=fence, hash="")
    return Entry(**{**asdict(entry), "hash": _hash(head.hash, entry)})


def write(entry: Entry) -> str:
    """An entry as a line."""
    return json.dumps(asdict(entry))


def parse(line: str) -> Entry | None:
    """The entry that a line holds; None where it is not as `write` writes one, a blank more or less among it."""
    try:
        entry = Entry(**json.loads(line))
        typed = [type(each) for each in (entry.number, entry.kind, entry.facts, entry.hash)]
        proper = typed == [int, str, dict, str] and write(entry) == line
    except (ValueError, TypeError, RecursionError):
        return None
    return entry if proper else None


def split(data: bytes) -> list[str]:
    """The whole lines of a journal; a last one that was cut short is none, because its writer died over it."""
    return [line.decode(errors="replace") for line in data.split(b"\n")[:-1]]


def follows(entry: Entry, head: Head) -> bool:
    """Whether the entry stands rightly behind `head`."""
    return entry.number == head.number + 1 and entry.hash == _hash(head.hash, entry)


def examine(lines: Sequence[str], head: Head | None) -> tuple[list[Entry], list[Fault]]:
    """The entries of a journal, and all that is wrong with it; `head` is None where none is kept."""
    entries = [parse(line) for line in lines]
    last, whole = Head(), True
    for entry in entries:
        whole = whole and entry is not None and follows(entry, last)
        last = Head(entry.number, entry.hash) if entry else last
    good = [entry for entry in entries if entry is not None]
    faults = _of_head(good, head) if whole else _Inquiry(lines, entries, head).faults()
    return good, faults


def verify(lines: Sequence[str], head: Head | None) -> list[Fault]:
    """Every line that was edited, put in, repeated or moved, and where some are missing; empty for a whole journal."""
    return examine(lines, head)[1]


def _of_head(entries: Sequence[Entry], head: Head | None) -> list[Fault]:
    count = len(entries)
    if head is None:
        # Its first writer may have died before it could write the head.
        return [Fault(0, "the head is missing, and with it the proof that none is missing at the end")][: count > 1]
    if head.number > count:
        return [Fault(count + 1, f"is missing: the head names entry {head.number}, and there are {count}")]
    if head.number < min(count, 1):
        return [Fault(0, "the head does not read as it was written")]
    if head.number and entries[head.number - 1].hash != head.hash:
        return [Fault(head.number, "is not the entry that the head names: it was rewritten, or one before it")]
    # One more is there where its writer died before it could write the head.
    return [Fault(number, "was added without the head") for number in range(head.number + 2, count + 1)]


def _hash(before: str, entry: Entry) -> str:
    said = asdict(entry)
    del said["hash"]
    return digest(before, json.dumps(said))


@dataclass
class _Inquiry:
    """Finds out what was done to lines that are not as they were written.

    Attributes:
        expected: the number of the entry that comes next.
        before: the hashes that it may build upon: more than one after a line that was edited, in its text or its hash.
    """

    lines: Sequence[str]
    entries: Sequence[Entry | None]
    head: Head | None
    expected: int = 1
    before: set[str] = field(default_factory=lambda: {""})

    def __post_init__(self) -> None:
        self.passed: set[int] = set()
        self.first: dict[str, int] = {}
        self.numbered: dict[int, list[Entry]] = {}
        for at, (line, entry) in enumerate(zip(self.lines, self.entries, strict=True), 1):
            if self.first.setdefault(line, at) == at and entry:
                self.numbered.setdefault(entry.number, []).append(entry)

    def faults(self) -> list[Fault]:
        """What is wrong, in the order of the lines."""
        told = [(at, self._judge(at, entry)) for at, entry in enumerate(self.entries, 1)]
        found = [Fault(at, text) for at, text in told if text]
        if self.head and self.head.number >= self.expected:
            found.append(
                Fault(len(self.lines) + 1, f"is missing: the head names entry {self.head.number}, and it is not there")
            )
        return found

    def _judge(self, at: int, entry: Entry | None) -> str:
        first = self.first[self.lines[at - 1]]
        if first < at:
            return f"repeats line {first}"
        if entry is None:
            return self._edited(None, "is no entry: it was edited, or put in")
        fits = self._fits(entry)
        if entry.number == self.expected and fits is not False:
            self._pass(entry.number, {entry.hash})
            return ""
        return self._explain(at, entry, fits)

    def _explain(self, at: int, entry: Entry, fits: bool | None) -> str:
        edited = "does not follow from the line before it: one of the two was edited" if at > 1 else "was edited"
        if not fits and self._kept_its_place(at, entry):
            return self._edited(entry, edited)
        if not fits and any(self._fits(each) for each in self.numbered.get(self.expected, ()) if each is not entry):
            return "was put in: it does not follow from the line before it, and the line that does comes later"
        if fits or (fits is None and entry.number > self.expected):
            return self._moved(entry)
        return self._edited(entry, edited)

    def _fits(self, entry: Entry) -> bool | None:
        # None: what it builds upon is not there, and nobody can tell.
        befores = {each.hash for each in self.numbered.get(entry.number - 1, ())}
        befores |= self.before if entry.number == self.expected else set()
        befores |= {""} if entry.number == 1 else set()
        return any(entry.hash == _hash(each, entry) for each in befores) if befores else None

    def _kept_its_place(self, at: int, entry: Entry) -> bool:
        if at == len(self.entries):
            return self.head == Head(self.expected, entry.hash)
        after = self.entries[at]
        return after is not None and follows(after, Head(self.expected, entry.hash))

    def _edited(self, entry: Entry | None, text: str) -> str:
        if not any(each is not entry for each in self.numbered.get(self.expected, ())):
            known = {entry.hash, *(_hash(each, entry) for each in self.before)} if entry else set()
            self._pass(self.expected, known)
        return text

    def _moved(self, entry: Entry) -> str:
        wanted = self.expected
        if entry.number in self.passed:
            return f"is a second entry {entry.number}: one of the two was put in"
        if entry.number < wanted:
            return f"holds entry {entry.number} behind entry {wanted - 1}: the order was changed"
        elsewhere = any(wanted <= number < entry.number for number in self.numbered)
        self._pass(entry.number, {entry.hash})
        if elsewhere:
            return f"holds entry {entry.number} where entry {wanted} should be: the order was changed"
        gone = f"entry {wanted} is" if wanted == entry.number - 1 else f"entries {wanted} to {entry.number - 1} are"
        return f"holds entry {entry.number}: {gone} missing before it"

    def _pass(self, number: int, hashes: set[str]) -> None:
        self.passed.add(number)
        self.expected, self.before = number + 1, hashes
