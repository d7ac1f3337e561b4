"""What is read of a swarm, as Docker tells it."""

import pytest
from told import service, task

from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.deploy.targets.swarm.services import read_sets
from twinrail.deploy.targets.swarm.shown import dealt, shown
from twinrail.deploy.targets.swarm.squad import standing


def read(services, tasks=()):
    return read_sets(services, tasks, 8000)


def test_sets():
    """Services of one number are a set, the one of the first part answers; tasks stand there youngest first."""
    first, second = read(
        [service("worker-2", number=2, order=1), service("web-2", number=2), service("web-1")],
        [task(1, "web-2"), task(2, "web-2", state="starting"), task(3, "worker-2")],
    )
    assert ("set-1", False, "http://tasks.shop_web-1:8000", 1) == (first.name, first.healthy, first.url, first.weight)
    assert ("set-2", True, "http://tasks.shop_web-2:8000", 1) == (
        second.name,
        second.healthy,
        second.url,
        second.weight,
    )
    assert (["web", "worker"], "abc") == ([each.part for each in second.services], second.launch)
    assert ["task-2", "task-1"] == [each.id for each in second.services[0].tasks]


@pytest.mark.parametrize(
    ("state", "wanted", "healthy", "failed", "over"),
    [
        ("running", True, True, False, False),
        ("running", False, False, False, False),
        ("starting", True, False, False, False),
        ("complete", False, False, True, True),  # an unhealthy one that ended well when it was asked to
        ("failed", False, False, True, True),
        ("shutdown", False, False, False, True),
    ],
)
def test_states(state, wanted, healthy, failed, over):
    """Who may get traffic, who ended and should not have, and of whom nothing runs any more."""
    (one,) = read([service()], [task(1, state=state, wanted=wanted)])[0].services[0].tasks
    assert (healthy, failed, over) == (one.healthy, one.failed, one.over)


ROLLED = [
    service("web-1", release="2.0", was="1.0", update="updating", before="1.0"),
    service("worker-1", order=1, release="2.0", was="1.0"),
]
HALF = [task(1), task(2, release="2.0", slot=2), task(3, "worker-1"), task(4, "worker-1", slot=2)]


def test_counts():
    """An instance is whole where each part of it is; while it is rolled, who answers says of which release it is."""
    assert {"1.0": 1, "2.0": 1} == read(ROLLED, HALF)[0].counts
    assert {"1.0": 1} == read(ROLLED, HALF[:3])[0].counts
    assert {} == read(ROLLED, HALF[2:])[0].counts


@pytest.mark.parametrize(
    ("told", "settled", "going_back", "stuck"),
    [
        ({}, True, False, False),
        ({"update": "updating"}, False, False, False),
        ({"update": "completed"}, True, False, False),
        ({"update": "rollback_started"}, False, True, False),
        ({"update": "rollback_completed"}, True, False, False),
        ({"update": "rollback_paused"}, False, False, True),
        ({"replicas": 3}, False, False, False),
        ({"release": "2.0"}, False, False, False),
    ],
)
def test_how_a_change_fares(told, settled, going_back, stuck):
    """Settled is what shows all that is wanted, whatever was said of the change."""
    one = read([service(**told)], [task(1), task(2, slot=2)])[0].services[0]
    assert (settled, going_back, stuck) == (one.settled, one.going_back, one.stuck)


def test_traffic_of_what_is_rolled(tmp_path):
    """It stands for the release that it was until the routes say otherwise; people meet both, as many as answer."""
    there, routing = read(ROLLED, HALF), Routing(tmp_path)
    assert ["1.0"] == [each.release for each in standing(there, {"1.0": 100.0})]
    assert ["2.0"] == [each.release for each in standing(there, {"2.0": 100.0})]
    assert {"1.0": 50.0, "2.0": 50.0} == dealt(there, {"1.0": 100.0})
    assert {} == dealt(read(ROLLED), {"1.0": 100.0})
    routing.change([], {"1.0": 100.0})
    state = shown(("1.0", "2.0"), there, routing, trouble="the proxy ended")
    assert ({"1.0": 1, "2.0": 1}, {"1.0": 50.0, "2.0": 50.0}) == (state.instances, state.shares)
    assert ("the proxy ended", "") == (state.trouble, shown((), read(ROLLED), routing, trouble="x").trouble)


def test_traffic_beside_another():
    """A set that was started beside the one that is rolled gets none of it."""
    beside = [service("web-2", number=2, release="2.0")]
    there = read([*ROLLED, *beside], [*HALF, task(5, "web-2", release="2.0")])
    assert ["1.0", "2.0"] == [each.release for each in standing(there, {"1.0": 100.0})]
    assert {"1.0": 50.0, "2.0": 50.0} == dealt(there, {"1.0": 100.0})
    assert {"1.0": 20.0, "2.0": 80.0} == dealt(there, {"1.0": 40.0, "2.0": 60.0})


def test_what_serves_without_another_part():
    """People are led to it, and it stays what is live; it is not to be counted on."""
    there = read([service(), service("worker-1", order=1)], [task(1), task(2, "worker-1", state="failed")])
    assert ({"1.0": 1}, {}) == (there[0].answering, there[0].counts)
    assert {"1.0": 100.0} == dealt(there, {"1.0": 100.0})
