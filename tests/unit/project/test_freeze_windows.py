"""When a freeze window holds: against a count of every minute, around every leap of the clocks."""

import functools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinrail.project.freeze import DAYS, Window, never_open, open_again

MINUTE, DAY = 60, 86_400
WEEK = 7 * DAY

LEAPS = [
    ("Europe/Berlin", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("America/Sao_Paulo", "2018-11-04T03:00"),  # at midnight
    ("America/Sao_Paulo", "2018-02-18T02:00"),
    ("Pacific/Apia", "2011-12-30T10:00"),  # a whole day that never was
    ("Asia/Kathmandu", "2026-06-01T00:00"),  # no leap at all
    ("UTC", "2026-06-01T00:00"),
]
"""Zones, and when their clocks leap, in UTC."""


def at(text: str, zone: str = "UTC") -> float:
    """A time on the clocks of a zone, in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(time: float | None, zone: str = "UTC") -> str:
    return "" if time is None else f"{datetime.fromtimestamp(time, ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


@functools.cache
def minutes_around(zone: str, leap: str) -> tuple[int, list[datetime]]:
    """The first of all minutes within twelve days of a leap, and what the clocks show in each."""
    first = int(at(leap)) - 12 * DAY
    clocks = ZoneInfo(zone)
    return first, [
        datetime.fromtimestamp(first + number * MINUTE, clocks).replace(tzinfo=None) for number in range(24 * 1440)
    ]


def spans(walls: list[datetime], begin: datetime, end: datetime, *, weekly: bool) -> list[tuple[int, int]]:
    """From the first minute in which the clocks show the begin or later, behind the last before the end; as numbers."""
    week = timedelta(days=7)
    found = []
    for shift in [week * number for number in range(-1, 6)] if weekly else [timedelta()]:
        if walls[0] < begin + shift and end + shift < walls[-1]:
            first = next(number for number, wall in enumerate(walls) if wall >= begin + shift)
            last = max(number for number, wall in enumerate(walls) if wall < end + shift)
            found.append((first, last + 1))
    return found


def agrees(window: Window, first: int, held: list[tuple[int, int]], numbers: set[int]) -> None:
    for number in numbers:
        wanted = max((end for begin, end in held if begin <= number < end), default=None)
        found = window.frozen_until(first + number * MINUTE)
        assert (None if wanted is None else first + wanted * MINUTE) == found, (window.text, number)


def near(held: list[tuple[int, int]], *more: int) -> set[int]:
    """The minutes at which something may go wrong, and some more, in the middle of those that are known."""
    edges = {edge + step for span in held for edge in span for step in range(-61, 62)}
    return {number for number in (edges | set(more)) if 8 * 1440 <= number < 16 * 1440}


times = st.integers(0, 1439) | st.sampled_from([0, 60, 90, 119, 120, 121, 150, 179, 180, 181, 1439])
anywhere = st.lists(st.integers(8 * 1440, 16 * 1440 - 1), max_size=40)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LEAPS), st.tuples(st.integers(0, 6), times), st.tuples(st.integers(0, 6), times), anywhere)
def test_every_minute_of_a_weekly_window(leap, begin, end, more):
    """It holds in the very minutes in which its zone's clocks show its times, over the end of a week and over leaps."""
    if begin == end:
        return
    zone, when = leap
    text = f"{DAYS[begin[0]]} {clock(begin[1])} - {DAYS[end[0]]} {clock(end[1])} {zone}"
    first, walls = minutes_around(zone, when)
    monday = datetime.combine(walls[0].date() - timedelta(days=walls[0].weekday()), datetime.min.time())
    starts = monday + timedelta(days=begin[0], minutes=begin[1])
    ends = monday + timedelta(days=end[0] + (7 if end < begin else 0), minutes=end[1])
    held = spans(walls, starts, ends, weekly=True)
    agrees(Window.parse(text), first, held, near(held, *more))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LEAPS), st.integers(-4320, 4320), st.integers(1, 5760), anywhere)
