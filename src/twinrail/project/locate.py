"""Where each key and value stands in a TOML file.

`tomllib` does not tell, and the wheels that do are not there for every Python that we serve
(docs/decisions/0003). The text has been read by `tomllib` before: this only finds places.
"""

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")


@dataclass(frozen=True)
class Place:
    """A line and a column, both counted from 1."""

    line: int
    column: int


@dataclass
class Places:
    """The places of a file: `keys` where a key begins, `values` where its value begins."""

    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)

    def of(self, path: Path, *, key: bool = False) -> Place:
        """The place of the value (or key) at `path`, or of the nearest table around it."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        near = self.nearest(path)
        return first.get(near) or second.get(near) or Place(1, 1)

    def nearest(self, path: Path) -> Path:
        """The longest beginning of `path` that stands in the file."""
        ends = range(len(path), 0, -1)
        return next((path[:end] for end in ends if path[:end] in self.values or path[:end] in self.keys), ())


def locate(text: str) -> Places:
    """The places of all keys and values in a TOML text that reads well."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.places = text, 0, Places()
        self.counts: dict[Path, int] = {}

    def scan(self) -> Places:
        table: Path = ()
        while self._skip() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.places

    def _skip(self) -> int:
        if blank := _BLANK.match(self.text, self.at):
            self.at = blank.end()
        return self.at

    def _place(self) -> Place:
        line = self.text.count("\n", 0, self.at) + 1
        return Place(line, self.at - self.text.rfind("\n", 0, self.at))

    def _header(self) -> Path:
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        self._skip()
        place = self._place()
        path = self._key(())
        if double:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
            self.places.keys[path] = place
        self.at = self.text.index("]", self.at) + (2 if double else 1)
        return path

    def _key(self, table: Path) -> Path:
        path = table
        while True:
            self._skip()
            place = self._place()
            quoted = _STRING.match(self.text, self.at)
            word = quoted or _BARE.match(self.text, self.at)
            if word is None:
                return path
            self.at = word.end()
            path = (*path, tomllib.loads(f"key = {word[0]}")["key"] if quoted else word[0])
            self.places.keys.setdefault(path, place)
            self._skip()
            if not self.text.startswith(".", self.at):
                return path
            self.at += 1
            # `[a.b]` below `[[a]]` speaks of the last one.
            path = (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        path = self._key(table)
        self.at = self.text.index("=", self.at) + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        self.places.values[path] = self._place()
        opening = self.text[self.at]
        if opening in "[{":
            self._group(path, "]" if opening == "[" else "}")
        else:
            word = _STRING.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
            self.at = word.end() if word else self.at + 1

    def _group(self, path: Path, closing: str) -> None:
        self.at += 1
        index = 0
        while self.text[self._skip()] != closing:
            if closing == "]":
                self._value((*path, index))
            else:
                self._pair(path)
            index += 1
            if self.text[self._skip()] == ",":
                self.at += 1
        self.at += 1
