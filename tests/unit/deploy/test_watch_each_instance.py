"""Looking at a release of several instances, of which one fails: the place deals requests to them in turn."""

import itertools
from dataclasses import dataclass, field

import pytest
from fakes import FakeClock

from twinrail.deploy.interface import Address, State
from twinrail.deploy.watch import Watch
from twinrail.report.events import Reading
from twinrail.system.errors import MoveFailed


@dataclass
class InTurn:
    """A place that deals requests in turn to the instances of 2.0, some of which answer with errors."""

    well: list[bool]
    turn: "itertools.cycle[bool]" = field(init=False)

    def __post_init__(self):
        self.turn = itertools.cycle(self.well)

    def state(self):
        return State(instances={"2.0-aa": len(self.well)}, shares={"2.0-aa": 100.0})

    def address(self, release, *, past_weights=False):
        return Address(url=f"http://{release}{past_weights}")

    def measure(self, _):
        ok = next(self.turn)
        return Reading(name="/", value="200" if ok else "500", limit="no error", ok=ok)


@pytest.mark.parametrize("well", [[True, False], [False, True], [True, True, False]])
@pytest.mark.parametrize("checks", [1, 2, 3])
def test_one_instance_that_fails(well, checks):
    """It is found while the release is held, and after its start, however many checks share the turns."""
    place = InTurn(well)
    watch = Watch(target=place, checks=(place,) * checks, clock=FakeClock())
    assert "2.0 answered / with 500, not no error" == watch.regression("2.0-aa", 5.0, len(well))
    with pytest.raises(MoveFailed, match=r"2\.0 answered / with 500, not no error"):
        watch.settle("2.0-aa")


def test_all_instances_well():
    """Where all do well nothing is found."""
    place = InTurn([True, True])
    watch = Watch(target=place, checks=(place,), clock=FakeClock())
    watch.settle("2.0-aa")
    assert "" == watch.regression("2.0-aa", 5.0, 2)
