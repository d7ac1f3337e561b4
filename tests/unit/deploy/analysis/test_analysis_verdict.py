"""The verdict: what it takes to pass, to fail, and when it is too early for either."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seen import NEW, OLD, case, durations, samples

from twinrail.deploy.analysis.comparison import Comparison, Errors, Latency
from twinrail.deploy.analysis.verdict import Case, Pair, called, failed_by, looks, suspicious
from twinrail.deploy.interface import Samples
from twinrail.project.strategies import Analysis


def test_alike():
    """A release that does as well as the one before passes, and so does one that does better."""
    assert "pass" == case(samples(), samples()).verdict
    assert "pass" == case(samples(errors=50), samples(seconds=durations(1000, median=0.01))).verdict


@pytest.mark.parametrize(("errors", "verdict"), [(0, "pass"), (7, "pass"), (8, "fail"), (1000, "fail")])
def test_errors(errors, verdict):
    """Seven errors of a thousand where there were none may be chance, eight are none."""
    assert verdict == case(samples(), samples(errors=errors, seconds=durations(1000))).verdict


def test_errors_within_what_may_be():
    """More errors beyond chance do not matter as long as they are no more than the settings let pass."""
    few = samples(100_000, 200, seconds=durations(1000)), samples(100_000, 500, seconds=durations(1000))
    found = case(*few)
    assert found.numbers.errors.p < 1e-9
    assert "pass" == found.verdict
    assert "fail" == case(*few, errors="0.1%").verdict


@pytest.mark.parametrize(("times", "verdict"), [(1.0, "pass"), (1.15, "pass"), (1.3, "fail"), (10.0, "fail")])
def test_latency(times, verdict):
    """A release that is slower beyond chance fails where it is slower by more than it may be."""
    new = durations(1000, median=0.08 * times, seed=2)
    assert verdict == case(samples(), samples(seconds=new)).verdict


def test_slow_tenth():
    """A release whose median is as before fails when a fifth of its answers take ten times as long."""
    new = tuple(each * (10 if number % 5 == 0 else 1) for number, each in enumerate(durations(1000, seed=2)))
    found = case(samples(), samples(seconds=new))
    assert found.numbers.latency.times < 1.2
    assert ("fail", True, False) == (found.verdict, found.slower, found.fails_more)


@pytest.mark.parametrize("points", [50, 49])
@pytest.mark.parametrize("requests", [1000, 999])
@pytest.mark.parametrize("side", ["old", "new"])
def test_too_little(points, requests, side):
    """With one request or one duration too few on one side nothing passes; with enough of both it does."""
    enough, little = samples(seconds=durations(50)), samples(requests, seconds=durations(points))
    found = case(*((little, enough) if side == "old" else (enough, little)))
    assert ("pass" if (points, requests) == (50, 1000) else "inconclusive") == found.verdict


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (samples(0), samples(0), "inconclusive"),
        (samples(7), samples(7, 7), "inconclusive"),
        (samples(8), samples(8, 8), "fail"),
        (samples(25), samples(25, 12), "fail"),
        (samples(100), samples(100, seconds=durations(100, median=0.1)), "inconclusive"),
        (samples(25), samples(25, seconds=durations(25, median=0.8)), "fail"),
        (samples(500, seconds=()), samples(500, seconds=()), "inconclusive"),
        (samples(1000, seconds=()), samples(1000, seconds=()), "inconclusive"),
    ],
)
def test_early(old, new, verdict):
    """With too little a release fails only where that is clear already, and passes never."""
    assert verdict == case(old, new).verdict


def test_buckets():
    """Where the bucket of each duration is known and no more, a verdict is found all the same, but none too early."""
    bounds = {0.05: 300, 0.1: 500, 0.2: 200, float("inf"): 0}
    worse = {0.05: 50, 0.1: 250, 0.2: 500, float("inf"): 200}
    old, alike, slow = (
        Samples(requests=1000, buckets=each) for each in (bounds, {**bounds, 0.05: 290, 0.1: 510}, worse)
    )
    assert ("pass", "fail") == (case(old, alike).verdict, case(old, slow).verdict)
    assert "inconclusive" == case(old, slow, requests=1001).verdict


probabilities = st.floats(0, 1)


@given(
    st.tuples(probabilities, probabilities, st.floats(-1, 1), probabilities), st.integers(0, 2000), st.integers(0, 100)
)
def test_never_passes_early(numbers, requests, points):
    """Whatever the numbers are, a release passes only where both sides have shown enough, which always decides."""
    p, latency, difference, times = numbers
    seen = Samples(requests=requests)
    pair = (1.0, times * 3)
    found = Case(
        pair=Pair(names=(OLD, NEW), old=Samples(requests=5000), new=seen),
        numbers=Comparison(
            errors=Errors(p=p, difference=difference),
            latency=Latency(
                p=latency, beyond=latency, larger=0.9, median=pair, slow=pair, points=(90, points), buckets=False
            ),
        ),
        analysis=Analysis(),
    ).verdict
    enough = requests >= 1000 and points >= 50
    assert (found != "pass") or enough
    assert (found != "inconclusive") or not enough


@pytest.mark.parametrize(
    ("latency", "verdict"),
    [
        ({}, "fail"),
        ({"p": 0.006}, "pass"),
        ({"median": (1, 1.1)}, "pass"),
        ({"median": (1, 1.1), "slow": (1, 1.3)}, "fail"),
        ({"larger": 0.55}, "pass"),
        ({"median": (0.0002, 0.0011)}, "pass"),
        ({"median": (0.0002, 0.0013)}, "fail"),
        ({"median": (0.002, 0.002), "slow": (0.002, 0.0115)}, "pass"),
        ({"median": (0.002, 0.002), "slow": (0.002, 0.0125)}, "fail"),
    ],
)
def test_slower_by_chance_or_by_a_trifle(latency, verdict):
    """What is slower by much and may be chance does not fail, nor what is slower beyond chance by a trifle."""
    base = case(samples(), samples())
    worse = dataclasses.replace(base.numbers.latency, p=0.004, larger=0.7, median=(0.1, 0.5), slow=(1, 1))
    numbers = dataclasses.replace(base.numbers, latency=dataclasses.replace(worse, **latency))
    assert verdict == dataclasses.replace(base, numbers=numbers).verdict


@pytest.mark.parametrize(
    ("p", "difference", "verdict"), [(0.004, 0.006, "fail"), (0.006, 0.5, "pass"), (0.004, 0.005, "pass")]
)
def test_errors_by_chance_or_by_a_trifle(p, difference, verdict):
    """So it is with errors."""
    base = case(samples(), samples())
    numbers = dataclasses.replace(base.numbers, errors=Errors(p=p, difference=difference))
    assert verdict == dataclasses.replace(base, numbers=numbers).verdict


def test_strict():
    """A probe that is refused has failed, unless the old release refused some too."""
    refused = samples(100, 10, status=404)
    refused = dataclasses.replace(refused, errors=0)
    well = samples(100)
    assert (0, 10) == tuple(each.errors for each in sides(Pair(names=(OLD, NEW), old=well, new=refused).strict))
    assert (0, 0) == tuple(each.errors for each in sides(Pair(names=(OLD, NEW), old=refused, new=refused).strict))


def sides(pair):
    return pair.old, pair.new


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (samples(100), samples(100), False),
        (samples(100), samples(100, 1), True),
        (samples(100), samples(100, seconds=durations(100, median=0.1)), True),
        (samples(100), samples(100, seconds=durations(100, median=0.09)), False),
        (samples(8), samples(8, 8), True),
        (samples(0), samples(0), False),
    ],
)
def test_suspicious(old, new, found):
    """The numbers are looked at early where they could say that a release fails."""
    assert found is suspicious(Pair(names=(OLD, NEW), old=old, new=new), Analysis())


def test_looks():
    """The last look is when there are enough of both kinds; there are earlier ones before it alone."""
    assert (8, 25, 50, 100, 250, 500, 1000) == looks(Analysis())
    assert (8, 25, 50) == looks(Analysis(requests=10))
    assert (8, 25, 50, 100, 200) == looks(Analysis(requests=10, points=200))


def test_called():
    """Releases are called by their versions, or by their names where one version was built twice."""
    assert ("1.3.2", "1.4.0") == called((OLD, NEW))
    assert ("1.4.0-aa", "1.4.0-bb") == called(("1.4.0-aa", "1.4.0-bb"))


def test_failed_by():
    """What failed is told by its statuses, the most frequent first."""
    seen = {0: 1, 200: 5, 302: 1, 404: 2, 500: 3}
    assert {500: 3, 0: 1} == failed_by(Samples(requests=12, errors=4, statuses=seen))
    assert [500, 404, 0] == list(failed_by(Samples(requests=12, errors=6, statuses=seen)))
