"""Rollouts in which something goes wrong at every move there is: before, amid and after it took effect."""

from threading import Event as Flag

import pytest
from fakes import NEW, OLD, FakeLedger, Fault, Killed, as_before, place_with, release, rollout

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.system.errors import Interrupted, MoveFailed

SIZES = [(1, 1), (2, 1), (3, 2), (4, 9)]
OLDS = ["", OLD, NEW]


def moves_of(old: str, replicas: int, surge: int) -> int:
    """How many moves a rollout makes until the release is live; the gates' are not the target's."""
    place = place_with(old, replicas=replicas)
    rollout(place, replicas=replicas, strategy=Rolling(surge=surge)).run(release())
    return len(place.asked) - 1


LAST = {(old, *size): moves_of(old, *size) for old in OLDS for size in SIZES}
CASES = [
    (old, replicas, surge, number, when)
    for (old, replicas, surge), last in LAST.items()
    for number in range(1, last + 1)
    for when in ("before", "half", "after")
]


@pytest.mark.parametrize(("old", "replicas", "surge", "number", "when"), CASES)
def test_failure_at_every_move(old, replicas, surge, number, when):
    """Whatever move fails, and however far it came, the old release serves whole, or nothing does as before."""
    place = place_with(old, replicas=replicas, faults=(Fault(at=number, when=when),))
    ledger = FakeLedger()
    with pytest.raises((ReleaseTurnedBack, MoveFailed)):
        rollout(place, replicas=replicas, strategy=Rolling(surge=surge), ledger=ledger).run(release())
    assert as_before(old, replicas) == (place.instances, place.shares)
    assert ("turned back", "") == (ledger.kinds[-1], ledger.holder)
    assert place.least >= replicas


@pytest.mark.parametrize(("old", "replicas", "surge", "number", "when"), CASES)
def test_deployer_killed_at_every_move(old, replicas, surge, number, when):
    """Whatever move a deployer dies in, the next one ends with its release alone, and people are served meanwhile."""
    place = place_with(old, replicas=replicas, faults=(Fault(at=number, when=when, error=lambda _: Killed()),))
    ledger = FakeLedger()
    more = {"replicas": replicas, "strategy": Rolling(surge=surge), "ledger": ledger}
    with pytest.raises(Killed):
        rollout(place, **more).run(release())
    third = release("3.0")
    assert old == rollout(place, **more).run(third).old
    assert ({third.name: replicas}, {third.name: 100.0}) == (place.instances, place.shares)
    assert place.least >= replicas


INTERRUPTIBLE = [case[:4] for case in CASES if case[4] == "after" and not (case[0] and case[3] == LAST[case[:3]])]
"""All moves after which another one, or a gate, comes."""


@pytest.mark.parametrize(("old", "replicas", "surge", "number"), INTERRUPTIBLE)
def test_interrupted_at_every_move(old, replicas, surge, number):
    """Ctrl-C in any move ends the rollout before the next one, and the old release serves whole."""
    flag = Flag()
    place = place_with(old, replicas=replicas, after_each=lambda made: flag.set() if made == number else None)
    with pytest.raises(Interrupted):
        rollout(place, replicas=replicas, strategy=Rolling(surge=surge), interrupted=flag).run(release())
    assert as_before(old, replicas) == (place.instances, place.shares)


def test_interrupted_in_the_last_move():
    """Ctrl-C in the last move changes nothing any more: the release is live."""
    flag = Flag()
    place = place_with(after_each=lambda made: flag.set() if made == 5 else None)
    assert OLD == rollout(place, interrupted=flag).run(release()).old
    assert {NEW: 1} == place.instances
