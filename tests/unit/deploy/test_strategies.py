"""All strategies, as plans made move by move: who is served meanwhile, and how they end."""

import pytest
from fakes import NEW, OLD, place_with, release
from hypothesis import given
from hypothesis import strategies as st
from ways import ROOMLESS, WAYS, bounds, ways

from twinrail.deploy.interface import Strategy
from twinrail.deploy.moves import Bring, Hold, Migrate, Shift, Start, Steer, Stop
from twinrail.deploy.plans import Plan, make_plan
from twinrail.deploy.strategies.back import Back

OLDS = ["", OLD, NEW]
EACH = [
    (way, old, replicas)
    for way in [*WAYS, "back"]
    for old in OLDS
    for replicas in range(1, 7)
    if not (way == ROOMLESS and replicas == 1 and old == OLD)
]


def way_of(name) -> Strategy:
    return Back(bake=1.0) if name == "back" else WAYS[name]


def made(way, old, replicas, *, there=0):
    """The plan, and the place after all its moves but the questions to gates; `there` instances ran before."""
    place = place_with(old, replicas=there or replicas, **(bounds(way, replicas) if not there else {}))
    place.ready |= {NEW} if isinstance(way, Back) else set()
    plan = make_plan("any", way, place.state(), release("2.0"), replicas=replicas)
    walk(place, plan.moves)
    return plan, place


def walk(place, moves):
    for move in moves:
        if not isinstance(move, Hold):
            place.make(move, 1)


@pytest.mark.parametrize(("name", "old", "replicas"), EACH)
def test_ends_with_the_new_release_alone(name, old, replicas):
    """Wherever it began, at every instant enough instances serve and not too many run, and the new one ends alone."""
    plan, place = made(way_of(name), old, replicas)
    standby = {OLD: replicas} if name.endswith("standby") and old == OLD else {}
    assert ({NEW: replicas, **standby}, {NEW: 100.0}) == (place.instances, place.shares)
    assert ("", {}, {}) == (place.steering.release, place.rising, place.going)
    assert len(place.cookies) <= 1
    seen, expected = place.state(), plan.shown(len(plan.moves))
    assert (seen.instances, seen.shares) == (expected.instances, expected.shares)


@pytest.mark.parametrize(("name", "old", "replicas"), [each for each in EACH if each[2] in {1, 3}])
def test_every_beginning_can_be_taken_back(name, old, replicas):
    """Whatever part of the plan was made, the way back ends where it began."""
    plan, _ = made(way_of(name), old, replicas)
    for count in range(len(plan.moves) + 1):
        place = place_with(old, replicas=replicas)
        place.ready.add(NEW)
        before = place.state()
        walk(place, (*plan.moves[:count], *plan.retreat))
        after = place.state()
        assert (before.instances, before.shares, before.steering) == (after.instances, after.shares, after.steering)


@given(st.integers(1, 5).flatmap(lambda count: st.tuples(st.just(count), ways(count))), st.integers(1, 5))
def test_other_numbers_than_before(counted, there):
    """Where the old release runs with other replicas than are wanted now, no fewer serve than before or wanted."""
    replicas, way = counted
    _, place = made(way, OLD, replicas, there=there)
    assert replicas == place.instances[NEW]
    assert place.least >= min(there, bounds(way, replicas)["fewest"])


@given(st.integers(1, 5).flatmap(lambda count: st.tuples(st.just(count), ways(count))), st.sampled_from(OLDS))
def test_any_options(counted, old):
    """Whatever the options, a plan keeps its promises, holds at least once at each stage, and ends alone."""
    replicas, way = counted
    plan, place = made(way, old, replicas)
    assert ({NEW: 100.0}, "") == (place.shares, place.steering.release)
    assert replicas == place.instances[NEW]
    stages = [move.stage for move in plan.moves if isinstance(move, Hold)]
    assert (1, 1) == (stages.count("arrived"), stages.count("bake"))


@pytest.mark.parametrize("name", WAYS)
def test_order_of_a_plan(name):
    """First the files and the database, then instances; people go nowhere before a start, and all before a stop."""
    moves = made(WAYS[name], OLD, 3)[0].moves
    assert [Bring(release("2.0")), Migrate(NEW)] == list(moves[:2])
    served = next(number for number, move in enumerate(moves) if isinstance(move, Shift | Steer))
    assert any(isinstance(move, Start) for move in moves[:served])
    arrived = moves.index(Shift({NEW: 100.0}))
    assert all(move.keep for move in moves[:arrived] if isinstance(move, Stop))
    assert Hold(NEW, "arrived") in moves[arrived:]


def test_stand_by_ends_before_anything_starts():
    """What neither is live nor is to be ends once the release is there; a strategy that fails before leaves it."""
    place = place_with(OLD, replicas=2)
    place.ready.add("0.9-9")
    place.instances["0.9-9"] = 2
    plan = make_plan("canary", WAYS["canary"], place.state(), release("2.0"), replicas=2)
    assert [Bring(release("2.0")), Migrate(NEW), Stop("0.9-9"), Start(NEW, 1)] == list(plan.moves[:4])
    walk(place, plan.moves)
    assert {NEW: 2} == place.instances


def test_place_that_no_rollout_left_so():
    """Where people go to several releases, or are told apart, and no journal knows why, that ends first."""
    place = place_with(OLD, replicas=2)
    place.ready.add("0.9-9")
    place.instances["0.9-9"] = 2
    place.shares = {OLD: 60.0, "0.9-9": 40.0}
    place.steering = Steer(release="0.9-9", hashed=True)
    for way in WAYS.values():
        there = place.twin(place.life)
        plan: Plan = make_plan("any", way, there.state(), release("2.0"), replicas=2)
        walk(there, plan.moves)
        assert ({NEW: 100.0}, "") == (there.shares, there.steering.release)


def test_nothing_to_expand():
    """A project whose database nothing expands has no such move in its plan."""
    plans = [
        make_plan("any", way, place_with(OLD).state(), release("2.0"), replicas=2, expand=False)
        for way in WAYS.values()
    ]
    assert not any(isinstance(move, Migrate) for plan in plans for move in plan.moves)
    assert not any(plan.expands for plan in plans)


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("old", OLDS)
def test_contract_comes_last(name, old):
    """The database is contracted when nothing older runs any more, no set that stands by either."""
    place = place_with(old, replicas=2)
    plan = make_plan("any", WAYS[name], place.state(), release("2.0"), replicas=2, contract=True)
    assert Migrate(NEW, "contract") == plan.moves[-1]
    assert plan.contracts
    walk(place, plan.moves)
    assert {NEW: 2} == place.instances
