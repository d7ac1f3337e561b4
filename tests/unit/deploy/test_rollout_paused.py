"""Rollouts that wait in the middle: for the end of an experiment, for data, for somebody."""

import contextlib
from datetime import UTC, datetime
from functools import partial

import pytest
from fakes import NEW, FakeClock, Fault, release
from ways import FOUR, PASSED, WAYS, Scene, at, instants, killed, scene

from twinrail.deploy.execution import ReleaseTurnedBack, RolloutPaused
from twinrail.deploy.gates.experiment import ExperimentGate
from twinrail.deploy.interface import Wait
from twinrail.deploy.strategies.ab import AB
from twinrail.deploy.strategies.canary import Canary
from twinrail.system.errors import Waiting

OLD, THREE = release("1.0").name, release("3.0").name
NOW = 1_000_000.0
UNTIL = datetime.fromtimestamp(NOW + 86_400, UTC).isoformat()
WAITS = Wait(note="312 of 1,000 requests", todo="nox -s resume -- staging")


def experiment(clock, *, until=UNTIL, ended=False):
    """The gate of an experiment, asked at its stage."""
    gate = ExperimentGate(environment="staging", until=until, ended=ended, clock=clock)
    return lambda passage: (gate,) if passage.stage == "end" else ()


def under_way(way=AB(share=20.0), replicas=2) -> Scene:  # noqa: B008  # frozen
    """A place where 1.0 is live and 2.0 waits in the middle."""
    there = scene("1.0", replicas=replicas)
    clock = FakeClock()
    gates = experiment(clock) if isinstance(way, AB) else at("step", WAITS)
    with pytest.raises(RolloutPaused):
        there.rollout(way, clock=clock, gates=gates).run(release("2.0"))
    return there.twin()


def test_experiment_waits_for_its_end():
    """An experiment leaves both releases to their people until its date, and says how to end it before."""
    there, clock = under_way(), FakeClock()
    assert {OLD: 80.0, NEW: 20.0} == there.place.shares
    with pytest.raises(RolloutPaused) as paused:
        there.rollout(AB(), clock=clock, gates=experiment(clock)).resume()
    assert paused.value.what == "2.0 waits: experiment: the experiment with 2.0 runs until 1970-01-13 13:46:40 UTC"
    assert "nox -s resume -- staging --end" == paused.value.todo
    assert (75, {OLD: 80.0, NEW: 20.0}) == (paused.value.exit_code, there.place.shares)


@pytest.mark.parametrize("ended", [False, True])
def test_experiment_ends(ended):
    """Once its date has passed, or when somebody ends it, the new release takes over with all people."""
    there, clock = under_way(), FakeClock()
    clock.time += 0 if ended else 86_400
    rolled = there.rollout(AB(), clock=clock, gates=experiment(clock, ended=ended)).resume()
    assert there.whole(NEW)
    said = "the experiment was ended by hand" if ended else "the experiment ended 1970-01-13 13:46:40 UTC"
    assert ((said,), OLD) == (rolled.notes, rolled.old)


@pytest.mark.parametrize("again", ["resume", "deploy"])
def test_goes_on_from_its_hold(again):
    """What was made before is not made again: it goes on with the hold at which it waited."""
    there = under_way(Canary(weights=(5.0, 50.0), hold=1.0), replicas=2)
    rollout = there.rollout(Canary(weights=(5.0, 50.0), hold=1.0))
    rolled = rollout.resume() if again == "resume" else rollout.run(release("2.0"))
    assert ("2.0", True) == (rolled.release.version, there.whole(NEW))
    assert [f"shift {OLD} 50 % · {NEW} 50 %", f"start {NEW} × 2"] == there.place.asked[:2]
    assert 1 == there.ledger.kinds[-40:].count("paused")


def test_goes_on_by_the_plan_that_it_had():
    """Settings that changed meanwhile do not change a rollout that is under way."""
    there = under_way(Canary(weights=(5.0, 50.0)), replicas=2)
    there.replicas = 5
    there.rollout(WAYS["blue-green"]).resume()
    assert ({NEW: 2}, {NEW: 100.0}) == (there.place.instances, there.place.shares)


