"""Rollouts in which something goes wrong at every move there is: before, amid and after it took effect."""

import pytest
from fakes import NEW, OLD, FakeLedger, Fault, as_before, place_with, release, rollout
from ways import FOUR, WAYS, bounds

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.system.errors import MoveFailed

OLDS = ["", OLD, NEW]


def moves_of(way, old: str, replicas: int) -> int:
    """How many moves a rollout makes until the release is live; the gates' are not the target's."""
    place = place_with(old, replicas=replicas)
    rollout(place, replicas=replicas, strategy=way).run(release())
    return len(place.asked) - 1


@pytest.mark.parametrize("name", FOUR)
@pytest.mark.parametrize("old", OLDS)
def test_failure_at_every_move(name, old):
    """Whatever move fails, and however far it came, the old release serves whole, or nothing does as before."""
    way = WAYS[name]
    for replicas in (1, 2, 3):
        for at in range(1, moves_of(way, old, replicas) + 1):
            for when in ("before", "half", "after"):
                place = place_with(old, replicas=replicas, faults=(Fault(at=at, when=when),))
                place.fewest, ledger = bounds(way, replicas)["fewest"], FakeLedger()
                with pytest.raises((ReleaseTurnedBack, MoveFailed)):
                    rollout(place, replicas=replicas, strategy=way, ledger=ledger).run(release())
                assert as_before(old, replicas) == (place.instances, place.shares)
                assert ("turned back", "", "") == (ledger.kinds[-1], ledger.holder, place.steering.release)
                assert ({}, {}) == (place.rising, place.going)
