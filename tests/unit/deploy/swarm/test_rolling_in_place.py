"""Instances that swarm replaces in their place: to the end, killed on the way, turned back by swarm, and by us."""

import contextlib

import pytest
from fakes import Killed
from seas import ONE, TWO, Sea, rolling, squad

from twinrail.deploy.moves import Roll
from twinrail.system.errors import MoveFailed

FORTH, BACK = Roll(ONE, TWO, 1, 5.0), Roll(TWO, ONE, former=True)
BOTH = ("web", "worker")


def place(tmp_path, parts=BOTH, **more):
    """Two instances of 1.0 that have all traffic."""
    sea = Sea(**more).add(1, ONE, parts=parts)
    return sea, squad(sea, tmp_path, {ONE: 100.0}, parts=BOTH)


def test_to_the_end(tmp_path):
    """Each task is replaced, one at a time; the traffic has the other name then. Made once more it changes nothing."""
    sea, made = place(tmp_path)
    roller, said = rolling(made)
    roller.roll(FORTH)
    # Watched for 5 s, and for as long as one that fails may take to be gone: 3 s and the drain.
    assert [f"become {TWO} ['web-1', 'worker-1'] 1 12"] == sea.asked
    assert ({TWO: 2}, {TWO: 100.0}, 2) == (sea.all()[0].counts, made.proxy.shares(), sea.fewest)
    assert ["web-1 to 2.0: 0 of 2", "web-1 to 2.0: 1 of 2", "web-1 to 2.0: 2 of 2"] == said
    roller.roll(FORTH)
    assert 1 == len(sea.asked)


def test_what_turns_bad_on_the_way(tmp_path):
    """Somebody looks as long as it is rolled, and ends that; on the way back nobody does, and all is as it was."""
    sea, made = place(tmp_path)
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 2:
            raise MoveFailed("2.0 answered / with 500.")

    with pytest.raises(MoveFailed, match="answered / with 500"):
        rolling(made, look=look)[0].roll(FORTH)
    assert 0 < sea.all()[0].counts.get(TWO, 0) < 2
    rolling(made, look=look)[0].back(BACK)
    assert ({ONE: 2}, 2) == (sea.all()[0].counts, len(looks))


@pytest.mark.parametrize("pause", range(1, 4))
def test_killed_on_the_way(tmp_path, pause):
    """Whoever comes after waits for what is under way, and orders nothing again."""
    sea, made = place(tmp_path, until=pause)
    with pytest.raises(Killed):
        rolling(made)[0].roll(FORTH)
    rolling(made)[0].roll(FORTH)
    assert (1, {TWO: 2}, {TWO: 100.0}) == (len(sea.asked), sea.all()[0].counts, made.proxy.shares())


@pytest.mark.parametrize("pause", range(1, 5))
def test_taken_back_on_the_way(tmp_path, pause):
    """Wherever it stands, the way back ends with what was before; made once more it changes nothing."""
    sea, made = place(tmp_path, until=pause)
    with contextlib.suppress(Killed):
        rolling(made)[0].roll(FORTH)
    sea.until = 0
    rolling(made)[0].back(BACK)
    assert ["back web-1", "back worker-1"] == sea.asked[1:]
    assert ({ONE: 2}, {ONE: 100.0}) == (sea.all()[0].counts, made.proxy.shares())
    rolling(made)[0].back(BACK)
    assert 3 == len(sea.asked)


def test_turned_back_by_swarm(tmp_path):
    """That is told with what the task said last; nothing is left to take back."""
    sea, made = place(tmp_path, ("web", "worker"), bad={TWO})
    with pytest.raises(MoveFailed, match=r"swarm turned 2\.0 back to 1\.0\..*KeyError: 'currency'"):
        rolling(made)[0].roll(FORTH)
    rolling(made)[0].back(BACK)
    assert (1, {ONE: 2}, {ONE: 100.0}, 2) == (len(sea.asked), sea.all()[0].counts, made.proxy.shares(), sea.fewest)


def test_one_part_turned_back(tmp_path):
    """Where swarm turned back one part only, the others are turned back too, and that one not once more."""
    sea, made = place(tmp_path)
    sea.until = 1
    with pytest.raises(Killed):
        rolling(made)[0].roll(FORTH)
    sea.back(sea.services["web-1"])
    with pytest.raises(MoveFailed, match="swarm turned"):
        rolling(made)[0].roll(FORTH)
    rolling(made)[0].back(BACK)
    assert ["back web-1", "back worker-1"] == sea.asked[1:]
    assert {ONE: 2} == sea.all()[0].counts


def test_somebody_elses_trouble(tmp_path):
    """What runs of the release before and does badly by itself is not waited for: nobody is turning it back."""
    sea, made = place(tmp_path)
    sea.slow.add(ONE)
    sea.scale(sea.all()[0], 3)
    rolling(made)[0].back(BACK)
    assert 0 == sea.pauses


def test_swarm_knows_no_way_back(tmp_path):
    """Where a service was changed once more since, it is made what it was by an update; nobody else is touched."""
    sea, made = place(tmp_path)
    rolling(made)[0].roll(FORTH)
    sea.scale(sea.all()[0], 3)
    sea.add(2, TWO, 1, BOTH)
    rolling(made)[0].back(BACK)
    assert f"become {ONE} ['web-1', 'worker-1'] 0 1" == sea.asked[-1]
    assert [{ONE: 3}, {TWO: 1}] == [each.counts for each in sea.all()]


def test_never_healthy(tmp_path):
    """What comes to no end is told, and left to whoever takes it back."""
    _, made = place(tmp_path, slow={TWO})
    times = iter(range(0, 10_000, 50))
    told = r"not healthy for 108 s while 1\.0 was rolled: swarm says that it is starting"
    with pytest.raises(MoveFailed, match=told):
        rolling(made, clock=lambda: next(times))[0].roll(FORTH)


def test_parts_that_do_not_fit(tmp_path):
    """What has other parts than the release cannot become it in its place."""
    sea, made = place(tmp_path, ("web",))
    with pytest.raises(MoveFailed, match="consists of web, and the release of web, worker"):
        rolling(made)[0].roll(FORTH)
    assert [] == sea.asked
