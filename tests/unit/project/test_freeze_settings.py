"""Freeze windows and approvals as they are written in the settings."""

import re
import subprocess
import sys
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from twinrail.project.contradictions import contradictions
from twinrail.project.decode import Configuration
from twinrail.project.environments import Approval, Environment
from twinrail.project.explain import settings_table
from twinrail.project.freeze import DAYS, FreezeWindow, Window
from twinrail.project.settings import Settings

PATTERN = TypeAdapter(FreezeWindow).json_schema()["pattern"]

clocks = st.times().map(lambda time: f"{time:%H:%M}")
days = st.sampled_from(DAYS)
dates = st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31))  # noqa: DTZ001  # of whatever zone
zones = st.sampled_from(
    ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince"]
)
gaps = st.sampled_from([" ", "  ", "\t"])


@given(st.tuples(days, clocks), st.tuples(days, clocks), zones, gaps)
def test_every_week(starts, ends, zone, gap):
    """A weekly window lasts from its first time to the next one of its last time, in less than a week."""
    (first, begin), (last, end) = starts, ends
    text = gap.join([first, begin, "-", last, end, zone])
    assert re.fullmatch(PATTERN, text)
    if (first, begin) == (last, end):
        with pytest.raises(ValueError, match="begins and ends at the same time"):
            Window.parse(text)
        return
    window = Window.parse(text)
    assert (first, begin, last, end) == tuple(f"{window.begin:%a %H:%M} {window.end:%a %H:%M}".split())
    assert 0 < (window.end - window.begin).total_seconds() < 7 * 86_400
    assert (True, zone, text) == (window.weekly, window.zone.key, window.text)


@given(dates, dates, zones, st.booleans(), st.booleans())
def test_once(begin, end, zone, whole, half):
    """A window with dates comes once; a date alone is its first minute."""
    parts = [f"{begin:%Y-%m-%d}" if whole else f"{begin:%Y-%m-%d %H:%M}"]
    parts.append(f"{end:%Y-%m-%d}" if half else f"{end:%Y-%m-%d %H:%M}")
    text = f"{' - '.join(parts)} {zone}"
    assert re.fullmatch(PATTERN, text)
    midnight, minute = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}, {"second": 0, "microsecond": 0}
    begins, ends = begin.replace(**midnight if whole else minute), end.replace(**midnight if half else minute)
    if ends <= begins:
        with pytest.raises(ValueError, match="is over before it begins"):
            Window.parse(text)
        return
    window = Window.parse(text)
    assert (begins, ends, False) == (window.begin, window.end, window.weekly)


@given(st.text(max_size=50) | st.from_regex(PATTERN))
def test_whatever_is_written(text):
    """A text is a window or a mistake that is told in words; what is a window fits the schema."""
    errors = []
    try:
        assert (text,) == Environment(freeze=(text,)).freeze
    except ValidationError as error:
        errors = [each["type"] for each in error.errors()]
    assert errors == ["value_error"] or (errors == [] and re.fullmatch(PATTERN, text))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Friday 16:00 – Monday 08:00 UTC", "Fri 16:00 - Mon 08:00 UTC"),
        ("FRI 16:00 to mon 8:00 UTC", "Fri 16:00 - Mon 08:00 UTC"),
        ("fri 9:00-sat 8:00 UTC", "Fri 09:00 - Sat 08:00 UTC"),
        ("Fri 16:00 until Mon 08:00 UTC", "Fri 16:00 - Mon 08:00 UTC"),
        (" Fri 16:00:00 - Mon 08:00:00 UTC ", "Fri 16:00 - Mon 08:00 UTC"),
        ("2026-12-23T18:00 - 2027-01-02T08:00:00 UTC", "2026-12-23 18:00 - 2027-01-02 08:00 UTC"),
        ("2026-12-23 — 2027-01-02 UTC", "2026-12-23 - 2027-01-02 UTC"),
    ],
)
def test_what_may_have_been_meant(written, meant):
    """Times in other people's handwriting get a guess, which is a window."""
    with pytest.raises(ValueError, match=rf'is not a window\. Did you mean "{re.escape(meant)}"\?$'):
        Window.parse(written)
    assert Window.parse(meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["Fri 16:00 - Mon 08:00"], "names no time zone. Add one at its end"),
        (["weekends"], 'is not a window, such as "Fri 16:00'),
        (["from 2026-12-23 on"], 'is not a window, such as "2026-12-23 18:00'),
        ([7], "7 is not a window"),
        ("Fri 16:00 - Mon 08:00 UTC", r'is not a list of windows\. Did you mean \["Fri'),
    ],
)
def test_what_is_no_window(written, said):
    """What cannot be guessed gets an example of its kind; a text alone gets its brackets."""
    with pytest.raises(ValidationError, match=said):
        Environment(freeze=written)


@pytest.mark.parametrize("name", ["localtime", "Factory", "posix/UTC", "right/UTC", "europe/berlin", "Europe", "CEST"])
def test_zones_that_another_machine_does_not_have(name):
    """What is a zone on one machine alone, or none at all, is refused."""
    with pytest.raises(ValueError, match="is in no time zone that has a name"):
        Window.parse(f"Fri 16:00 - Mon 08:00 {name}")


def test_zones_where_the_system_has_none():
    """On a system without a list of zones those of tzdata count."""
    program = (
        "from twinrail.project.freeze import Window\n"
        "window = Window.parse('Fri 16:00 - Mon 08:00 Europe/Berlin')\n"
        "print(window.frozen_until(1790000000.0 + 86400 * 2))\n"
    )
    env = {"PYTHONTZPATH": "", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    assert ("", 0) == (done.stderr, done.returncode)


def test_its_kind_is_explained():
    """`twinrail explain` calls it by its name."""
    (row,) = [each for each in settings_table(Configuration()) if each.key == "environments.NAME.freeze"]
    assert ("list of windows", "[]") == (row.kind, row.default)


def keys(**environments):
    return [key[1:] for key, _ in contradictions(Settings(environments=environments))]


NOT_AUTHOR = {"not-author": True}
ALWAYS = ("Fri 16:00 - Mon 08:00 UTC", "Mon 08:00 - Fri 16:00 UTC")


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        (Environment(freeze=ALWAYS[:1]), []),
        (Environment(freeze=ALWAYS), ["freeze"]),
        (Environment(approval=Approval(expires="24h", **NOT_AUTHOR)), []),
        (Environment(approval=Approval(expires="0s")), ["approval.expires"]),
        (Environment(approval=Approval(approvers=0)), []),
        (Environment(approval=Approval(approvers=0, **NOT_AUTHOR)), ["approval.not-author"]),
        (Environment(approval=Approval(approvers=0, expires="24h")), ["approval.expires"]),
    ],
)
def test_what_cannot_be_kept(environment, wrong):
    """Windows that leave no time, and agreements that could never count, are refused."""
    assert [("production", *each.split(".")) for each in wrong] == keys(production=environment)


def test_the_environment_test_has_no_gates():
    """Each gate that is set for the environment test is told: nothing asks there but the e2e tests."""
    test = Environment(freeze=ALWAYS[:1], approval=Approval())
    assert [("test", "approval"), ("test", "freeze")] == keys(test=test)
