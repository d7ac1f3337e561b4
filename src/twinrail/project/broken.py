"""What keeps a file from being read as TOML, in words for whoever wrote it."""

import re

from twinrail.system.errors import Mistake

_KEY = "(the file)"
# By how tomllib's message begins.
_ADVICE = {
    "Cannot mutate immutable": "the table in braces above cannot be added to",
    "Cannot overwrite a value": "the key has a value above",
    "Expected '='": "a setting reads: key = value",
    "Expected ']'": "it must be closed, and a name with other letters than a-z needs quotes",
    'Expected "\'"': "a text in single quotes ends on its line",
    "Expected newline": "a text needs quotes, and each key a line of its own",
    "Illegal character '\\n'": "a text in double quotes ends on its line",
    "Invalid statement": "a line reads: key = value, or [table]",
    "Invalid value": "a text needs quotes, and no value may be left out",
    "Unescaped '\\'": "write the backslash twice, or the text in single quotes",
}


def not_text(name: str, error: UnicodeDecodeError) -> Mistake:
    """The place of the first byte that is not UTF-8."""
    before = error.object[: error.start].decode()
    byte = f"the byte {error.object[error.start]:#04x}"
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Mistake(line, column, name, _KEY, f"It is not UTF-8: {error.reason} ({byte}).")


def not_toml(name: str, text: str, error: ValueError) -> Mistake:
    """The place where tomllib gave up, and what it may be."""
    if text.startswith("\ufeff"):
        return Mistake(1, 1, name, _KEY, "It begins with a byte order mark: save it as UTF-8 without one.")
    if "(at " not in str(error):
        return Mistake(0, 0, name, _KEY, "A number in it is too long.")
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    lines = text.rstrip().split("\n")
    line, column = (int(place[1]), int(place[2])) if place else (len(lines), len(lines[-1]) + 1)
    reason = re.sub(r"\('(.+?)',?\)", _as_header, str(error).split(" (at ")[0])
    known = next((f" ({words})" for start, words in _ADVICE.items() if reason.startswith(start)), "")
    advice = known if place else " (the file ends too early)"
    return Mistake(line, column, name, _KEY, f"It is not TOML: {reason[:1].lower()}{reason[1:]}{advice}.")


def _as_header(found: re.Match[str]) -> str:
    dotted = found[1].replace("', '", ".")
    return f"[{dotted}]"
