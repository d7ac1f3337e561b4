"""The way back to a release that was live before."""

import pytest
from fakes import NEW, OLD, release

from twinrail.deploy.moves import Bring, Hold, Migrate, Shift, Start, Stop
from twinrail.deploy.strategies.back import Back


def test_moves():
    """A full set beside the live one, one switch, a watch, and the end of the one that was live."""
    expected = [
        Bring(release("2.0")),
        Start(NEW, 3, former=True),
        Shift({NEW: 100.0}),
        Hold(NEW, "bake", 5.0),
        Stop(OLD),
    ]
    assert expected == list(Back(bake=5.0)(OLD, release("2.0"), replicas=3))


@pytest.mark.parametrize("old", ["", NEW, OLD])
def test_database_stays_as_it_is(old):
    """No migration is made on the way back, and only another release is stopped."""
    moves = list(Back()(old, release("2.0"), replicas=1))
    assert not any(isinstance(move, Migrate) for move in moves)
    assert ([Stop(OLD)] if old == OLD else []) == [move for move in moves if isinstance(move, Stop)]
