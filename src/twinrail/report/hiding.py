"""A run record without secrets, to be kept where others read: what a step says the runner masks, and files it does not.

A secret may be a common word, a user's name for example: the form of an event, and its own words, do not suffer.
"""

import json
from pathlib import Path
from typing import Any

from twinrail.report.commands import scrub
from twinrail.report.record import Record

_OURS = frozenset({"event", "session", "sessions", "state", "environment", "gate", "answer"})


def lay_record(folder: Path, to: Path, secrets: tuple[str, ...]) -> Record:
    """Copies the run record in `folder` to `to`, without any secret; the copy.

    Raises:
        RecordError: its pages cannot be written.
    """
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            # What is no text (a database of coverage) is no place where a person would look for it either.
            continue
        copy = to / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        hide = _events if path == folder / "events.jsonl" else scrub
        copy.write_text(hide(text, secrets), encoding="utf-8")
    laid = Record(to)
    # Each page escapes in a way of its own what it shows: they are made anew.
    laid.publish()
    return laid


def _events(text: str, secrets: tuple[str, ...]) -> str:
    return "\n".join(_line(each, secrets) for each in text.split("\n"))


def _line(line: str, secrets: tuple[str, ...]) -> str:
    try:
        return json.dumps(_without(json.loads(line), secrets), ensure_ascii=False)
    except ValueError:  # it was cut short by a crash
        return scrub(line, secrets)


def _without(value: Any, secrets: tuple[str, ...]) -> Any:
    match value:
        case str():
            return scrub(value, secrets)
        case list():
            return [_without(each, secrets) for each in value]
        case dict():
            return {name: each if name in _OURS else _without(each, secrets) for name, each in value.items()}
    return value
