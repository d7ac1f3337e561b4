"""What a release said last, as far as it helps to see why it was turned back."""

import re
from collections.abc import Sequence

_TROUBLE = re.compile(r"error|exception|traceback|critical|fatal|panic|killed|out of memory", re.IGNORECASE)
_MOST = 3
"""How many lines are told."""
_HEAD, _TAIL = 50, 100
"""How much of a long line is told, in characters: what it is about, and its end, where a traceback names its cause."""


def last_words(lines: Sequence[str]) -> tuple[str, ...]:
    """The last lines that speak of trouble, or the last ones where none does; each once, and long ones shortened."""
    said = [line.rstrip() for line in lines if line.strip()]
    chosen = [line for line in said if _TROUBLE.search(line)] or said
    # The same trouble stands there again and again, with another time.
    newest_first = list(dict.fromkeys(_cut(line) for line in reversed(chosen)))
    alike: dict[str, str] = {}
    for line in newest_first:
        alike.setdefault(re.sub(r"[0-9a-f]{8,}|\d+", "", line), line)
    return tuple(reversed(list(alike.values())[:_MOST]))


def _cut(line: str) -> str:
    return line if len(line) <= _HEAD + _TAIL + 3 else f"{line[:_HEAD]} … {line[-_TAIL:]}"