def test_every_minute_of_a_window_that_comes_once(leap, begin, length, more):
    """It holds in the very minutes in which its zone's clocks show its times, once."""
    zone, when = leap
    first, walls = minutes_around(zone, when)
    starts = walls[len(walls) // 2] + timedelta(minutes=begin)
    ends = starts + timedelta(minutes=length)
    held = spans(walls, starts, ends, weekly=False)
    agrees(Window.parse(f"{starts:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M} {zone}"), first, held, near(held, *more))


WEEKEND = "Fri 16:00 - Mon 08:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "now", "until"),
    [
        (WEEKEND, "2026-11-20T14:59", ""),
        (WEEKEND, "2026-11-20T15:00", "Mon 2026-11-23 07:00"),
        (WEEKEND, "2026-11-23T06:59", "Mon 2026-11-23 07:00"),
        (WEEKEND, "2026-11-23T07:00", ""),
        (WEEKEND, "2026-07-18T12:00", "Mon 2026-07-20 06:00"),
        # The clocks leap within it: the weekend before began at 15:00 UTC and is over at 06:00.
        (WEEKEND, "2026-03-27T15:00", "Mon 2026-03-30 06:00"),
        (WEEKEND, "2026-10-23T14:00", "Mon 2026-10-26 07:00"),
        # 02:30 is twice that night: frozen from the first one, and until the last.
        ("Sun 02:30 - Sun 04:00 Europe/Berlin", "2026-10-25T00:29", ""),
        ("Sun 02:30 - Sun 04:00 Europe/Berlin", "2026-10-25T00:30", "Sun 2026-10-25 03:00"),
        ("Sat 20:00 - Sun 02:30 Europe/Berlin", "2026-10-25T00:45", "Sun 2026-10-25 01:30"),
        # 02:00 is where the clocks go back to: less is never shown again.
        ("Sat 20:00 - Sun 02:00 Europe/Berlin", "2026-10-24T23:59", "Sun 2026-10-25 00:00"),
        ("Sat 20:00 - Sun 02:00 Europe/Berlin", "2026-10-25T00:00", ""),
        # Over the whole week but a minute, and that minute is twice that night.
        ("Sun 02:30 - Sun 02:29 Europe/Berlin", "2026-10-25T01:10", "Sun 2026-11-01 01:29"),
        # 02:30 is not at all that night: from when the clocks leap over it, and until then.
        ("Sun 02:30 - Sun 04:00 Europe/Berlin", "2026-03-29T00:59", ""),
        ("Sun 02:30 - Sun 04:00 Europe/Berlin", "2026-03-29T01:00", "Sun 2026-03-29 02:00"),
        ("Sat 20:00 - Sun 02:30 Europe/Berlin", "2026-03-29T00:59", "Sun 2026-03-29 01:00"),
        ("Sun 02:10 - Sun 02:50 Europe/Berlin", "2026-03-29T01:00", ""),
        ("Mon 08:00 - Mon 07:59 UTC", "2026-11-23T07:59", ""),
        ("Mon 08:00 - Mon 07:59 UTC", "2026-11-23T08:00", "Mon 2026-11-30 07:59"),
        ("2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin", "2026-12-23T16:59", ""),
        ("2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin", "2026-12-23T17:00", "Sat 2027-01-02 07:00"),
        ("2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin", "2027-12-24T12:00", ""),
        ("2026-12-24 - 2026-12-27 UTC", "2026-12-26T23:59", "Sun 2026-12-27 00:00"),
        ("2026-12-24 - 2026-12-27 12:00 UTC", "2026-12-27T11:59", "Sun 2026-12-27 12:00"),
    ],
)
def test_until_when(text, now, until):
    """A date alone is its midnight; the begin is within, the end is not."""
    assert until == shown(Window.parse(text).frozen_until(at(now)))


CHAIN = [
    "2026-12-23 18:00 - 2026-12-25 18:00 Europe/Berlin",
    "Fri 16:00 - Mon 08:00 Europe/Berlin",
    "Mon 06:00 - Tue 00:00 UTC",
    "2027-03-01 - 2027-03-02 06:00 UTC",
]


@pytest.mark.parametrize(
    ("now", "until", "through"),
    [
        ("2026-12-22T12:00", "", []),
        ("2026-12-24T12:00", "Tue 2026-12-29 00:00", CHAIN[:3]),
        ("2026-12-26T12:00", "Tue 2026-12-29 00:00", CHAIN[1:3]),
        ("2026-12-28T12:00", "Tue 2026-12-29 00:00", CHAIN[2:3]),
        ("2027-02-28T12:00", "Tue 2027-03-02 06:00", [CHAIN[1], CHAIN[3]]),
    ],
)
def test_one_window_after_the_other(now, until, through):
    """Where one window begins before another is over, nothing sets out in between."""
    found = open_again(list(map(Window.parse, CHAIN)), at(now))
    assert (until, through) == (("", []) if found is None else (shown(found[0]), [each.text for each in found[1]]))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=5), st.integers(0, WEEK // MINUTE))
def test_it_is_open_at_the_end(parts, minute):
    """At the moment that is told no window holds, and until then one always does."""
    texts = [
        f"{DAYS[begin // 3]} {begin % 3 * 8:02d}:00 - {DAYS[end // 3]} {end % 3 * 8:02d}:00 UTC"
        for begin, length in parts
        for end in [(begin + length) % 21]
    ]
    windows = list(map(Window.parse, texts))
    closed = {(begin + step) % 21 for begin, length in parts for step in range(length)}
    now = at("2026-06-01") + minute * MINUTE
    assert (len(closed) == 21) == never_open(windows)
    found = open_again(windows, now)
    slot = int((now - at("2026-06-01")) // (8 * 3600))
    if len(closed) < 21:
        length = next(count for count in range(22) if (slot + count) % 21 not in closed)
        assert (length > 0) == (found is not None)
        assert found is None or at("2026-06-01") + (slot + length) * 8 * 3600 == found[0]


def test_never_open_needs_weekly_windows():
    """What comes once leaves time some day; windows in two zones may leave an hour."""
    assert not never_open([])
    assert not never_open([Window.parse("2001-01-01 - 2901-01-01 UTC")])
    assert never_open([Window.parse("Mon 00:00 - Fri 00:00 UTC"), Window.parse("Thu 00:00 - Mon 02:00 Europe/Berlin")])
    assert not never_open([Window.parse("Mon 00:00 - Fri 00:00 UTC"), Window.parse("Fri 00:00 - Mon 00:00 Asia/Tokyo")])


def test_leaps_are_what_they_are_said_to_be():
    """The zones of these tests leap when the tests say so."""
    for zone, leap in LEAPS[:9]:
        before, after = (datetime.fromtimestamp(at(leap) + step, ZoneInfo(zone)).utcoffset() for step in (-1, 0))
        assert before != after, zone
    assert UTC.utcoffset(None) == timedelta()
