"""The instructions of a Dockerfile, with their lines."""

import re
from dataclasses import dataclass
from itertools import pairwise


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


Stage = tuple[Instruction, ...]
"""The instructions from one FROM to the next."""


def stages(instructions: tuple[Instruction, ...]) -> tuple[Stage, ...]:
    """The stages of a Dockerfile, without what stands before the first FROM."""
    begins = [at for at, each in enumerate(instructions) if each.keyword == "FROM"]
    return tuple(instructions[at:end] for at, end in pairwise([*begins, len(instructions)]))


def parent(every: tuple[Stage, ...], stage: Stage) -> Stage:
    """The stage that a stage begins from; none where that is another image."""
    base = _named(stage, 0)
    earlier = [each for each in every if each[0].line < stage[0].line]
    return next((each for each in reversed(earlier) if base and _named(each, 2) == base), ())


def _named(stage: Stage, at: int) -> str:
    words = [word for word in stage[0].rest.lower().split() if not word.startswith("--")]
    return words[at] if len(words) > at else ""


def _first(lines: list[str], begun: int) -> int:
    return next(at for at in range(begun, len(lines)) if lines[at].strip() and not lines[at].strip().startswith("#"))


def _past_documents(lines: list[str], at: int, rest: str) -> int:
    for end in re.findall(r"<<-?\s*[\"']?(\w+)[\"']?", rest):
        ends = (number for number in range(at, len(lines)) if lines[number].strip() == end)
        at = next(ends, len(lines) - 1) + 1
    return at
