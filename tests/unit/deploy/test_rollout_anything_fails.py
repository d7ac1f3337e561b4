"""Whatever fails, whenever, on whatever way, with however many instances: the way back ends where it began."""

from threading import Event as Flag

import pytest
from fakes import NEW, FakeClock, Fault, release
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ways import Scene, bounds, scene, ways

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.strategies.back import Back
from twinrail.system.errors import Interrupted, LedgerError, MoveFailed, PlaceTaken, RecordError, TwinrailError

ERRORS = [
    MoveFailed("It went wrong."),
    PlaceTaken("Someone else listens there."),
    Interrupted("Ctrl-C."),
    OSError(28, "No space left on device", "routes.yml"),
    KeyError("weights"),
]
HOW = st.tuples(st.sampled_from(["before", "half", "after"]), st.sampled_from(ERRORS))
WHEN = st.integers(0, 60)


@st.composite
def beginnings(draw):
    """A place, the way that 2.0 is to take there, and whether that is a way back."""
    there, replicas = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    versions = draw(st.sampled_from([(), ("1.0",), ("2.0",), ("2.0", "1.0")]))
    before = scene(*versions, way=draw(ways(there)), replicas=there)
    before.replicas = replicas
    way = draw(ways(replicas))
    before.place.fewest = min(there, bounds(way, replicas)["fewest"])
    rollback = len(versions) > 1 and draw(st.booleans())
    return before, Back(bake=1.0) if rollback else way, rollback


def run(there: Scene, way, rollback, **more):
    rollout = there.back(**more) if rollback else there.rollout(way, **more)
    return rollout.run(release("2.0"))


def lived(before: Scene, way, rollback):
    """A rollout in which nothing fails: how many moves the target is asked to make until the release is live."""
    living = before.twin()
    run(living, way, rollback)
    return len(living.place.asked) - 1, len(living.ledger.entries)


def shown(there: Scene, before: Scene):
    """What the place shows, but for sets that stood by before: those end before the new release starts."""
    involved = {*before.place.shares, NEW}
    instances = {name: count for name, count in there.place.instances.items() if name in involved}
    return instances, there.place.shares, there.tidy


@given(beginnings(), WHEN, HOW)
@settings(max_examples=90, deadline=None)
def test_any_move_fails(beginning, at, how):
    """A move that fails, before, amid or after it took effect, leaves instances and traffic as they were."""
    before, way, rollback = beginning
    when, error = how
    there = before.twin()
    there.place.faults = (Fault(at=1 + at % lived(*beginning)[0], when=when, error=lambda _: error),)
    with pytest.raises(TwinrailError):
        run(there, way, rollback)
    assert shown(before, before) == shown(there, before)
    assert "turned back" == there.ledger.kinds[-1]


@given(beginnings(), WHEN, st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_entry_cannot_be_written(beginning, at, again):
    """Where the journal cannot be written any more, all is as it was, or the new release has arrived and stays.

    Once there is room again, `resume` ends what the journal does not know to have ended.
    """
    before, way, rollback = beginning
    first, last = len(before.ledger.entries) + 1, lived(*beginning)[1]
    there = before.twin()
    there.ledger.full = first + at % (last - first + 1)
    with (
        pytest.raises(RecordError, match="No space left on device")
        if there.ledger.full in {first, last}
        else (pytest.raises(TwinrailError))
    ):
        run(there, way, rollback)
    arrived = there.ledger.full == last
    whole = ({NEW: 100.0}, before.replicas) == (there.place.shares, there.place.instances.get(NEW))
    assert (arrived and whole) or shown(before, before) == shown(there, before)
    there = there.twin()
    there.rollout(way).resume() if again else there.rollout(way).take_back("rolled back by hand")
    assert there.tidy
    assert there.place.shares in ({NEW: 100.0}, before.place.shares)
    entries = len(there.ledger.entries)
    assert there.rollout(way).resume() is None
    assert entries == len(there.ledger.entries)


@given(beginnings(), WHEN, st.sampled_from(["lease", "fence"]))
@settings(max_examples=40, deadline=None)
def test_lease_is_lost_at_any_move(beginning, at, how):
    """A deployer whose lease has passed to another makes no further move, not even on the way back."""
    before, way, rollback = beginning
    there, at = before.twin(), 1 + at % (lived(*beginning)[0] - 1)

    def overtaken(number):
        if number == at and how == "lease":
            there.ledger.holder, there.ledger.number = "grace", 99
        elif number == at:
            there.place.fence = 99

    there.place.after_each = overtaken
    with pytest.raises(LedgerError):
        run(there, way, rollback)
    assert at == len(there.place.asked)
    assert there.ledger.kinds[-1] in {"move", "made", "asked"}


@given(beginnings(), WHEN)
@settings(max_examples=40, deadline=None)
def test_interrupted_in_any_move(beginning, at):
    """Ctrl-C in any move but the last ends the rollout before the next one, and all is as it was."""
    before, way, rollback = beginning
    there, flag, at = before.twin(), Flag(), 1 + at % (lived(*beginning)[0] - 1)
    there.place.after_each = lambda number: flag.set() if number == at else None
    with pytest.raises(Interrupted):
        run(there, way, rollback, interrupted=flag)
    assert shown(before, before) == shown(there, before)


@given(beginnings(), st.floats(0.0, 0.99))
@settings(max_examples=40, deadline=None)
def test_interrupted_in_any_hold(beginning, part):
    """Ctrl-C in any hold ends it at once, and all is as it was."""
    before, way, rollback = beginning
    clock = FakeClock()
    began = clock.time
    run(before.twin(), way, rollback, clock=clock)
    flag, held = Flag(), clock.time - began
    assume(held)
    there, clock = before.twin(), FakeClock(interrupted=flag, due={began + held * part: flag.set})
    with pytest.raises(Interrupted):
        run(there, way, rollback, interrupted=flag, clock=clock)
    assert shown(before, before) == shown(there, before)
    assert clock.time - began <= held * part + 0.5


@given(beginnings(), WHEN, st.integers(1, 4), st.sampled_from([Interrupted("Ctrl-C."), OSError(5, "I/O error")]))
@settings(max_examples=60, deadline=None)
def test_way_back_fails_too(beginning, at, later, error):
    """Where a move of the way back fails as well, that is said with what to do, and `resume` makes it."""
    before, way, rollback = beginning
    there, at = before.twin(), 1 + at % lived(*beginning)[0]
    there.place.faults = (Fault(at=at), Fault(at=at + later, when="half", error=lambda _: error))
    with pytest.raises(TwinrailError) as failed:
        run(there, way, rollback)
    if there.ledger.kinds[-1] != "turned back":
        assert "\n  The way back failed too: " in failed.value.what
        assert failed.value.todo == "Once that is mended:  nox -s resume -- staging"
        assert isinstance(error, Interrupted) == isinstance(failed.value, Interrupted)
        there = there.twin()
        with pytest.raises(ReleaseTurnedBack):
            there.rollout(way).resume()
    assert shown(before, before) == shown(there, before)
    assert there.twin().rollout(way).resume() is None
