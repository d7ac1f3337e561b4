"""What an expression of GitHub Actions is worth, and what it speaks of.

`if:` takes an expression with `${{ }}` or without. A text in which `${{ }}` is not the whole is a format: its value
is a text, and a condition that is a text which is not empty holds. GitHub does so too: `if: ${{ a }} && b` and a block
(`if: |`) round `${{ }}` are always true.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from agreement.model.calls import CALLS
from agreement.model.syntax import Call, Index, Literal, Name, Node, nodes, parse
from agreement.model.values import ExpressionError, Value, find, folded, kind, number, text, truthy

STATUS = frozenset({"success", "failure", "always", "cancelled"})

Context = Mapping[str, Any]
Status = Mapping[str, bool]


class Filtered(list[Value]):
    """What `.*` left: what is asked of it is asked of each of its items."""


def evaluate(written: str, context: Context, status: Status | None = None) -> Value:
    """The value of an expression, bare or in `${{ }}`; a text where `${{ }}` is only a part.

    Args:
        written: as it stands in the YAML.
        context: what `github`, `needs` and so on hold; no other name is known.
        status: what success() and its sisters return; without it they are not allowed, as outside of `if:`.

    Raises:
        ExpressionError: GitHub would refuse it.
    """
    parts = list(split(written))
    if not any(is_expression for is_expression, _ in parts):
        return value_of(parse(written), context, status)
    if len(parts) == 1:
        return value_of(parse(parts[0][1]), context, status)
    return interpolate(written, context, status)


def interpolate(written: str, context: Context, status: Status | None = None) -> str:
    """A text with the value of each `${{ }}` in its place."""
    return "".join(
        text(value_of(parse(part), context, status)) if is_expression else part
        for is_expression, part in split(written)
    )


def split(written: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text: whether each is an expression, and its letters without `${{ }}`."""
    at = 0
    while (begin := written.find("${{", at)) >= 0:
        if begin > at:
            yield False, written[at:begin]
        at = end = begin + 3
        # What stands between quotes does not close it: in '}}' the quotes before it are odd in number.
        while (end := written.find("}}", end)) >= 0 and written.count("'", at, end) % 2:
            end += 1
        if end < 0:
            raise ExpressionError(f"no end of ${{{{ in {written!r}")
        yield True, written[at:end]
        at = end + 2
    if at < len(written):
        yield False, written[at:]


def value_of(node: Node, context: Context, status: Status | None) -> Value:
    """The value of a tree."""
    match node:
        case Literal(value):
            return value
        case Name(name):
            if folded(name) not in map(folded, context):
                raise ExpressionError(f"there is no context {name!r} here")
            return find(context, name)
        case Index(of, key):
            return indexed(value_of(of, context, status), key and Literal(value_of(key, context, status)))
    return called(node, context, status)


def called(call: Call, context: Context, status: Status | None) -> Value:
    """What a function or an operator returns; `&&` and `||` one of their sides, the second only where it counts."""
    match call:
        case Call("&&" | "||", (left, right)):
            first = value_of(left, context, status)
            return value_of(right, context, status) if truthy(first) == (call.name == "&&") else first
        case Call("!", (of,)):
            return not truthy(value_of(of, context, status))
        case Call(name, _) if name in STATUS:
            if status is None:
                raise ExpressionError(f"{name}() is known in `if:` only")
            return status[name]
    return CALLS[call.name](*(value_of(each, context, status) for each in call.arguments))


def indexed(value: Value, key: Literal | None) -> Value:
    """What `value.key`, `value[key]` or (without a key) `value.*` is; null where there is nothing."""
    if isinstance(value, Filtered):
        return Filtered(found for each in value for found in _each(each, key))
    if key is None:
        return Filtered(_each(value, None))
    return next(iter(_each(value, key)), None)


def _each(value: Value, key: Literal | None) -> list[Value]:
    """The items of a value, or its item of that key in a list of one; empty where it has none."""
    if isinstance(value, Mapping):
        if key is None:
            return list(value.values())
        found = find(value, text(key.value), ...)
        return [] if found is ... else [found]
    if not isinstance(value, list | tuple):
        return []
    if key is None:
        return list(value)
    place = number(key.value)
    return [value[math.floor(place)]] if 0 <= place < len(value) else []


def references(value: Any, *, condition: bool = False) -> set[str]:
    """The dotted paths of contexts that a text, or anything nested in a YAML value, uses: `needs.build.result`.

    What is not known before the run is written `*`. A text is an expression only in `${{ }}`; under `if:`, or
    with `condition`, also without.
    """
    found = set()
    for each in expressions(value, condition=condition):
        below = list(nodes(parse(each)))
        inner = {id(node.of) for node in below if isinstance(node, Index)}
        found |= {path for node in below if id(node) not in inner and (path := dotted(node))}
    return found


def functions(value: Any, *, condition: bool = False) -> set[str]:
    """The functions that a text, or anything nested in a YAML value, calls, by their documented spelling."""
    return {name for each in expressions(value, condition=condition) for name in _calls(each)}


@cache
def _calls(expression: str) -> frozenset[str]:
    called = (node.name for node in nodes(parse(expression)) if isinstance(node, Call))
    return frozenset(name for name in called if name.isidentifier())


def expressions(value: Any, *, condition: bool = False) -> Iterator[str]:
    """Every expression in a text or a nested YAML value, without `${{ }}`."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from expressions(each, condition=key == "if")
    elif kind(value) == "list":
        for each in value:
            yield from expressions(each)
    elif isinstance(value, str):
        found = [part for is_expression, part in split(value) if is_expression]
        yield from [value] if condition and value and not found else found


def dotted(node: Node) -> str:
    """The path of a context or of what is asked of one; empty for anything else."""
    match node:
        case Name(name):
            return name
        case Index(of, key) if path := dotted(of):
            return f"{path}.{text(key.value) if isinstance(key, Literal) else '*'}"
    return ""
