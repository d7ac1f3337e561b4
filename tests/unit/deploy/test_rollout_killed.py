"""Deployers killed at every instant: at each entry of the journal, before and after it, and amid each move."""

import contextlib
from dataclasses import dataclass, replace
from functools import partial

import pytest
from fakes import release
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import FOUR, IN_PLACE, WAYS, Scene, at, bounds, everywhere, instants, killed, scene, ways

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.interface import Shut
from twinrail.deploy.moves import Hold, Roll, Steer, Stop
from twinrail.deploy.strategies.back import Back
from twinrail.report.events import Reading
from twinrail.system.errors import MoveFailed

ONE, TWO, THREE = (release(version).name for version in ("1.0", "2.0", "3.0"))
KINDS = ("deploy", "turned back", "rollback")
STORIES = [(way, kind) for way in (*FOUR, IN_PLACE) for kind in KINDS]
SIZES = (1, 2, 3)
SHUT = at("arrived", Shut(note="1 failed"))
"""Gates that are open on the way, and shut on arrival."""


def begun(way, kind, replicas=1) -> Scene:
    """The place before, where too few instances that serve, or too many that run, are noticed from now on."""
    made = scene(*(("1.0", "2.0") if kind == "rollback" else ("1.0",)), way=way, replicas=replicas)
    # A way back runs both sets where it must: capacity first.
    made.place.fewest = bounds(way if kind != "rollback" else Back(), replicas)["fewest"]
    made.place.room = max(2 * replicas, bounds(way, replicas)["room"]) + getattr(way, "in_place", False)
    return made


def act(way, kind, there: Scene):
    """What the deployer does."""
    if kind == "rollback":
        return there.back().run(release("1.0"))
    if kind == "deploy":
        return there.rollout(way).run(release("2.0"))
    with contextlib.suppress(ReleaseTurnedBack):
        there.rollout(way, gates=SHUT).run(release("2.0"))
    return None


def resumed(way, kind, left: Scene) -> Scene:
    """What `twinrail resume` makes of it; a second time changes nothing, at the place or in the journal."""
    there = left.twin()
    # A check asks for the release on its way, and would find any other one wrong.
    checks = (Named(TWO if kind != "rollback" else ONE),)
    rollout = there.rollout(way, gates=SHUT if kind == "turned back" else everywhere(), checks=checks)
    with contextlib.suppress(ReleaseTurnedBack):
        rollout.resume()
    again = there.twin()
    assert again.rollout(way).resume() is None
    assert ([], there.ledger.entries, there.shown) == (again.place.asked, again.ledger.entries, again.shown)
    return there


@dataclass
class Named:
    """The release that answers past the weights is the one of that name."""

    name: str

    def measure(self, address):
        found = address.headers["past"]
        return Reading(name="/version", value=found, limit=self.name, ok=found == self.name, final=found != self.name)


def ends(kind, instant):
    """The release that must be live in the end: nothing is known of a rollout before its first entry is written."""
    old, new = (TWO, ONE) if kind == "rollback" else (ONE, TWO)
    return old if kind == "turned back" or instant == 1 else new


def counted(before: Scene, way, kind):
    """How many instants there are by the plan: two for each entry, one for each move."""
    rollout = before.back() if kind == "rollback" else before.rollout(way)
    plan = rollout.plan(release("1.0" if kind == "rollback" else "2.0"))
    moves = [move for move in plan.moves if kind != "rollback" or not isinstance(move, Hold) or move.seconds]
    held = sum(isinstance(move, Hold) for move in moves)
    asked = 0 if kind == "rollback" else held
    if kind != "turned back":
        entries = 1 + 2 * len(moves) + asked + 1
        return 2 * entries + len(moves) - held + 1
    arrived = moves.index(Hold(TWO, "arrived"))
    held = sum(isinstance(move, Hold) for move in moves[: arrived + 1])
    # The gate that shuts leaves its hold unmade; then: back, the moves of the way back, turned back.
    entries = 1 + 2 * arrived + 1 + held + 1 + 2 * len(plan.retreat) + 1
    # Who runs still is not started, nor who was made what it was in its place.
    rolled = any(isinstance(move, Roll) for move in plan.retreat)
    whole = rolled or plan.shown(arrived).instances.get(ONE, 0) == plan.instances[ONE]
    return 2 * entries + arrived + 1 - held + len(plan.retreat) - whole


def test_all_instants_are_counted():
    """There are as many instants as the plans say, hundreds of them."""
    found = {}
    for name, kind in STORIES:
        for replicas in SIZES:
            before = begun(WAYS[name], kind, replicas)
            found[name, kind, replicas] = instants(before, partial(act, WAYS[name], kind))
            assert counted(before, WAYS[name], kind) == found[name, kind, replicas]
    assert 2429 == sum(found.values())
    assert {"deploy": 966, "turned back": 1028, "rollback": 435} == {
        kind: sum(count for (_, each, _), count in found.items() if each == kind) for kind in KINDS
    }


