"""The secrets of instances, hidden in what they say."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from twinrail.deploy.targets.docker.launches import Launch

_TELLING = 8
"""How long a line of a secret of several lines must be to be hidden by itself, in characters: `}` tells nothing."""


def hiding(names: Iterable[str], launches: Iterable[Launch]) -> Callable[[str], str]:
    """Puts `***` for the secrets of some launches into a text.

    Args:
        names: of variables that are secret beside those that the launches name.
        launches: what was started: its variables, and what stands below /run/secrets.
    """
    known = [*launches]
    values = {os.environ.get(name, "") for name in {*names, *(name for each in known for name in each.secrets)}}
    values |= {_content(source) for each in known for part in each.parts for source in part.files.values()}
    texts = {text for value in values for text in _texts(value)}
    # The longest first: one may be a part of another.
    ordered = sorted(texts, key=len, reverse=True)

    def hide(text: str) -> str:
        for each in ordered:
            text = text.replace(each, "***")
        return text

    return hide


def _texts(value: str) -> set[str]:
    lines = {line.strip() for line in value.splitlines()}
    return ({value.strip()} if len(lines) == 1 else {line for line in lines if len(line) >= _TELLING}) - {""}


def _content(source: str) -> str:
    if source.startswith("="):  # nobody but the swarm knows it
        return ""
    if source.startswith("$"):
        return os.environ.get(source[1:], "")
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
