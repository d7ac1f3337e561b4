"""What the functions and operators of GitHub's expressions return."""

import json
import math
import re
from collections.abc import Callable, Mapping

from agreement.model.values import ExpressionError, Value, equal, folded, kind, less, text

PLACE = re.compile(r"\{\{|\}\}|\{(\d+)[^{}]*\}|[{}]")


def plain(value: Value) -> bool:
    """Whether a value is one that has a text: neither a list nor an object."""
    return kind(value) not in {"list", "object"}


def contains(search: Value, item: Value) -> bool:
    """Whether a list has an item that equals `item`, or a text has it inside."""
    if isinstance(search, list | tuple):
        return any(equal(item, each) for each in search)
    return plain(search) and plain(item) and folded(text(item)) in folded(text(search))


def starts_with(search: Value, start: Value) -> bool:
    """Whether a text begins with another, whatever the case."""
    return plain(search) and plain(start) and folded(text(search)).startswith(folded(text(start)))


def ends_with(search: Value, end: Value) -> bool:
    """Whether a text ends with another, whatever the case."""
    return plain(search) and plain(end) and folded(text(search)).endswith(folded(text(end)))


def filled(template: Value, *values: Value) -> str:
    """`format`: a text with values in its places."""

    def fill(found: re.Match[str]) -> str:
        if found[0] in {"{{", "}}"}:
            return found[0][0]
        if found[1] is None or int(found[1]) >= len(values):
            raise ExpressionError(f"format: no value for {found[0]!r} in {text(template)!r}")
        return text(values[int(found[1])])

    return PLACE.sub(fill, text(template))


def join(values: Value, separator: Value = ",") -> str:
    """The items of a list as one text; of anything else its text, of an object nothing."""
    if isinstance(values, list | tuple):
        return (text(separator) if plain(separator) else ",").join(text(each) for each in values)
    return text(values) if plain(values) else ""


def to_json(value: Value) -> str:
    """A value as JSON, two spaces deep."""
    return json.dumps(_whole(value), indent=2, ensure_ascii=False)


def _whole(value: Value) -> Value:
    """A value with every whole number written without a point."""
    match value:
        case float() if math.isfinite(value) and value == int(value):
            return int(value)
        case Mapping():
            return {key: _whole(each) for key, each in value.items()}
        case list() | tuple():
            return [_whole(each) for each in value]
    return value


def from_json(value: Value) -> Value:
    """The value that a text of JSON says."""
    try:
        return json.loads(text(value), parse_int=float)
    except json.JSONDecodeError as error:
        raise ExpressionError(f"fromJSON of {text(value)!r}: {error}") from error


def hash_files(*patterns: Value) -> Value:
    """Refused: the files of a checkout are not part of the model."""
    raise ExpressionError(f"hashFiles is not modelled: {', '.join(map(text, patterns))}")


def case(*arguments: Value) -> Value:
    """The value after the first predicate that is true, else the last."""
    for predicate, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if not isinstance(predicate, bool):
            raise ExpressionError("case: a predicate must be a boolean")
        if predicate:
            return value
    return arguments[-1]


CALLS: dict[str, Callable[..., Value]] = {
    "contains": contains,
    "startsWith": starts_with,
    "endsWith": ends_with,
    "format": filled,
    "join": join,
    "toJSON": to_json,
    "fromJSON": from_json,
    "hashFiles": hash_files,
    "case": case,
    "()": lambda value: value,
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": less,
    "<=": lambda left, right: less(left, right) or equal(left, right),
    ">": lambda left, right: less(right, left),
    ">=": lambda left, right: less(right, left) or equal(left, right),
}
"""What is called with the values of its arguments; `!`, `&&`, `||` and the status functions are the evaluator's."""
