"""Random TOML documents, written by hand in many styles, with the line on which each key stands.

A document is written piece by piece; whoever writes a key notes its path and the line. So the test needs no
second reader of TOML that could make the same mistake.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import strategies as st

Path = tuple[str | int, ...]

BARE = st.text("abcXYZ019-_", min_size=1, max_size=4)
ODD = st.text("ab .#=]}\"'\\é[\t", max_size=4)
KEYS = st.one_of(BARE, ODD)
WORDS = st.text("ab #=]}[\"'\\,\né", max_size=6)


def basic(text: str) -> str:
    """`text` between double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("é", "\\u00e9")
    return f'"{escaped}"'


def literal(text: str) -> str:
    """`text` between single quotes, without what cannot stand there."""
    return "'" + text.replace("'", "").replace("\n", "") + "'"


def many(text: str) -> str:
    """`text` between three double quotes, over several lines; one or two may stand right before the end."""
    ending = text[-1:].replace("\\", "").replace("\n", "")
    escaped = text.replace("\\", "\\\\").replace('"""', "").replace('""', '"')
    return f'"""\n{escaped.rstrip(chr(34))}{ending if ending == chr(34) else ""}"""'


def many_literal(text: str) -> str:
    """`text` between three single quotes, over several lines."""
    return "'''" + text.replace("'", "") + "\n'" + "'''"


SCALARS = st.one_of(
    st.integers(-9, 99).map(str),
    st.sampled_from(["true", "1.5", "-inf", "0x1f", "1979-05-27", "1979-05-27 07:32:00", "07:32:00.5"]),
    st.builds(lambda text, written: written(text), WORDS, st.sampled_from([basic, literal, many, many_literal])),
)
SPACES = st.sampled_from(["", " ", "\t "])
GAPS = st.sampled_from(["", "", "\n", '# = [a] "x\n', "\n  # '''\n\n"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


def spelt(key: str, *, quoted: bool) -> str:
    """A key as it is written; in quotes where it must be."""
    if key and not quoted and all(char.isascii() and (char.isalnum() or char in "-_") for char in key):
        return key
    return basic(key) if any(char in key for char in "'\\\t\n") or quoted else f"'{key}'"


@dataclass
class Writer:
    """Writes a document and notes where each key stands."""

    draw: object
    text: str = ""
    lines: dict[Path, int] = field(default_factory=dict)

    def put(self, text: str) -> None:
        self.text += text

    def space(self) -> None:
        self.put(self.draw(SPACES))

    def key(self, path: Path, key: str) -> Path:
        """Writes one key of a dotted one; the path that it makes."""
        self.space()
        path = (*path, key)
        self.lines.setdefault(path, self.text.count("\n") + 1)
        self.put(spelt(key, quoted=self.draw(st.booleans())))
        self.space()
        return path

    def pair(self, path: Path, key: str, value: object) -> None:
        """`key = value`, or `key.inner = value` for a table of one."""
        path = self.key(path, key)
        while isinstance(value, dict) and len(value) == 1 and self.draw(st.booleans()):
            self.put(".")
            (key, value), *_ = value.items()
            path = self.key(path, key)
        self.put("=")
        self.space()
        self.value(path, value)

    def value(self, path: Path, value: object) -> None:
        """A scalar, a list over several lines with comments, or a table in braces on one."""
        if isinstance(value, list):
            self.put("[")
            for index, each in enumerate(value):
                self.put(self.draw(GAPS))
                self.value((*path, index), each)
                self.put(f"{self.draw(GAPS)}{',' if index < len(value) - 1 or self.draw(st.booleans()) else ''}")
            self.put(f"{self.draw(GAPS)}]")
        elif isinstance(value, dict):
            self.put("{")
            for index, (key, each) in enumerate(value.items()):
                self.put("," if index else "")
                self.pair(path, key, each)
            self.put(" }")
        else:
            self.put(str(value))

    def end(self) -> None:
        """The end of a line, with a comment or without."""
        self.put(self.draw(st.sampled_from(["\n", " # ] = '\n", "\n\n"])))

    def header(self, path: Path, *, double: bool = False) -> None:
        """`[a.b]`, or `[[a.b]]` for the next table of an array; numbers in the path are not written."""
        self.put("[[" if double else "[")
        made: Path = ()
        for each in path:
            self.put("." if made and isinstance(each, str) else "")
            made = self.key(made, each) if isinstance(each, str) else (*made, each)
        self.put("]]" if double else "]")

    def table(self, path: Path, table: dict[str, object]) -> None:
        """A table: what is plain first, then those below it, each in one of the ways that TOML has."""
        below = {key: value for key, value in table.items() if self.draw(st.booleans()) and headed(value)}
        for key, value in table.items():
            if key not in below:
                self.pair(path, key, value)
                self.end()
        for key, value in below.items():
            for index, each in enumerate(value) if isinstance(value, list) else [(None, value)]:
                self.header((*path, key), double=index is not None)
                self.end()
                self.table((*path, key) if index is None else (*path, key, index), each)


def headed(value: object) -> bool:
    """Whether a value can stand below a header: a table, or a list of nothing but tables."""
    return isinstance(value, dict) or bool(
        isinstance(value, list) and value and all(isinstance(e, dict) for e in value)
    )


def keys_of(value: object, path: Path = ()) -> Iterator[Path]:
    """The paths of all keys in a document, those of tables in lists too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from keys_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from keys_of(inner, (*path, index))


@st.composite
def documents(draw) -> tuple[str, dict[Path, int]]:
    """A TOML text, and the line of each key in it."""
    writer = Writer(draw)
    writer.put(draw(GAPS))
    writer.table((), draw(st.dictionaries(KEYS, VALUES, max_size=5)))
    return writer.text, writer.lines
