"""What each setting means, what it is, and where that comes from; the README's table is made from this too."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from twinrail.project import scalars
from twinrail.project.decode import Configuration
from twinrail.project.environments import Environment
from twinrail.project.freeze import FreezeWindows
from twinrail.project.images import ImageName, OpenPort, Platforms
from twinrail.project.mistakes import is_table, key_of, known_keys
from twinrail.project.scalars import Count, Flag, Name, Port, Pythons, Route, Routes, Text, Words
from twinrail.project.settings import Settings
from twinrail.project.strategies import Weights
from twinrail.system.errors import UsageError
from twinrail.system.guess import did_you_mean

_KINDS: list[tuple[Any, str]] = [
    (scalars.Duration, "duration"),
    (scalars.Share, "share"),
    (scalars.Percent, "percent"),
    (scalars.Size, "size"),
    (scalars.TargetName, "target"),
    (scalars.StrategyName, "strategy"),
    (Count, "whole number ≥ 1"),
    (Port, "port"),
    (OpenPort, "port"),
    (Flag, "true or false"),
    (Route, "route"),
    (Name, "name"),
    (ImageName, "name"),
    (Text, "text"),
    (Words, "list of texts"),
    (Pythons, "list of versions"),
    (Platforms, "list of platforms"),
    (Routes, "list of routes"),
    (Weights, "list of percents"),
    (FreezeWindows, "list of windows"),
]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A setting: its key, kind, value, default, meaning, and where its value comes from."""

    key: str
    kind: str
    value: str
    default: str
    text: str
    source: str


def settings_table(configuration: Configuration) -> list[Explained]:
    """Every setting of every table; the environments stand once, as `environments.NAME`."""
    return list(_rows(configuration, Settings, configuration.settings, ()))


def about(configuration: Configuration, key: str) -> list[Explained]:
    """The setting at `key`, or all settings of the table there.

    Raises:
        UsageError: there is no such setting.
    """
    dotted = key.removeprefix("tool.twinrail.")
    rows = settings_table(configuration)
    named = [each for name in configuration.settings.environments for each in _environment(configuration, name)]
    found = [each for each in (*named, *rows) if each.key == dotted or each.key.startswith(f"{dotted}.")]
    if not found:
        keys = [each.key for each in rows] + known_keys(())
        raise UsageError(
            f'"{key}" is not a setting.{did_you_mean(dotted, keys)}', todo="All of them:  twinrail explain"
        )
    return found


def _environment(configuration: Configuration, name: str) -> Iterator[Explained]:
    value = configuration.settings.environments[name]
    yield from _rows(configuration, Environment, value, ("environments", name))


def _rows(configuration: Configuration, table: Any, value: Any, path: tuple[str, ...]) -> Iterator[Explained]:
    documentation = _documentation(table)
    for each in fields(table):
        key = (*path, key_of(each))
        inside = None if value is None else getattr(value, each.name)
        inner = _inner(each.type)
        if get_origin(each.type) is Mapping and inner:
            yield from _rows(configuration, inner, None, (*key, "NAME"))
        elif inner and (not isinstance(inside, inner) or is_dataclass(inside)) and documentation.get(each.name):
            yield _row(configuration, key, each, inside, documentation[each.name])
            yield from _rows(configuration, inner, inside, key)
        elif inner:
            yield from _rows(configuration, inner, inside, key)
        else:
            yield _row(configuration, key, each, inside, documentation.get(each.name, ""))


def _row(configuration: Configuration, key: tuple[str, ...], each: Any, value: Any, text: str) -> Explained:
    default = _default(each)
    shown = default if value is None else _show(value, _kind(each.type))
    source = str(configuration.source(key))
    return Explained(key=".".join(key), kind=_kind(each.type), value=shown, default=default, text=text, source=source)


def _documentation(table: Any) -> dict[str, str]:
    described: Mapping[str, FieldInfo] = table.__pydantic_fields__
    return {name: " ".join((info.description or "").split()) for name, info in described.items()}


def _inner(annotation: Any) -> Any:
    if is_dataclass(annotation):
        return annotation
    if get_origin(annotation) in {Annotated, Union, types.UnionType, Mapping}:
        return next((found for arg in get_args(annotation) if (found := _inner_table(arg))), None)
    return None


def _inner_table(annotation: Any) -> Any:
    found = _inner(annotation)
    return found if is_table(found) else None


def _kind(annotation: Any) -> str:  # noqa: PLR0911  # a table with conditions
    for known, words in _KINDS:
        if annotation == known:
            return words
    if get_origin(annotation) is Literal:
        return " or ".join(f'"{word}"' for word in get_args(annotation))
    if get_origin(annotation) is Mapping:
        return "table of texts"
    if _inner(annotation):
        return "table"
    options = [arg for arg in get_args(annotation) if arg is not type(None)]
    if get_origin(annotation) in {Union, types.UnionType}:
        return _kind(options[0])
    if get_origin(annotation) is Annotated:
        return {int: "whole number", float: "number", str: "text"}.get(options[0], "value")
    return {str: "text"}.get(annotation, "value")


def _default(each: Any) -> str:
    value = each.default
    if isinstance(value, FieldInfo):
        value = value.get_default(call_default_factory=True) if value.default_factory else value.default
    if value is MISSING:
        return "{}"
    return _show(value, _kind(each.type))


def _show(value: Any, kind: str = "") -> str:  # noqa: PLR0911  # a table with conditions
    if value is None:
        return "not set"
    if kind == "duration":
        return f'"{value:g}s"'
    if kind == "share":
        return f'"{value * 100:g}%"'
    if isinstance(value, bool):
        return str(value).lower()
    if is_dataclass(value):
        return "its defaults"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_show(each) for each in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_show(each)}" for name, each in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"
