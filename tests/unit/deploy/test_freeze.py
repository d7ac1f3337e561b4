"""The freeze gate: what it says, when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from fakes import FakeClock, release
from gates import in_words

from golden_files import check
from twinrail.deploy.gates.freeze import FreezeGate
from twinrail.deploy.interface import Open, Wait
from twinrail.project.freeze import Window

WEEKEND = "Fri 16:00 - Mon 08:00 Europe/Berlin"
HOLIDAYS = "2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin"
NIGHT = "Mon 06:00 - Mon 22:00 UTC"


def at(text: str) -> float:
    """A time in UTC, in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")).timestamp()


def gate(now: str, *windows: str, environment: str = "production") -> FreezeGate:
    return FreezeGate(environment=environment, windows=tuple(map(Window.parse, windows)), clock=FakeClock(time=at(now)))


CASES = [
    ("no window holds", gate("2026-11-20T14:59", WEEKEND, HOLIDAYS)),
    ("there are no windows", gate("2026-11-20T14:59")),
    ("a weekly window", gate("2026-11-20T15:00", WEEKEND)),
    ("a weekly window in which the clocks leap", gate("2026-03-28T12:00", WEEKEND, environment="staging")),
    ("a window that comes once, and one after it", gate("2026-12-24T12:00", WEEKEND, HOLIDAYS)),
    ("a window in UTC", gate("2026-11-23T12:00", NIGHT)),
    ("one window after the other", gate("2026-11-21T12:00", WEEKEND, NIGHT)),
]


def test_what_it_says():
    """Each answer: until when, on the clocks of the window and in UTC, by which windows, and what goes on then."""
    check("deploy/gates/freeze.txt", "".join(in_words(case, each.ask(release())) for case, each in CASES))


def test_what_goes_on_on_github(monkeypatch):
    """On GitHub a new attempt of the run goes on: what is deployed from there is not deployed from a laptop."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_RUN_ID", "4711")
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo/shop")
    answer = gate("2026-11-20T15:00", WEEKEND).ask(release())
    assert "gh run rerun 4711 --repo octo/shop" == answer.todo


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_to_the_second(seconds):
    """It waits until the very second that it tells, and is open from then on."""
    asked = gate("2026-11-23T07:00", WEEKEND)
    asked.clock.time += seconds
    assert (Wait if seconds < 0 else Open) is type(asked.ask(release()))


def test_time_goes_on():
    """The clock is read at each question: a gate that was open when it was made is shut when its window begins."""
    asked = gate("2026-11-20T14:59", WEEKEND)
    assert isinstance(asked.ask(release()), Open)
    asked.clock.wait(60)
    assert isinstance(asked.ask(release()), Wait)


def test_the_machines_clock():
    """Without another clock it reads the machine's."""
    now = datetime.now(ZoneInfo("UTC"))
    always = Window.parse(f"{now.year - 1}-01-01 - {now.year + 1}-12-31 UTC")
    assert isinstance(FreezeGate(environment="production", windows=(always,)).ask(release()), Wait)
