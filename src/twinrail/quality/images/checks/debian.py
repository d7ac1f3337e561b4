"""Versions of Debian's packages, in the order that dpkg has them in (deb-version(7))."""

import re
from collections.abc import Iterable, Mapping
from functools import total_ordering
from itertools import zip_longest
from typing import Any

_END = 0
"""Where a part ends: before letters, after a tilde."""


@total_ordering
class DebianVersion:
    """A version: `1:2.36-9+deb12u14`."""

    def __init__(self, text: str) -> None:
        epoch, colon, rest = text.partition(":")
        if not colon:
            epoch, rest = "0", text
        upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "0")
        self._key = (int(epoch) if epoch.isdecimal() else 0, _parts(upstream), _parts(revision))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DebianVersion) and _compared(self._key, other._key) == 0

    def __lt__(self, other: "DebianVersion") -> bool:
        return _compared(self._key, other._key) < 0

    def __hash__(self) -> int:
        return hash(self._key)


def affected(entry: Mapping[str, Any], version: str) -> tuple[bool, str]:
    """Whether an `affected` entry of an advisory speaks of a version, and the version that mends it, or empty."""
    asked = DebianVersion(version)
    for each in entry.get("ranges", ()):
        if each.get("type") != "ECOSYSTEM":
            continue
        inside, mend = _within(each.get("events", ()), asked)
        if inside:
            return True, mend
    return version in entry.get("versions", ()), ""


def _within(events: Iterable[Mapping[str, str]], asked: DebianVersion) -> tuple[bool, str]:
    inside, mend = False, ""
    for event in events:
        if (begins := event.get("introduced")) is not None:
            inside, mend = inside or begins == "0" or asked >= DebianVersion(begins), ""
        elif (ends := event.get("fixed")) is not None:
            if inside and asked < DebianVersion(ends):
                return True, ends
            inside = False
        elif (last := event.get("last_affected")) is not None:
            if inside and asked <= DebianVersion(last):
                return True, ""
            inside = False
    return inside, mend


_Parts = tuple[tuple[tuple[int, ...], int], ...]
_Key = tuple[int, _Parts, _Parts]


def _parts(text: str) -> _Parts:
    # Letters and digits take turns, letters first.
    return tuple((tuple(map(_order, letters)), int(digits or 0))
                 for letters, digits in re.findall(r"(\D*)(\d*)", text) if letters or digits)  # fmt: skip


def _order(letter: str) -> int:
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256


def _compared(one: _Key, other: _Key) -> int:
    if one[0] != other[0]:
        return one[0] - other[0]
    return _compared_parts(one[1], other[1]) or _compared_parts(one[2], other[2])


def _compared_parts(one: _Parts, other: _Parts) -> int:
    for (letters, number), (others, another) in zip_longest(one, other, fillvalue=((), 0)):
        for letter, against in zip_longest(letters, others, fillvalue=_END):
            if letter != against:
                return letter - against
        if number != another:
            return number - another
    return 0
