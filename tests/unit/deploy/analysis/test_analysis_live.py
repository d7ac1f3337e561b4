"""How long a step must last where people's own traffic is compared."""

import math
import random

import pytest

from twinrail.deploy.analysis.live import step
from twinrail.project.strategies import Analysis


@pytest.mark.parametrize("weight", [5.0, 95.0])
def test_long_enough(weight):
    """A step that gathers enough of the side that gets less, with some to spare, is let pass."""
    found = step(Analysis(), rate=200.0, weight=weight, seconds=110.0)
    assert ("", "") == (found.refusal, found.todo)
    assert 105 < found.needs < 110


def test_too_short():
    """A step that cannot gather enough is refused, with how long it must last."""
    found = step(Analysis(), rate=12.0, weight=5.0, seconds=60.0)
    assert "The analysis needs 1,000 requests of each release: 5 % of 12 requests a second are 36 in 60.0 s." == (
        found.refusal
    )
    longer, other = found.todo.split(", or ")
    assert 'Let the step last 29 min 54 s or longer (hold = "30m")' == longer
    assert 'let the pack ask itself:  analysis.traffic = "probe"' == other
    assert "" == step(Analysis(), rate=12.0, weight=5.0, seconds=30 * 60.0).refusal


def test_nobody_there():
    """Without traffic no step is long enough."""
    found = step(Analysis(), rate=0.0, weight=50.0, seconds=3600.0)
    assert math.isinf(found.needs)
    assert "nobody asked when it was looked at last" in found.refusal
    assert 'Let the pack ask itself:  analysis.traffic = "probe"' == found.todo


def test_more_durations_than_requests():
    """What there must be more of decides."""
    few = Analysis(requests=10, points=500)
    assert "The analysis needs 500 requests" in step(few, rate=1.0, weight=50.0, seconds=60.0).refusal


def test_chance_leaves_enough():
    """In a step that lasts as long as it must, enough requests come ninety-nine times of a hundred."""
    chance = random.Random(1)
    analysis = Analysis(requests=100)
    seconds = step(analysis, rate=40.0, weight=10.0, seconds=0.0).needs
    came = [arrivals(chance, rate=40.0 * 0.1, seconds=seconds) for _ in range(500)]
    assert sum(each < 100 for each in came) <= 10


def arrivals(chance, *, rate, seconds):
    """How many come when they come by chance, so many a second in the mean."""
    count, time = 0, chance.expovariate(rate)
    while time < seconds:
        count, time = count + 1, time + chance.expovariate(rate)
    return count
