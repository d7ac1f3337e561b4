"""The values of GitHub's expressions, and how one kind becomes another.

A value is None, a bool, a number, a text, a list or a mapping. Source: docs.github.com, "Evaluate expressions in
workflows and actions", the tables under Literals, Operators and Functions.
"""

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

Value = Any

DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
BASES = {"0x": 16, "0o": 8}
INFINITE = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}


class ExpressionError(ValueError):
    """GitHub would refuse this expression."""


def kind(value: Value) -> str:
    """What a value is: null, boolean, number, text, list or object."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case Mapping():
            return "object"
        case list() | tuple():
            return "list"
    raise ExpressionError(f"{type(value).__name__} is no value of an expression")


def number(value: Value) -> float:
    """A value as a number: null and the empty text are 0, what cannot be read is NaN."""
    match kind(value):
        case "null":
            return 0.0
        case "boolean" | "number":
            return float(value)
        case "text":
            return _read(value.strip())
    return math.nan


def _read(text: str) -> float:
    if not text:
        return 0.0
    if DECIMAL.fullmatch(text):
        return float(text)
    if (base := BASES.get(text[:2])) and re.fullmatch(r"[0-9a-fA-F]+" if base == 16 else "[0-7]+", text[2:]):
        return float(int(text[2:], base))
    return INFINITE.get(text, math.nan)


def text(value: Value) -> str:
    """A value as a text; lists and objects have none, GitHub writes what they are."""
    match kind(value):
        case "null":
            return ""
        case "boolean":
            return "true" if value else "false"
        case "number":
            return _written(float(value))
        case "text":
            return value
        case "list":
            return "Array"
    return "Object"


def _written(value: float) -> str:
    """A number with at most 15 digits, as the runner writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "0" if value == 0 else format(value, ".15g").upper()


def truthy(value: Value) -> bool:
    """Whether a condition that has this value holds."""
    match kind(value):
        case "number":
            return not (value == 0 or math.isnan(value))
        case "list" | "object":
            return True
    return bool(value)


@cache
def folded(value: str) -> str:
    """A text with the case taken out, letter by letter."""
    return "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in value)


def _pair(left: Value, right: Value) -> tuple[Any, Any]:
    """Two values as they are compared: texts without case, unlike kinds as numbers."""
    if kind(left) != kind(right) or left is None:
        return number(left), number(right)
    return (folded(left), folded(right)) if isinstance(left, str) else (left, right)


def equal(left: Value, right: Value) -> bool:
    """Whether `left == right`; lists and objects are equal only to themselves."""
    if {kind(left), kind(right)} & {"list", "object"}:
        return left is right
    one, other = _pair(left, right)
    return one == other


def less(left: Value, right: Value) -> bool:
    """Whether `left < right`; never, where one is NaN, a list or an object."""
    if {kind(left), kind(right)} & {"list", "object"}:
        return False
    one, other = _pair(left, right)
    return one < other


def find(value: Mapping[str, Value], key: str, missing: Value = None) -> Value:
    """The property of an object, whatever the case of its name."""
    if key in value:
        return value[key]
    return next((each for name, each in value.items() if folded(name) == folded(key)), missing)
