"""From `pyproject.toml` and the command line to `Settings`, or to every mistake at once."""

import contextlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twinrail.project.broken import not_text, not_toml
from twinrail.project.contradictions import contradictions
from twinrail.project.locate import Places, locate
from twinrail.project.mistakes import explain_error, no_table
from twinrail.project.scalars import show
from twinrail.project.settings import Settings
from twinrail.system.errors import Mistake, ProjectError, SettingsError

Key = tuple[str | int, ...]
ROOT = ("tool", "twinrail")

_SETTINGS = TypeAdapter(Settings)


@dataclass(frozen=True)
class Source:
    """Where a setting comes from.

    Attributes:
        name: `default`, `pyproject.toml` or `command line`.
        line: its line in the file, counted from 1; 0 where there is none.
    """

    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


DEFAULT = Source("default")


@dataclass(frozen=True)
class Configuration:
    """The settings of a project, each with its source."""

    settings: Settings = field(default_factory=Settings)
    sources: Mapping[Key, Source] = field(default_factory=dict)

    def source(self, key: Key) -> Source:
        """Where the setting at `key` comes from."""
        return self.sources.get(key, DEFAULT)


@dataclass(frozen=True)
class Document:
    """A `pyproject.toml` as it was read.

    Attributes:
        name: the file's name as the user would type it.
        data: its content.
        places: where each key and value stands.
    """

    name: str
    data: Mapping[str, Any]
    places: Places


def read_document(path: Path) -> Document:
    """The TOML file at `path`.

    Raises:
        ProjectError: there is no such file.
        SettingsError: it is not TOML, or not text.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Document(path.name, tomllib.loads(text), locate(text))
    except FileNotFoundError:
        raise ProjectError(
            f"There is no {path.name} in {path.parent}.",
            todo="Stand in the project's folder, or name it with --project.",
        ) from None
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise SettingsError((not_text(path.name, error),)) from None
    except ValueError as error:
        raise SettingsError((not_toml(path.name, text, error),)) from None


def decode(document: Document, overrides: tuple[str, ...] = ()) -> Configuration:
    """The settings that a file and `KEY=VALUE` words of the command line make.

    Raises:
        SettingsError: with every mistake, each at its place.
    """
    table = _table(document)
    merged, named = _override(table, overrides)
    try:
        settings = _SETTINGS.validate_python(merged)
    except ValidationError as error:
        raise SettingsError(_mistakes(error, document, named)) from None
    if found := contradictions(settings):
        raise SettingsError(tuple(sorted(_mistake(document, key, text, named) for key, text in found)))
    return Configuration(settings, _sources(merged, document, named))


def mistake_at(document: Document, key: Key, value: Any, text: str) -> Mistake:
    """A mistake that shows once the settings have been read: at its place, or of the command line, which said it."""
    there: Any = document.data
    with contextlib.suppress(KeyError, IndexError, TypeError):
        for name in ROOT + key:
            there = there[name]
    return _mistake(document, key, text, set() if there == value else {key})


def _table(document: Document) -> Mapping[str, Any]:
    table = document.data
    for end, name in enumerate(ROOT, 1):
        table = table.get(name, {})
        if not isinstance(table, dict):
            place = document.places.of(ROOT[:end])
            key = _dotted(ROOT[:end])
            raise SettingsError((Mistake(place.line, place.column, document.name, key, no_table(table)),))
    return table


def _keys(table: Any, path: Key = ()) -> Iterator[Key]:
    if isinstance(table, dict):
        for name, value in table.items():
            yield (*path, name)
            yield from _keys(value, (*path, name))


def _sources(merged: Mapping[str, Any], document: Document, named: set[Key]) -> dict[Key, Source]:
    places, keys = document.places, list(_keys(merged))
    written = [key for key in keys if places.nearest(ROOT + key) == ROOT + key]
    sources = {key: Source(document.name, places.of(ROOT + key).line) for key in written}
    return sources | {key: Source("command line") for key in keys if _below(key, named)}


def _below(key: Key, named: set[Key]) -> bool:
    return any(key[: len(each)] == each for each in named)


def _override(table: Mapping[str, Any], overrides: tuple[str, ...]) -> tuple[dict[str, Any], set[Key]]:
    merged, named = _copy(table), set[Key]()
    for word in overrides:
        dotted, equals, text = word.partition("=")
        *tables, last = dotted.split(".")
        inner = merged
        for name in tables:
            inner = inner.setdefault(name, {}) if isinstance(inner, dict) else inner
        if not equals or not isinstance(inner, dict):
            wrong = "There is no table to set it in." if equals else "It is not KEY=VALUE, such as test.coverage=80."
            raise SettingsError((Mistake(0, 0, "--set", dotted, wrong),))
        inner[last] = _value(text)
        named.add((*tables, last))
    return merged, named


def _copy(table: Any) -> Any:
    return {name: _copy(value) for name, value in table.items()} if isinstance(table, dict) else table


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _mistakes(error: ValidationError, document: Document, named: set[Key]) -> tuple[Mistake, ...]:
    found = {
        _mistake(document, key, text, named, at_key=at_key)
        for key, text, at_key in map(explain_error, error.errors(include_url=False))
    }
    return tuple(sorted(found))


def _mistake(document: Document, key: Key, text: str, named: set[Key], *, at_key: bool = False) -> Mistake:
    near = document.places.nearest(ROOT + key)
    above = any(each[: len(key)] == key for each in named)
    if _below(key, named) or (above and near != ROOT + key):
        return Mistake(0, 0, "--set", _dotted(ROOT + key), text)
    place = document.places.of(near, key=at_key)
    return Mistake(place.line, place.column, document.name, _dotted(near), text)


def _dotted(key: Key) -> str:
    return ".".join(part if re.fullmatch(r"[\w-]+", part := str(each)) else show(each) for each in key)
