"""The grammar of GitHub's expressions: from a text to a tree."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agreement.model.values import ExpressionError, Value, number

TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    |(?P<number>(?:[-+]?\.?\d|[-+]I)[^\s()\[\],!<>=&|]*)
    |(?P<sign>&&|\|\||[=!<>]=|[!<>()\[\],.*])
    |(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
    |(?P<end>$))""",
    re.VERBOSE,
)
WORDS = {"null": None, "true": True, "false": False, "NaN": math.nan, "Infinity": math.inf}
LEVELS = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))
"""Operators between two values, those that bind least first."""

MANY = 255
FUNCTIONS = {
    "contains": (2, 2), "startsWith": (2, 2), "endsWith": (2, 2), "format": (1, MANY), "join": (1, 2),
    "toJSON": (1, 1), "fromJSON": (1, 1), "hashFiles": (1, MANY), "case": (3, MANY),
    "success": (0, 0), "failure": (0, 0), "always": (0, 0), "cancelled": (0, 0),
}  # fmt: skip
"""Every function, and how many arguments it takes."""

SPELT = {name.lower(): name for name in FUNCTIONS}


@dataclass(frozen=True)
class Literal:
    """A value that stands there."""

    value: Value


@dataclass(frozen=True)
class Name:
    """A context: `github`, `needs`."""

    name: str


@dataclass(frozen=True)
class Index:
    """`of.key`, `of[key]`; without a key `of.*`."""

    of: "Node"
    key: "Node | None"


@dataclass(frozen=True)
class Call:
    """A function, by its documented spelling, with its arguments; `!`, `==` and so on are functions too."""

    name: str
    arguments: tuple["Node", ...]


Node = Literal | Name | Index | Call


@cache
def parse(expression: str) -> Node:
    """The tree of one expression, without `${{ }}`.

    Raises:
        ExpressionError: GitHub would refuse it.
    """
    return Parser(expression).whole()


def nodes(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    match node:
        case Index(of, key):
            below = (of, key) if key else (of,)
        case Call(_, arguments):
            below = arguments
        case _:
            below = ()
    for each in below:
        yield from nodes(each)


def tokens(expression: str) -> Iterator[tuple[str, str]]:
    """The kind and the letters of each token, the end last."""
    at, what = 0, ""
    while what != "end":
        found = TOKEN.match(expression, at)
        if not found:
            raise ExpressionError(f"unexpected {expression[at:].strip()!r} in {expression!r}")
        what, at = str(found.lastgroup), found.end()
        yield what, found[what]


class Parser:
    """Reads the tokens of one expression from left to right."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.rest = list(tokens(expression))

    def whole(self) -> Node:
        """The tree of all there is."""
        found = self.between(0)
        if self.rest[0][0] != "end":
            raise self.unexpected()
        return found

    def unexpected(self) -> ExpressionError:
        return ExpressionError(f"unexpected {self.rest[0][1] or 'end'!r} in {self.expression!r}")

    def take(self, *signs: str) -> str:
        """The next token, when it is one of these signs; else an empty text."""
        what, letters = self.rest[0]
        return self.rest.pop(0)[1] if what == "sign" and letters in signs else ""

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected()

    def between(self, level: int) -> Node:
        """Values joined by operators of this level and those that bind more."""
        if level == len(LEVELS):
            return self.unary()
        found = self.between(level + 1)
        while operator := self.take(*LEVELS[level]):
            found = Call(operator, (found, self.between(level + 1)))
        return found

    def unary(self) -> Node:
        return Call("!", (self.unary(),)) if self.take("!") else self.indexed()

    def indexed(self) -> Node:
        """A value and what is asked of it; a literal cannot be asked."""
        found = self.primary()
        while not isinstance(found, Literal) and (sign := self.take(".", "[")):
            if self.take("*"):
                key: Node | None = None
            elif sign == "[":
                key = self.between(0)
            elif self.rest[0][0] == "name":
                key = Literal(self.rest.pop(0)[1])
            else:
                raise self.unexpected()
            if sign == "[":
                self.need("]")
            found = Index(found, key)
        return found

    def primary(self) -> Node:
        """A literal, a group, a function or a context."""
        if self.take("("):
            found = self.between(0)
            self.need(")")
            return found if not isinstance(found, Literal) else Call("()", (found,))
        what, letters = self.rest[0]
        if what not in {"text", "number", "name"}:
            raise self.unexpected()
        self.rest.pop(0)
        if what == "name" and letters not in WORDS:
            return self.call(letters) if self.take("(") else Name(letters)
        return self.literal(what, letters)

    def literal(self, what: str, letters: str) -> Literal:
        if what == "text":
            return Literal(letters[1:-1].replace("''", "'"))
        if what == "name":
            return Literal(WORDS[letters])
        if math.isnan(value := number(letters)):
            raise ExpressionError(f"{letters!r} in {self.expression!r} is not a number")
        return Literal(value)

    def call(self, name: str) -> Node:
        """A function whose name and opening bracket have been read."""
        arguments = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.between(0))
        if name.lower() not in SPELT:
            raise ExpressionError(f"there is no function {name!r}: {self.expression!r}")
        spelt = SPELT[name.lower()]
        least, most = FUNCTIONS[spelt]
        if not least <= len(arguments) <= most or (spelt == "case" and len(arguments) % 2 == 0):
            raise ExpressionError(f"{spelt} does not take {len(arguments)} arguments: {self.expression!r}")
        return Call(spelt, tuple(arguments))
