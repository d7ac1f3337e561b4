"""The instructions of a Dockerfile, with their lines."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction.

    Attributes:
        line: where it begins, counted from 1.
        keyword: its first word, in capitals.
        rest: what follows, its lines joined by blanks; without the text of here-documents.
    """

    line: int
    keyword: str
    rest: str


def instructions_of(text: str) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile, in their order; what BuildKit refuses is read as well as it can be."""
    lines = text.splitlines()
    escape = "`" if re.match(r"#\s*escape\s*=\s*`", lines[0] if lines else "", re.IGNORECASE) else "\\"
    found: list[Instruction] = []
    at = 0
    while at < len(lines):
        begun, parts = at, list[str]()
        while at < len(lines):
            line, at = lines[at].strip(), at + 1
            if line and not line.startswith("#"):
                parts.append(line.removesuffix(escape).strip())
            if not (parts and (line.endswith(escape) or not line or line.startswith("#"))):
                break
        if parts:
            keyword, _, rest = " ".join(parts).partition(" ")
            found.append(Instruction(line=_first(lines, begun) + 1, keyword=keyword.upper(), rest=rest.strip()))
            at = _past_documents(lines, at, rest)
    return tuple(found)


def _first(lines: list[str], begun: int) -> int:
    return next(at for at in range(begun, len(lines)) if lines[at].strip() and not lines[at].strip().startswith("#"))


def _past_documents(lines: list[str], at: int, rest: str) -> int:
    for end in re.findall(r"<<-?\s*[\"']?(\w+)[\"']?", rest):
        ends = (number for number in range(at, len(lines)) if lines[number].strip() == end)
        at = next(ends, len(lines) - 1) + 1
    return at
