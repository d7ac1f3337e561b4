"""A YAML file as a tree of values that know their lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value: a text, a list or a table.

    Attributes:
        line: the line that it begins on, counted from 1.
        column: the column that it begins in, counted from 0.
        end: how many lines of the file are before its end.
        style: how it is written: `'`, `"`, `|` or `>` for a text, `flow` or `block` for a list or a table.
        text: the text; empty for the others.
        items: what is in the list.
        entries: what is in the table, by key.
        keys: the line of each key.
    """

    line: int
    column: int = 0
    end: int = 0
    style: str = ""
    text: str = ""
    items: tuple["Node", ...] = ()
    entries: Mapping[str, "Node"] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """The tree that `reader.py` told of."""
        items = tuple(cls.read(each) for each in told.get("items", ()))
        entries = {key: cls.read(value) for key, value in told.get("entries", {}).items()}
        return cls(**{**told, "items": items, "entries": entries})

    def at(self, *path: str) -> "Node | None":
        """The value below some keys, or None."""
        node: Node | None = self
        for key in path:
            node = node.entries.get(key) if node else None
        return node

    def texts(self, key: str = "") -> Iterator[tuple[str, "Node"]]:
        """Every text in it, with the key of the table that it stands in."""
        yield from ((name, text) for name, value in self.entries.items() for name, text in value.texts(name))
        yield from (pair for each in self.items for pair in each.texts(key))
        if not (self.items or self.entries):
            yield key, self


@dataclass(frozen=True, kw_only=True)
class Yaml:
    """A file that could be read.

    Attributes:
        file: its path below the project.
        root: what is in it.
    """

    file: str
    root: Node

    @property
    def is_action(self) -> bool:
        """Whether it describes an action; the others are workflows."""
        return self.file.rpartition("/")[2] in {"action.yml", "action.yaml"}
