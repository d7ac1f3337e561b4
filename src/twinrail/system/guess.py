"""What a misspelt word may have meant."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A sentence with the nearest known word, with a space before it, or an empty text."""
    near = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""
