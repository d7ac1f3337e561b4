"""The strategy blue-green."""

import pytest
from fakes import NEW, OLD, release

from twinrail.deploy.moves import Bring, Hold, Migrate, Shift, Start, Stop
from twinrail.deploy.strategies.blue_green import BlueGreen
from twinrail.project.strategies import Strategy


def test_moves():
    """A full set, asked past the traffic; one switch; gates; the old set stays for a while, and ends."""
    expected = [
        Bring(release("2.0")),
        Migrate(NEW),
        Start(NEW, 3),
        Hold(NEW, "step"),
        Shift({NEW: 100.0}),
        Hold(NEW, "arrived"),
        Hold(NEW, "bake", 30.0),
        Stop(OLD),
    ]
    assert expected == list(BlueGreen(bake=30.0)(OLD, release("2.0"), replicas=3))


def test_standby():
    """With `standby` the old set keeps running."""
    moves = list(BlueGreen(standby=True)(OLD, release("2.0"), replicas=3))
    assert Stop(OLD) not in moves
    assert Hold(NEW, "bake", 0.0) == moves[-1]


@pytest.mark.parametrize("old", ["", NEW])
def test_nothing_to_take_over_from(old):
    """Where nothing is live, or the same release, there is one set, and no step at which two could be compared."""
    moves = list(BlueGreen()(old, release("2.0"), replicas=2))
    assert ["arrived", "bake"] == [move.stage for move in moves if isinstance(move, Hold)]
    assert OLD not in str(moves)


def test_settings():
    """The settings say whether the old set stands by."""
    assert BlueGreen(standby=True, bake=4.0) == BlueGreen.of(Strategy(name="blue-green", standby=True), 4.0)
