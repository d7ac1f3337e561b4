"""What pydantic found wrong, in our words: what stands there, what was expected, and a guess."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any, get_args, get_origin

from pydantic_core import ErrorDetails

from twinrail.project.environments import Environment
from twinrail.project.images import PLATFORM, REGISTRY, Image
from twinrail.project.scalars import show, written
from twinrail.project.settings import Settings
from twinrail.project.strategies import Strategy
from twinrail.system.guess import did_you_mean

Key = tuple[str | int, ...]
_TABLES = (Settings.__module__, Environment.__module__, Image.__module__, Strategy.__module__)

_NUMBERS = ("int_type", "int_from_float", "float_type", "greater_than_equal", "less_than_equal")
_EXPECTED = {
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list of texts",
    "dict_type": "a table",
    "mapping_type": "a table",
    "dataclass_type": "a table",
    "dataclass_exact_type": "a table",
    "finite_number": "a finite number",
}
_FLAGS = dict.fromkeys(("yes", "on", "true", "1"), "true") | dict.fromkeys(("no", "off", "false", "0"), "false")


def explain_error(error: ErrorDetails) -> tuple[Key, str, bool]:
    """Where the error is, what to say of it, and whether the key itself is wrong rather than its value."""
    key = tuple(part for part in error["loc"] if part != "[key]")
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    at_key = error["loc"][-1:] == ("[key]",)
    if kind == "unexpected_keyword_argument":
        return key, _unknown_key(key, value), True
    if kind == "value_error":
        return key, _sentence(str(context["error"])), False
    if kind == "literal_error":
        return key, _not_a_choice(value, context["expected"]), False
    if kind == "string_too_short":
        return key, "An empty text says nothing here.", at_key
    if kind == "string_pattern_mismatch":
        return key, f"{show(value)} does not read like {_like(context['pattern'])}.", at_key
    known = _number(key) if kind in _NUMBERS else _EXPECTED.get(kind)
    expected = known or f"what is expected: {error['msg'].lower()}"
    text = no_table(value) if expected == "a table" else f"{show(value)} is not {expected}.{_guess(kind, value)}"
    return key, text, False


def no_table(value: Any) -> str:
    """What to say of a value that stands where a table belongs."""
    brackets = " [[ ]] makes a list, [ ] a table." if show(value) == "A list of tables" else ""
    return f"{show(value)} is not a table.{brackets}"


def known_keys(path: Key) -> list[str]:
    """The keys that the table at `path` knows, in their order; none where it is no table of ours."""
    table: Any = Settings
    for part in path:
        table = _inside(table, part)
    return [key_of(each) for each in fields(table)] if is_dataclass(table) else []


def key_of(each: Field[Any]) -> str:
    """A field's name as it is written in the file."""
    return written(each.name)


def _inside(table: Any, part: str | int) -> Any:
    if get_origin(table) is Mapping:
        return get_args(table)[1]
    annotation = next((each.type for each in fields(table) if key_of(each) == part), None) if table else None
    options = (annotation, *get_args(annotation), *(inner for arg in get_args(annotation) for inner in get_args(arg)))
    return next((each for each in options if get_origin(each) is Mapping or is_table(each)), None)


def is_table(annotation: Any) -> bool:
    """Whether an annotation is one of the settings' own tables, and no marker of a kind of value."""
    return is_dataclass(annotation) and getattr(annotation, "__module__", "") in _TABLES


def _number(key: Key) -> str:
    table: Any = Settings
    for part in key[:-1]:
        table = _inside(table, part)
    kind, *notes = get_args(next(each.type for each in fields(table) if key_of(each) == key[-1]))
    rules = [rule for note in notes for rule in note.metadata]
    low, high = (next((getattr(rule, name) for rule in rules if hasattr(rule, name)), None) for name in ("ge", "le"))
    limits = f" of at least {low}" if high is None else f" between {low} and {high}"
    return f"{'a whole number' if kind is int else 'a number'}{limits}"


def _guess(kind: str, value: Any) -> str:
    if kind == "tuple_type" and isinstance(value, str):
        return f" Did you mean [{', '.join(map(show, value.split()))}]?"
    if kind == "string_type" and not isinstance(value, (dict, list)):
        return f' Did you mean "{show(value)}"?'
    if kind in _NUMBERS and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f" Did you mean {value}?"
    if kind == "bool_type" and (flag := _FLAGS.get(str(value).lower())):
        return f" Did you mean {flag}?"
    return ""


def _unknown_key(key: Key, value: Any) -> str:
    names = known_keys(key[:-1])
    guess = did_you_mean(key[-1], names) or f"{_elsewhere(key, value)} Known: {', '.join(names)}."
    return f'"{key[-1]}" is not a setting here.{guess}'


def _elsewhere(key: Key, value: Any) -> str:
    dotted = next((".".join(path) for path in _paths() if path[-1] == key[-1]), "")
    if not dotted and len(key) == 1 and isinstance(value, dict):
        dotted = f"environments.{key[0]}"
    return f' Did you mean "{dotted}"?' if dotted else ""


def _paths(path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name in known_keys(path):
        yield (*path, name)
        yield from _paths((*path, name, "NAME") if (*path, name) == ("environments",) else (*path, name))


def _not_a_choice(value: Any, expected: str) -> str:
    choices = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return f"{show(value)} is not one of {', '.join(choices)}.{did_you_mean(value, choices)}"


def _like(pattern: str) -> str:
    known = {
        "^/": 'a route, such as "/healthz"',
        PLATFORM: 'a platform, such as "linux/arm64"',
        REGISTRY: 'a registry and a folder in it, in small letters, such as "registry.example/team"',
    }
    return known.get(pattern, 'a name: a small letter, then small letters, digits and "-"')


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
