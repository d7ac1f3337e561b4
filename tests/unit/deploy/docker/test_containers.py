"""Instances of several containers: which count, which answer, and what becomes of those that are not whole."""

from dataclasses import replace

import pytest
from quays import Quay
from yard import LATELY, LAUNCH, NEW, OLD, Yard, containers, fleet, told

from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.deploy.targets.proxied.shown import shown


@pytest.fixture
def yard():
    return Yard()


@pytest.fixture
def made(yard, tmp_path):
    """The place, with one healthy instance of the old release."""
    found = containers(yard, tmp_path)
    found.write(replace(found.start(OLD, LAUNCH), healthy=True))
    return found


def names(there):
    return [each.name for each in there]


def web(release=OLD, number=1):
    return f"shop-web-{release}-{number}"


def worker(release=OLD, number=1):
    return f"shop-worker-{release}-{number}"


def live(made, tmp_path, dealt=OLD):
    """What the place shows."""
    routing = Routing(tmp_path)
    routing.change([], {dealt: 100.0})
    return shown((), made.all(), routing, trouble="", answering=made.answering())


@pytest.mark.parametrize(
    ("containers_told", "counts", "answers"),
    [
        ((told(), told()), True, True),
        ((told(), told("exited")), False, True),
        ((told(), told("restarting")), False, True),
        ((told("restarting"), told()), False, True),
        ((told("exited"), told()), False, False),
        ((told("exited"), told("exited")), False, False),
        ((told(restarts=1, since=LATELY), told()), False, True),
        ((told(restarts=1), told()), True, True),
    ],
)
def test_who_counts_and_who_answers(made, yard, containers_told, counts, answers):
    """One that the engine started again lately does not count; people are led to whoever answers, or will."""
    yard.there = dict(zip((web(), worker()), containers_told, strict=True))
    assert (counts, answers) == (bool(made.all()), bool(made.answering()))
    made.tidy()
    assert answers == bool(made.noted())
    if not answers:
        assert {} == yard.there


def test_one_of_several_that_is_to_be_started_again(made, yard):
    """Where another one of its release answers nobody is led to it."""
    made.write(replace(made.start(OLD, LAUNCH), healthy=True))
    yard.there[web()] = told("restarting")
    assert [f"{OLD}-2"] == names(made.answering())


def test_one_that_was_started_again_is_taken_note_of(made, yard):
    """Whoever holds the place counts it from then on."""
    yard.there[web()] = told(restarts=1, since=LATELY)
    assert [] == made.all()
    made.tidy()
    assert [f"{OLD}-1"] == names(made.all())


@pytest.mark.parametrize("trouble", [{web(): told(restarts=1, since=LATELY)}, {worker(): told("exited")}])
def test_what_serves_is_live(made, yard, tmp_path, trouble):
    """Whatever is the matter with it: a release that fails is to lead back to it."""
    yard.there |= trouble
    state = live(made, tmp_path)
    assert (OLD, {}) == (state.live, state.instances)
    yard.there = {}
    assert "" == live(made, tmp_path).live


def test_nobody_loses_their_way(made, yard, tmp_path):
    """People stay led to one whose other service is down, while another release starts and when it fails."""
    yard.there[worker()] = told("exited")
    quay = Quay(dealt={OLD: 100.0})
    ships = fleet(made, quay, tmp_path)
    made.tidy()
    ships.route(quay.shares())
    assert [f"{OLD}-1 {OLD}"] == quay.servers[-1]
    # The way back: it starts nothing beside what serves, and ends what does not.
    ships.start(OLD, 1, former=True)
    ships.shift({OLD: 100.0})
    assert ([f"{OLD}-1 {OLD}"], 1) == (quay.servers[-1], len(made.noted()))


def test_what_restarts_for_ever_is_ended(made, yard, tmp_path):
    """With its other container, which may have work to do, though the instance does not count."""
    bad = made.start(NEW, LAUNCH)
    yard.there[web(NEW)] = told("restarting", restarts=3)
    made.tidy()
    assert [f"{OLD}-1"] == names(made.all())
    fleet(made, Quay(dealt={OLD: 100.0}), tmp_path).stop(NEW, 0)
    assert (f"stop {web(NEW)} {worker(NEW)}", {web(), worker()}) == (yard.asked[-2], {*yard.there})
    assert bad.name not in names(made.noted())


def test_who_is_whole_stays(made, yard, tmp_path):
    """Of those that serve the whole ones stay first; one that is not is better than none."""
    made.write(replace(made.start(OLD, LAUNCH), healthy=True))
    yard.there[worker()] = told("exited")
    ships = fleet(made, Quay(dealt={OLD: 100.0}), tmp_path)
    ships.stop(OLD, 1)
    assert [f"{OLD}-2"] == names(made.noted())
    yard.there[worker(OLD, 2)] = told("exited")
    ships.stop(OLD, 1)
    assert [f"{OLD}-2"] == names(made.noted())
