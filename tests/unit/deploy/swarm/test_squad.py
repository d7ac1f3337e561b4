"""Sets of a swarm that start, stand and end."""

from dataclasses import replace

import pytest
from seas import ONE, TWO, Sea, squad

from twinrail.deploy.targets.swarm.squad import standing
from twinrail.deploy.targets.swarm.tasks import Task
from twinrail.system.errors import MoveFailed


def test_start(tmp_path):
    """A set of as many as are missing; whoever runs counts. Twice is once, and the youngest set grows."""
    sea = Sea().add(1, TWO, 1, settings="older.x")
    made = squad(sea, tmp_path, {TWO: 100.0})
    made.start(TWO, 2)
    made.start(TWO, 2)
    assert [f"make {TWO} 2"] == sea.asked
    assert [[f"set-1 {TWO}", f"set-2 {TWO}"]] * 2 == made.proxy.servers
    made.start(TWO, 3)
    made.start(TWO, 3, former=True)
    assert [f"make {TWO} 2", "scale set-2 3"] == sea.asked


def test_start_where_somebody_died(tmp_path):
    """What was being ended ends, and is not counted."""
    sea = Sea().add(1, TWO, 0)
    made = squad(sea, tmp_path)
    made.start(TWO, 1)
    assert ["end ['set-1']", f"make {TWO} 1"] == sea.asked


def test_start_that_fails(tmp_path):
    """One that ends is told at once, by its last words; what failed before does not count."""
    sea = Sea(bad={TWO})
    made = squad(sea, tmp_path, start=60.0)
    with pytest.raises(MoveFailed, match="ended by itself: KeyError: 'currency'"):
        made.start(TWO, 1)
    sea.bad.clear()
    made.start(TWO, 1)
    assert [f"make {TWO} 1"] == sea.asked


def test_start_that_takes_too_long(tmp_path):
    """One that never becomes healthy is told with what swarm says of it."""
    made = squad(Sea(slow={TWO}), tmp_path, start=0.01)
    with pytest.raises(MoveFailed, match=r"was not healthy after 0\.01 s: swarm says that it is starting"):
        made.start(TWO, 1)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("task: non-zero exit (1)", "KeyError: 'currency' (task: non-zero exit (1))"),
        ("task: non-zero exit (143): dockerexec: unhealthy container", "its healthcheck ended with 1"),
        ("task: non-zero exit (1): dockerexec: unhealthy container", "its healthcheck ended with 1"),
        ("task: non-zero exit (137)", "its healthcheck ended with 1"),
    ],
)
def test_a_cause(tmp_path, error, cause):
    """A program that ended by itself is told by its own words, before what was wrong with its health."""
    made = squad(Sea(ill="its healthcheck ended with 1 and said no"), tmp_path)
    one = Task(id="t", release=TWO, state="failed", wanted=False, error=error)
    assert f"An instance of {TWO} ended: {cause}" in made.failure(one, "ended")


def test_way_back_to_one_that_is_not_whole(tmp_path):
    """It serves: it is not waited for, though its worker does not run."""
    sea = Sea().add(1, ONE, 2, parts=("web", "worker"))
    dead = tuple(replace(task, state="failed") for task in sea.services["worker-1"].tasks)
    sea.services["worker-1"] = replace(sea.services["worker-1"], tasks=dead)
    squad(sea, tmp_path, parts=("web", "worker")).start(ONE, 2, former=True)
    assert [] == sea.asked


def test_stop(tmp_path):
    """Those with the settings of now stay, as many as are to; who goes has left the traffic before."""
    sea = Sea().add(1, TWO, 2, settings="older.x").add(2, TWO, 3).add(3, ONE)
    made = squad(sea, tmp_path, {TWO: 100.0})
    made.stop(TWO, 2)
    assert ["scale set-2 2", "end ['set-1']"] == sea.asked
    assert [[f"set-2 {TWO}", f"set-3 {ONE}"]] == made.proxy.servers
    assert [(TWO, {"now"})] == made.programs.kept
    made.stop(TWO, 2)
    assert 2 == len(sea.asked)


def test_stop_those_that_ran_first_stay(tmp_path):
    """On a way back the oldest stay."""
    sea = Sea().add(1, TWO, 2, settings="older.x").add(2, TWO, 2)
    squad(sea, tmp_path).stop(TWO, 2, former=True)
    assert ["end ['set-2']"] == sea.asked


def test_traffic_by_names_that_are_gone():
    """Nobody stands for a release that has no share, and only what was rolled for one that is gone."""
    sea = Sea().add(1, TWO, was=ONE).add(2, TWO)
    assert [ONE, TWO] == [each.release for each in standing(sea.all(), {ONE: 100.0})]
    assert [TWO, TWO] == [each.release for each in standing(sea.all(), {TWO: 100.0})]
    assert [TWO, TWO] == [each.release for each in standing(sea.all(), {})]
