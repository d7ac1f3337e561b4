"""The gate at the end of an experiment."""

import pytest
from fakes import FakeClock, release

from twinrail.deploy.gates.experiment import ExperimentGate, moment
from twinrail.deploy.interface import Open, Wait

START = 1_780_000_000.0
END = "2026-06-01T09:00:00+02:00"


def ask(now, *, until=END, ended=False):
    clock = FakeClock(time=now)
    return ExperimentGate(environment="production", until=until, ended=ended, clock=clock).ask(release())


def test_waits_until_its_date():
    """Up to the last second it waits, and says until when, and how to end it before."""
    todo = "nox -s resume -- production --end"
    waits = Wait(note="the experiment with 2.0 runs until 2026-06-01 07:00:00 UTC", todo=todo)
    assert [waits, waits] == [ask(START), ask(moment(END) - 1)]


def test_ends_at_its_date():
    """From its date on it is open, for the new release."""
    over = Open(note="the experiment ended 2026-06-01 07:00:00 UTC")
    assert [over, over] == [ask(moment(END)), ask(moment(END) + 86_400)]


def test_ended_by_hand():
    """It can be ended before its date, and must be where it has none."""
    by_hand = Open(note="the experiment was ended by hand")
    assert [by_hand, by_hand] == [ask(START, ended=True), ask(START, until="", ended=True)]
    assert "the experiment with 2.0 runs until somebody ends it" == ask(START, until="").note


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00:00", 3600),
        ("1970-01-01T01:00:00Z", 3600),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01 02:00", 7200),
    ],
)
def test_moments(text, seconds):
    """A date and time without a zone is UTC."""
    assert seconds == moment(text)


def test_no_moment():
    """What is no date is none."""
    with pytest.raises(ValueError, match="Invalid isoformat"):
        moment("on Monday")