@pytest.mark.parametrize("way", [AB(), Canary()])
def test_another_release_takes_its_place(way):
    """Another release takes back what waits, and sets out from the release before."""
    there = under_way(way)
    assert OLD == there.rollout(WAYS["canary"]).run(release("3.0")).old
    assert there.whole(THREE)
    assert ["3.0 takes its place"] == [each.facts["why"] for each in there.ledger.entries if each.kind == "turned back"]


def test_gate_that_is_not_open_before_leaves_what_waits():
    """Where the other release may not set out, the one that waits goes on waiting."""
    there = under_way()
    (gate,) = at("step", WAITS)(type("Passage", (), {"stage": "step"}))
    with pytest.raises(Waiting, match=r"3\.0 waits for smoke"):
        there.rollout(WAYS["canary"], before=(gate,)).run(release("3.0"))
    assert {OLD: 80.0, NEW: 20.0} == there.place.shares


def test_compared_since_it_began_to_hold():
    """What a gate compares after a pause began when the rollout first held there, whoever goes on with it."""
    there, clock, asked = scene("1.0", replicas=2), FakeClock(), []
    there.ledger.clock = clock
    began = clock.now()

    def gates(passage):
        asked.append((passage.stage, passage.since - began))
        return at("end", WAITS if clock.now() < began + 5000 else PASSED)(passage)

    for wait in (1000, 5000):
        with contextlib.suppress(RolloutPaused):
            again = there.rollout(AB(bake=2.0), clock=clock, gates=gates)
            again.resume() if asked else again.run(release("2.0"))
        clock.time += wait
    assert [("step", 0.0), ("end", 0.0)] == asked[:2]
    assert ("end", 0.0) == asked[2]
    with contextlib.suppress(RolloutPaused):
        there.rollout(AB(bake=2.0), clock=clock, gates=gates).resume()
    assert [("end", 0.0), ("arrived", 6000.0), ("bake", 6000.0)] == asked[3:]
    assert there.whole(NEW)


def test_taken_back_by_hand():
    """What waits can be taken back, once."""
    there = under_way()
    assert "2.0" == there.rollout(AB()).take_back("rolled back by hand").release.version
    assert there.whole(OLD)
    entries = len(there.ledger.entries)
    assert there.rollout(AB()).take_back("rolled back by hand") is None
    assert entries == len(there.ledger.entries)


def test_instance_that_died_meanwhile():
    """An instance that ended while nobody looked runs again before the rollout goes on."""
    there = under_way(Canary(weights=(50.0,)), replicas=4)
    there.place.fall(NEW)
    there.rollout(Canary()).resume()
    assert f"start {NEW} × 2" == there.place.asked[0]
    assert there.whole(NEW)


def waiting(way, there: Scene):
    with contextlib.suppress(RolloutPaused):
        there.rollout(way, gates=lambda passage: at(passage.stage, WAITS)(passage)).run(release("2.0"))


@pytest.mark.parametrize("name", FOUR)
def test_killed_over_a_pause(name):
    """Whenever a deployer is killed that was about to wait, the next one goes on to that hold, and then to the end."""
    way, before = WAYS[name], scene("1.0", replicas=2)
    for instant in range(2, instants(before, partial(waiting, way)) + 1):
        there = killed(before, instant, partial(waiting, way))
        with pytest.raises(RolloutPaused):
            there.rollout(way, gates=lambda passage: at(passage.stage, WAITS)(passage)).resume()
        there = there.twin()
        there.rollout(way).resume()
        assert there.whole(NEW)


def test_turned_back_after_a_pause():
    """A release that waited and does not pass at last is turned back as any other."""
    there = under_way()
    there.place.faults = (Fault(at=2),)
    with pytest.raises(ReleaseTurnedBack):
        there.rollout(AB(), gates=()).resume()
    assert there.whole(OLD)