@pytest.mark.parametrize(("name", "kind"), STORIES)
def test_resumed(name, kind):
    """Whenever a deployer is killed, `resume` ends with the old or the new release alone, and people are served."""
    way = WAYS[name]
    for replicas in SIZES:
        before = begun(way, kind, replicas)
        for instant in range(1, instants(before, partial(act, way, kind)) + 1):
            there = resumed(way, kind, killed(before, instant, partial(act, way, kind)))
            assert there.whole(ends(kind, instant)), f"{replicas} replicas, instant {instant}: {there.shown}"


@pytest.mark.parametrize(("name", "kind"), STORIES)
def test_deployed_anew(name, kind):
    """Whenever a deployer is killed, the next one ends with its release alone, having taken back what was unfinished.

    Where the dead one had come to its end, its release is the one before; else it is the one before that.
    """
    way = WAYS[name]
    for replicas in (1, 3):
        before = begun(way, kind, replicas)
        number = instants(before, partial(act, way, kind))
        for instant in range(1, number + 1):
            there = killed(before, instant, partial(act, way, kind))
            ended = there.ledger.kinds[-1] == "live"
            rolled = there.rollout(way).run(release("3.0"))
            assert there.whole(THREE), f"{replicas} replicas, instant {instant}: {there.shown}"
            assert (ends(kind, instant) if ended else ends(kind, 1)) == rolled.old


@pytest.mark.parametrize(("name", "kind"), STORIES)
def test_machine_was_started_anew(name, kind):
    """Where every process went with the deployer, `resume` starts what should run and ends as ever."""
    way = WAYS[name]
    before = begun(way, kind, 2)
    for instant in range(2, instants(before, partial(act, way, kind)) + 1):
        left = killed(before, instant, partial(act, way, kind))
        if left.ledger.kinds[-1] in {"live", "turned back"}:
            continue
        left.place.established = False
        for what in ("instances", "rising", "going", "rolled", "shares"):
            getattr(left.place, what).clear()
        left.place.steering = Steer()
        there = resumed(way, kind, left)
        assert there.whole(ends(kind, instant)), f"instant {instant}: {there.shown}"


@pytest.mark.parametrize("then", ["resume", "take back", "deploy anew"])
def test_killed_while_what_stood_by_ended(then):
    """A set that stood by and was on its way out is out afterwards, whichever way it goes on."""
    way = WAYS["blue-green, standby"]
    before = scene("1.0", "2.0", way=way)
    assert {ONE: 1, TWO: 1} == before.place.instances
    deploy = partial(go_on, way, "deploy anew")
    amid = 0
    for instant in range(1, instants(before, deploy) + 1):
        there = killed(before, instant, deploy)
        amid += ONE in there.place.going
        go_on(way, then, there)
        assert there.tidy, f"instant {instant}: {there.shown}"
    assert amid


def test_what_stood_by_and_cannot_be_ended():
    """The way back has come to its end: who is served is served, and what runs beside that is told."""
    way, said = WAYS["blue-green, standby"], []
    before = scene("1.0", "2.0", way=way)
    deploy = partial(go_on, way, "deploy anew")
    [amid, *_] = [
        each for each in range(1, instants(before, deploy) + 1) if ONE in killed(before, each, deploy).place.going
    ]
    there = killed(before, amid, deploy)
    made = there.place.make

    def make(move, fence):
        if move == Stop(ONE):
            raise MoveFailed("It does not end.")
        return made(move, fence)

    there.place.make = make
    with contextlib.suppress(ReleaseTurnedBack):
        replace(there.rollout(way), progress=said.append).take_back("rolled back by hand")
    assert "turned back" == there.ledger.kinds[-1]
    assert "left running: It does not end." in said


@st.composite
def deaths(draw):
    """A way, and when two deployers are killed one after the other."""
    replicas = draw(st.integers(1, 4))
    way, kind = draw(ways(replicas)), draw(st.sampled_from(KINDS))
    before = begun(way, kind, replicas)
    before.place.fewest = bounds(way, replicas)["fewest"]
    first = draw(st.integers(1, instants(before, partial(act, way, kind))))
    left = killed(before, first, partial(act, way, kind))
    second = draw(st.sampled_from(["resume", "deploy anew", "deploy again", "take back", "roll back"]))
    number = instants(left, partial(go_on, way, second))
    return way, left, second, draw(st.integers(1, number)) if number else 0


def go_on(way, how, there: Scene):
    """What the second deployer does."""
    with contextlib.suppress(ReleaseTurnedBack):
        match how:
            case "resume":
                there.rollout(way).resume()
            case "deploy anew":
                there.rollout(way).run(release("3.0"))
            case "deploy again":
                there.rollout(way).run(release("2.0"))
            case "take back":
                there.rollout(way).take_back("rolled back by hand")
            case "roll back":
                there.back().run(release("1.0"))


@given(deaths())
@settings(max_examples=80, deadline=None)
def test_killed_twice(death):
    """However two deployers die one after the other, the third ends with one release alone, and people are served."""
    way, left, second, instant = death
    left = killed(left, instant, partial(go_on, way, second)) if instant else left
    for third in ("resume", "take back"):
        there = left.twin()
        go_on(way, third, there)
        assert there.tidy
        (live,) = there.place.shares
        standby = {name: count for name, count in there.place.instances.items() if name != live}
        assert not standby or getattr(way, "standby", False)
        before = there.shown, there.ledger.entries
        go_on(way, third, again := there.twin())
        assert before == (again.shown, again.ledger.entries)
