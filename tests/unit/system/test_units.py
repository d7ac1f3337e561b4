"""Durations, sizes and shares are read and shown as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinrail.system.units import (
    parse_duration,
    parse_share,
    show_ago,
    show_count,
    show_duration,
    show_minute,
    show_share,
    show_size,
    show_span,
)

NUMBERS = st.one_of(st.integers(0, 10_000), st.decimals("0", "9999", places=3, allow_nan=False)).map(str)
SPACES = st.sampled_from(["", " ", "  "])
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


@given(st.lists(st.tuples(NUMBERS, SPACES, st.sampled_from(list(SECONDS))), min_size=1, max_size=4), SPACES)
def test_duration(parts, space):
    """A duration is the sum of its parts, with or without spaces."""
    text = space.join(f"{number}{gap}{unit}" for number, gap, unit in parts)

    assert sum(float(number) * SECONDS[unit] for number, _, unit in parts) == pytest.approx(parse_duration(text))


@given(st.decimals("0", "100", places=2), SPACES)
def test_share(number, gap):
    """A share is a part of one."""
    assert float(number) / 100 == parse_share(f"{number}{gap}%")


@given(st.integers(0, 10**7).map(lambda number: number / 1000))
def test_duration_round_trip(seconds):
    """What is shown below 100 s reads as nearly the same duration again."""
    shown = show_duration(seconds)

    if "min" not in shown:
        assert parse_duration(shown) == pytest.approx(seconds, abs=0.0501)


@given(st.floats(0, 1))
def test_share_round_trip(share):
    """What is shown reads as the same share again, to three digits, where it is not written as a power of ten."""
    shown = show_share(share)

    if "e" not in shown:
        assert parse_share(shown) == pytest.approx(share, rel=0.005)


@pytest.mark.parametrize("text", ["", "60", "s", "-1s", "1 s s", "1,5s", "1min", "1e3s", "1s30", "one second", "1S"])
def test_no_duration(text):
    """What is no duration is refused by name, with examples."""
    with pytest.raises(ValueError, match=r'is not a duration, such as "60s", "400ms" or "24h"$'):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "1", "%", "-1%", "100.1%", "1 percent", "0.01", "1%%"])
def test_no_share(text):
    """What is no share is refused by name, with an example."""
    with pytest.raises(ValueError, match=r'is not a share between 0 % and 100 %, such as "1%"$'):
        parse_share(text)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 ms"), (0.0123, "12 ms"), (0.38, "0.4 s"), (6.44, "6.4 s"), (125, "2 min 05 s"), (3600, "60 min 00 s")],
)
def test_show_duration(seconds, shown):
    """A duration has the precision that a person wants."""
    assert shown == show_duration(seconds)


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (999, "999 B"), (41_200, "41 kB"), (1_240_000, "1.2 MB"), (178_400_000, "178 MB"), (10**9, "1000 MB")],
)
def test_show_size(size, shown):
    """A size has the unit that a person expects."""
    assert shown == show_size(size)


@pytest.mark.parametrize(("share", "shown"), [(0, "0 %"), (0.005, "0.5 %"), (0.93, "93 %"), (1, "100 %")])
def test_show_share(share, shown):
    """A share is shown in percent."""
    assert shown == show_share(share)


@pytest.mark.parametrize(("number", "text"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings")])
def test_count(number, text):
    """One thing is one, all other numbers are several."""
    assert text == show_count(number, "finding")
    assert "2 advisories" == show_count(2, "advisory", "advisories")


@pytest.mark.parametrize(
    ("seconds", "span", "ago"),
    [
        (1, "1 second", "just now"),
        (59.9, "59 seconds", "just now"),
        (60, "1 minute", "1 minute ago"),
        (7199, "1 hour", "1 hour ago"),
        (172_800, "2 days", "2 days ago"),
    ],
)
def test_show_span(seconds, span, ago):
    """A span of time is told in its largest unit."""
    assert (span, ago) == (show_span(seconds), show_ago(seconds))


def test_show_minute():
    """A time to the minute, the same for everybody."""
    assert "2026-11-22 20:14 UTC" == show_minute(1_795_378_499)
