"""Deployers that are killed at a write of their journal, and who comes after them: a sample of `benchmarks`."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_rollouts_under_load import SETTINGS
from tinyweb import TINYWEB

from benchmarks.deployer import Point
from benchmarks.ground import Ground
from benchmarks.killing import kill

SEED = "twelve kill points"
ENTRIES = {"deploy": 13, "rollback": 7}
"""Up to which entry a deployer is killed: every strategy writes as many and more."""
AFTER_A_START = [Point(entry=1, when="pid"), Point(entry=2, when="pid")]
"""A process runs, and its number is not written down yet."""


def sampled(strategy):
    """Three kills of a strategy: direction, point, what comes after."""
    chance = random.Random(f"{SEED} {strategy}")
    ways = list(itertools.product(("deploy", "rollback"), ("resume", "deploy")))
    for direction, ending in chance.sample(ways, 3):
        entry = chance.randint(1, ENTRIES[direction])
        yield direction, Point(entry=entry, when=chance.choice(("before", "amid", "after"))), ending


@pytest.fixture(scope="module")
def killed(project):
    """What came of each kill, by strategy; the four strategies side by side, because most of it is waiting."""
    grounds = {
        strategy: Ground(
            root=project.root,
            kind=TINYWEB,
            name=f"killed-{strategy}",
            options={"strategy": {"name": strategy, "bake": "100ms", **options}, "analysis": False},
        )
        for strategy, options in SETTINGS.items()
    }

    def each(strategy):
        numbers = itertools.count(1)
        starts = [("deploy", point, "resume") for point in AFTER_A_START] if strategy == "rolling" else []
        return [kill(grounds[strategy], *one, numbers) for one in [*sampled(strategy), *starts]]

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(grounds, pool.map(each, grounds), strict=True))
    yield found
    for ground in grounds.values():
        ground.end()


@pytest.mark.parametrize("strategy", SETTINGS)
def test_deployer_killed(killed, strategy):
    """What is live afterwards is exactly the old release or the new one, nothing else is left, and twice is once."""
    assert [()] * len(killed[strategy]) == [each.faults for each in killed[strategy]]
    assert [True] * len(killed[strategy]) == [each.died for each in killed[strategy]]


def test_twelve_points_in_both_directions():
    """The sample holds both directions, both endings, and every moment of a write."""
    points = [each for strategy in SETTINGS for each in sampled(strategy)]
    assert 12 == len(points)
    assert ({"deploy", "rollback"}, {"resume", "deploy"}) == (
        {each[0] for each in points},
        {each[2] for each in points},
    )
    assert {"before", "amid", "after"} == {each[1].when for each in points}
