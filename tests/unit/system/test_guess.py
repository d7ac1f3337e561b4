"""A misspelt word is guessed, and a strange one is not."""

import pytest

from twinrail.system.guess import did_you_mean

KNOWN = ["rolling", "blue-green", "canary"]


@pytest.mark.parametrize(("word", "guess"), [("roling", "rolling"), ("blue_green", "blue-green"), ("canry", "canary")])
def test_near(word, guess):
    """The nearest known word is named."""
    assert f' Did you mean "{guess}"?' == did_you_mean(word, KNOWN)


@pytest.mark.parametrize("word", ["", "shadow", 7, None])
def test_far(word):
    """Nothing is said of what is like none of them, whatever it is."""
    assert "" == did_you_mean(word, iter(KNOWN))
