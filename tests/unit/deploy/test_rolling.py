"""The strategy rolling, and the way back: plans, without anything that happens."""

from dataclasses import replace

import pytest
from fakes import ALL_MOVES, NEW, OLD, place_with, release
from hypothesis import given
from hypothesis import strategies as st

from golden_files import check
from twinrail.deploy.environments import Place
from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Prune, Roll, Shift, Start, Stop
from twinrail.deploy.retreat import retreat
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.project.environments import Environment

sizes = st.integers(1, 6).flatmap(lambda replicas: st.tuples(st.just(replicas), st.integers(1, replicas + 1)))


def plan(old: str, *, replicas: int, surge: int) -> list[Move]:
    return list(Rolling(surge=surge)(old, release("2.0"), replicas=replicas))


def walked(old: str, *, replicas: int, surge: int):
    """The place after all moves of the plan but the questions to gates."""
    place = place_with(old, replicas=replicas)
    for move in plan(old, replicas=replicas, surge=surge):
        if not isinstance(move, Hold):
            place.make(move, 1)
    return place


@given(sizes)
def test_capacity_is_kept(size):
    """While it rolls, never fewer instances serve than are wanted, and never more run than the surge allows."""
    replicas, surge = size
    place = walked(OLD, replicas=replicas, surge=surge)
    assert place.least >= replicas
    assert place.most <= replicas + surge


@given(sizes, st.sampled_from(["", OLD, NEW]))
def test_ends_with_the_new_release_alone(size, old):
    """Wherever it began, at the end the new release runs with all replicas, has all traffic, and is alone."""
    replicas, surge = size
    place = walked(old, replicas=replicas, surge=surge)
    assert ({NEW: replicas}, {NEW: 100.0}) == (place.instances, place.shares)


@given(sizes, st.sampled_from(["", OLD, NEW]))
def test_every_beginning_of_a_plan_can_be_taken_back(size, old):
    """Whatever part of the plan was made, the way back ends with the old release whole, or with nothing."""
    replicas, surge = size
    moves = [move for move in plan(old, replicas=replicas, surge=surge) if not isinstance(move, Hold)]
    for count in range(len(moves) + 1):
        place = place_with(old, replicas=replicas)
        for move in (*moves[:count], *retreat(old, NEW, replicas=replicas, instances={old: replicas})):
            place.make(move, 1)
        assert ({old: replicas} if old else {}) == place.instances
        assert ({old: 100.0} if old else {}) == place.shares


@given(sizes, st.sampled_from(["", OLD, NEW]))
def test_gates_are_asked_before_the_old_release_goes(size, old):
    """The gates are asked once, with all traffic on the new release, and the last old instance goes after them."""
    replicas, surge = size
    moves = plan(old, replicas=replicas, surge=surge)
    held = moves.index(Hold(NEW))
    assert Shift({NEW: 100.0}) == moves[held - 1]
    assert Hold(NEW, "bake") == moves[held + 1]
    assert {"": [], OLD: [Stop(OLD)], NEW: [Stop(NEW, replicas)]}[old] == moves[held + 2 :]
    assert all(move.keep for move in moves[:held] if isinstance(move, Stop))


def test_the_same_release_is_brought_to_its_replicas():
    """Where the release is live already, only what is too few is started and what is too many is stopped."""
    starts = [Start(NEW, 1), Start(NEW, 2)]
    holds = [Hold(NEW), Hold(NEW, "bake")]
    expected = [Bring(release("2.0")), Migrate(NEW), *starts, Shift({NEW: 100.0}), *holds, Stop(NEW, 2)]
    assert expected == plan(NEW, replicas=2, surge=1)


@pytest.mark.parametrize(
    ("settings", "moves", "in_place"),
    [
        ({}, ALL_MOVES, True),
        ({}, ALL_MOVES - {Roll}, False),
        ({"analysis": True}, ALL_MOVES, False),
        ({"strategy": "blue-green"}, ALL_MOVES, False),
    ],
)
def test_in_place_where_the_place_can(settings, moves, in_place):
    """A place that replaces instances itself does, unless the two releases are to be compared."""
    environment = Environment(**settings)
    place = Place(name="staging", environment=environment, target=place_with(moves=moves), ledger=None)
    assert in_place == any(isinstance(move, Roll) for move in place.strategy(OLD, release("2.0"), replicas=2))


def test_in_place():
    """One that nobody meets stands the checks first; where no more than the wanted may run, it is as ever."""
    moves = list(Rolling(surge=4, pause=2.0, bake=5.0, in_place=True)(OLD, release("2.0"), replicas=3))
    assert [Start(NEW, 1), Hold(NEW, "step", 2.0), Roll(OLD, NEW, 3, 5.0), Start(NEW, 4)] == moves[2:6]
    assert [Shift({NEW: 100.0}), Hold(NEW), Hold(NEW, "bake", 5.0), Stop(OLD), Stop(NEW, 3)] == moves[6:]
    roomless = Rolling(surge=0, unavailable=1)
    assert list(roomless(OLD, release("2.0"), replicas=3)) == list(
        replace(roomless, in_place=True)(OLD, release("2.0"), replicas=3)
    )


def test_golden_plans():
    """Plans read as sentences."""
    cases = [("", 1, 1), (OLD, 1, 1), (OLD, 3, 1), (OLD, 5, 2), (OLD, 3, 9), (NEW, 2, 1)]
    texts = []
    for old, replicas, surge in cases:
        there = plan(old, replicas=replicas, surge=surge)
        back = list(retreat(old, NEW, replicas=replicas, instances={old: replicas}))
        lines = [f"  {move}" for move in there] + [f"  back: {move}" for move in back]
        texts.append("\n".join([f"{old or 'nothing'} → {NEW}, replicas {replicas}, surge {surge}", *lines]))
    check("plans/rolling.txt", "\n\n".join(texts) + "\n")


def test_moves_read_as_sentences():
    """Each move says what is to be the case afterwards."""
    assert [f"roll {OLD} to {NEW}", f"roll {NEW} back to {OLD}"] == [
        str(Roll(OLD, NEW)), str(Roll(NEW, OLD, former=True))
    ]  # fmt: skip
    said = [str(Stop(OLD, 2)), str(Shift({})), str(Shift({OLD: 200 / 3, NEW: 100 / 3})), str(Prune((NEW, OLD)))]
    expected = [f"stop {OLD} down to 2", "shift nobody", f"shift {OLD} 66.7 % · {NEW} 33.3 %"]
    assert [*expected, f"prune all but {NEW}, {OLD}"] == said
