"""Rollouts in which something goes wrong: who serves afterwards, and what is said."""

import errno
from dataclasses import dataclass, replace
from threading import Event as Flag

import pytest
from fakes import (
    NEW,
    OLD,
    FakeLedger,
    FakeTarget,
    Fault,
    Killed,
    ScriptedCheck,
    ScriptedGate,
    Told,
    as_before,
    place_with,
    release,
    rollout,
)
from ways import WAYS, scene

from twinrail.deploy.execution import ReleaseTurnedBack, RolloutPaused
from twinrail.deploy.interface import Open, Shut, Wait
from twinrail.report.events import Finding, MoveMade, Reading
from twinrail.system.errors import Interrupted, LedgerError, MoveFailed, PlaceTaken, RecordError


@pytest.mark.parametrize("old", ["", OLD, NEW])
@pytest.mark.parametrize(
    "answer",
    [
        Shut(note="p95 900 ms"),
        KeyError("response_times"),
        MoveFailed("pytest cannot be started."),
    ],
)
def test_gate_that_does_not_open(old, answer):
    """A gate that is shut, or that cannot be asked, turns the release back."""
    place = place_with(old, replicas=2)
    gates = (ScriptedGate("smoke", [Open()]), ScriptedGate("load", [answer]))
    with pytest.raises(ReleaseTurnedBack):
        rollout(place, replicas=2, gates=gates).run(release())
    assert as_before(old, 2) == (place.instances, place.shares)


def test_shut_gate_says_why():
    """Who is turned back by a gate learns which, what it found, what it measured, and who serves now."""
    finding, reading = Finding(title="test_home"), Reading(name="p95", value="900 ms", ok=False)
    shut = Shut(note="1 failed", findings=(finding,), readings=(reading,))
    with pytest.raises(ReleaseTurnedBack) as turned:
        rollout(place_with(), gates=(ScriptedGate("smoke", [shut]),)).run(release())
    assert "2.0 was turned back: smoke: 1 failed" == turned.value.what
    assert "1.0 serves 100 % again." == turned.value.why
    assert ((finding,), (reading,)) == (turned.value.findings, turned.value.readings)


def test_waiting_gate_leaves_all_as_it_is():
    """A gate that waits stops the rollout where it stands: both releases serve on, and the journal says what for."""
    place, ledger = place_with(), FakeLedger()
    waits = Wait(note="it is Friday", todo="come on Monday")
    with pytest.raises(RolloutPaused, match=r"2\.0 waits: freeze: it is Friday") as paused:
        rollout(place, ledger=ledger, gates=(ScriptedGate("freeze", [waits]),)).run(release())
    assert ("come on Monday", "paused", "") == (paused.value.todo, ledger.kinds[-1], ledger.holder)
    assert {OLD: 1, NEW: 1} == place.instances


@pytest.mark.parametrize(
    ("old", "says"),
    [
        ("", "Nothing was live before, and nothing is now."),
        (OLD, "1.0 serves 100 % again."),
        (NEW, "2.0 was live before and still is."),
    ],
)
def test_who_serves_is_said(old, says):
    """The error says what serves after the way back."""
    place = place_with(old, faults=(Fault(at=3),))
    with pytest.raises(ReleaseTurnedBack) as turned:
        rollout(place).run(release())
    assert says == turned.value.why


def test_failure_before_the_place_changed():
    """What fails while the release is brought is raised as it is: nothing had to be taken back."""
    place, ledger = place_with(faults=(Fault(at=1),)), FakeLedger()
    with pytest.raises(MoveFailed, match=r"bring w-2.0.whl went wrong"):
        rollout(place, ledger=ledger).run(release())
    assert (1, ["begin", "move", "turned back"]) == (len(place.asked), ledger.kinds)


@pytest.mark.parametrize("number", [1, 2])
def test_way_back_that_fails_is_loud(number):
    """When a move of the way back fails too, the error names both causes, and the ledger says no end."""
    place, ledger = place_with(replicas=2, faults=(Fault(at=5), Fault(at=5 + number))), FakeLedger()
    with pytest.raises(MoveFailed) as failed:
        rollout(place, replicas=2, ledger=ledger).run(release())
    first, second = failed.value.what.splitlines()
    assert f"2.0 failed: stop {OLD} down to 1 went wrong." == first
    assert second.startswith("  The way back failed too: ")
    assert ("turned back" in ledger.kinds, ledger.holder) == (False, "")


def test_way_back_that_failed_is_made_by_the_next():
    """After a way back that failed, the next rollout begins with it."""
    place, ledger = place_with(replicas=2, faults=(Fault(at=5), Fault(at=7))), FakeLedger()
    with pytest.raises(MoveFailed):
        rollout(place, replicas=2, ledger=ledger).run(release())
    assert OLD == rollout(place, replicas=2, ledger=ledger).run(release("3.0")).old
    assert [f"stop {OLD} down to 1 went wrong."] == [
        each.facts["why"] for each in ledger.entries if each.kind == "turned back"
    ]


def test_prune_that_fails_leaves_the_new_release_live():
    """A release that is live stays so when the old files cannot be removed; that is said all the same."""
    place, ledger = place_with(faults=(Fault(at=6),)), FakeLedger()
    rolled = rollout(place, ledger=ledger).run(release())
    assert ({NEW: 1}, {NEW: 100.0}, "live") == (place.instances, place.shares, ledger.kinds[-1])
    assert rolled.notes[0].startswith("old releases stay for now: prune all but")


def test_full_disk_is_a_failed_move():
    """An error of the system turns the release back like any other."""
    full = OSError(errno.ENOSPC, "No space left on device", "routes.yml")
    place = place_with(faults=(Fault(at=4, error=lambda _: full),))
    with pytest.raises(ReleaseTurnedBack, match=r"shift .*: No space left on device \(routes.yml\)"):
        rollout(place).run(release())
    assert {OLD: 100.0} == place.shares


def test_disk_full_for_the_lease():
    """Where not even the lease can be written, nothing is changed, and what to do is said."""

    class Full(FakeLedger):
        def lease(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device", "lease.json")

    place = place_with()
    with pytest.raises(RecordError, match=r"The lease of .* cannot be written: No space left on device\.") as full:
        rollout(place, ledger=Full()).run(release())
    assert ([], "Make room there, then deploy again; nothing was changed.") == (place.asked, full.value.todo)


def test_disk_full_for_the_notes_too():
    """The way back is made even when nothing can be written down any more."""

    class Full(FakeLedger):
        full = False

        def append(self, kind, facts, *, fence):
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device", "ledger.jsonl")
            return super().append(kind, facts, fence=fence)

    def fill(number):
        ledger.full = number == 4 or ledger.full

    def no_record(_):
        if ledger.full:
            raise RecordError("The disk is full.")

    ledger = Full()
    place = place_with(after_each=fill)
    with pytest.raises(ReleaseTurnedBack):
        rollout(place, ledger=ledger, tell=no_record).run(release())
    assert ({OLD: 1}, {OLD: 100.0}) == (place.instances, place.shares)


def test_moves_of_the_way_back_are_marked():
    """In the run record a move on the way back can be told from one on the way there."""
    told = Told()
    with pytest.raises(ReleaseTurnedBack):
        rollout(place_with(faults=(Fault(at=4),)), told=told).run(release())
    backs = [each.move for each in told.events if isinstance(each, MoveMade) and each.retreat]
    assert [f"start {OLD} × 1", f"shift {OLD} 100 %", f"stop {NEW}"] == backs


def test_who_runs_is_left_alone_on_the_way_back():
    """The way back starts the old release only where too few of it run: with newer settings it might not start."""
    place = place_with(replicas=2, faults=(Fault(at=4),))
    with pytest.raises(ReleaseTurnedBack):
        rollout(place, replicas=2).run(release())
    assert f"shift {OLD} 100 %" == place.asked[4]
    fewer = place_with(replicas=2, faults=(Fault(at=6),))
    with pytest.raises(ReleaseTurnedBack):
        rollout(fewer, replicas=2).run(release())
    assert f"start {OLD} × 2" == fewer.asked[6]


def test_check_that_never_agrees():
    """A release whose check is not passed in time is turned back, with the last reading."""
    place = place_with()
    with pytest.raises(ReleaseTurnedBack, match=r"2.0 answered /readyz with 503, not 200"):
        rollout(place, checks=(ScriptedCheck([True, False]),)).run(release())
    assert {OLD: 1} == place.instances


def test_interrupted_while_a_check_waits():
    """Ctrl-C ends the waiting for a check, the old release serves, and the flag is down for the way back."""
    flag = Flag()

    class Pressed(ScriptedCheck):
        def measure(self, address):
            flag.set()
            return super().measure(address)

    place = place_with()
    with pytest.raises(Interrupted, match=rf"while {NEW} was checked. 1.0 serves 100 % again."):
        rollout(place, checks=(Pressed([False]),), interrupted=flag).run(release())
    assert ({OLD: 1}, False) == (place.instances, flag.is_set())


def test_deployer_killed_while_a_gate_is_asked():
    """A deployer that dies over a gate's question leaves people served, and the next one takes its release back."""
    place, ledger = place_with(replicas=2), FakeLedger()
    with pytest.raises(Killed):
        rollout(place, replicas=2, ledger=ledger, gates=(ScriptedGate("load", [Killed()]),)).run(release())
    assert OLD == rollout(place, replicas=2, ledger=ledger).run(release("3.0")).old
    assert 2 == place.least


def test_killed_and_down_leaves_nothing_to_take_back():
    """Once an environment was stopped by hand, the next rollout begins anew."""
    place, ledger = place_with("", faults=(Fault(at=4, error=lambda _: Killed()),)), FakeLedger()
    with pytest.raises(Killed):
        rollout(place, ledger=ledger).run(release())
    ledger.append("down", {}, fence=0)
    place.instances.clear()
    place.shares.clear()
    rollout(place, ledger=ledger).run(release("3.0"))
    assert "its deployer died" not in str(ledger.entries)


def test_lease_is_lost_on_the_way_back():
    """Who is overtaken on the way back makes no further move, be it the own way back or another's."""
    ledger = FakeLedger()

    def overtaken(number):
        if number == 5:
            ledger.holder = ""

    place = place_with(faults=(Fault(at=4),), after_each=overtaken)
    with pytest.raises(LedgerError):
        rollout(place, ledger=ledger).run(release())
    assert 5 == len(place.asked)
    place.after_each = lambda number: overtaken(5) if number == 6 else None
    with pytest.raises(LedgerError):
        rollout(place, ledger=ledger).run(release("3.0"))
    assert 6 == len(place.asked)


def test_somebody_else_was_quicker():
    """What another brought to its end before the lease was had is left alone."""

    class Quick(FakeLedger):
        def lease(self, owner, for_):
            if self.kinds[-1:] == ["made"]:
                self.append("turned back", {}, fence=0)
            return super().lease(owner, for_)

    for attempt in (lambda one: one.resume(), lambda one: one.take_back("by hand")):
        place, ledger = place_with(after_each=lambda number: _die() if number == 4 else None), Quick()
        with pytest.raises(Killed):
            rollout(place, ledger=ledger).run(release())
        ledger.entries.append(replace(ledger.entries[-1], kind="made", facts={"number": 4}))
        asked = len(place.asked)
        assert attempt(rollout(place, ledger=ledger)) is None
        assert (asked, "") == (len(place.asked), ledger.holder)


def _die():
    raise Killed


def test_run_record_that_cannot_be_written():
    """A full disk for the run record turns a release back as one for the journal does."""

    def full(_):
        raise RecordError("The run record cannot be written: no space.")

    place = place_with()
    with pytest.raises(RecordError, match="no space") as error:
        rollout(place, tell=full).run(release())
    assert ("1.0 serves on as before.", []) == (error.value.why, place.asked)


def test_place_that_cannot_be_seen():
    """A place that does not show how it stands turns the release back, and does not hinder the way back itself."""

    class Dark(FakeTarget):
        def state(self):
            if len(self.asked) > 2:
                raise OSError(errno.EIO, "Input/output error", "instances")
            return super().state()

    lit = place_with(replicas=2)
    place = Dark(ready=lit.ready, instances=lit.instances, shares=lit.shares, established=True)
    with pytest.raises(ReleaseTurnedBack, match="Input/output error"):
        rollout(place, replicas=2).run(release())
    assert as_before(OLD, 2) == (place.instances, place.shares)


def test_journal_that_another_process_locks():
    """Where some process that sleeps keeps the journal locked, the release is turned back, and the way back is made."""
    locked = []

    class Locked(FakeLedger):
        def append(self, kind, facts, *, fence):
            if locked:
                raise PlaceTaken("The ledger of staging has been locked for more than 10 s.")
            return super().append(kind, facts, fence=fence)

    place = place_with(replicas=2, after_each=lambda number: locked.append(number) if number == 4 else None)
    with pytest.raises(ReleaseTurnedBack, match="has been locked"):
        rollout(place, replicas=2, ledger=Locked()).run(release())
    assert as_before(OLD, 2) == (place.instances, place.shares)


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), KeyError("releases"), LedgerError("The fence is past.")])
def test_whatever_happens_after_it_is_live(error):
    """Nothing that goes wrong with old files makes a release that is live anything else."""
    rolled = rollout(place_with(faults=(Fault(at=6, error=lambda _: error),))).run(release())
    assert rolled.notes[0].startswith("old releases stay for now: ")


def test_interrupted_before_it_sets_out():
    """Ctrl-C while the gates before are asked ends it there: what is unfinished is not even taken back."""
    flag, ledger = Flag(), FakeLedger()
    place = place_with(replicas=2, faults=(Fault(at=4, error=lambda _: Killed()),))
    with pytest.raises(Killed):
        rollout(place, replicas=2, ledger=ledger).run(release())

    class Pressed(ScriptedGate):
        def ask(self, release):
            flag.set()
            return super().ask(release)

    gate = Pressed("freeze", [Open()])
    with pytest.raises(Interrupted, match=r"Interrupted before 3\.0 set out for staging\."):
        rollout(place, ledger=ledger, interrupted=flag, before=(gate,)).run(release("3.0"))
    assert (4, "asked") == (len(place.asked), ledger.kinds[-1])


def test_what_turns_bad_while_it_is_rolled_in_place():
    """It is looked at meanwhile: where the place would go on it is turned back."""
    way = WAYS["rolling in place"]
    there = scene("1.0", way=way, replicas=2)
    there.place.looked_on = True

    @dataclass
    class Late:
        """Fails as soon as the place is at it."""

        name: str = "/"

        def measure(self, _):
            ok = not any(each.startswith("roll ") for each in there.place.asked)
            return Reading(name="/", value="500", ok=ok)

    with pytest.raises(ReleaseTurnedBack, match=r"2\.0 answered / with 500"):
        there.rollout(way, checks=(Late(),)).run(release("2.0"))
    assert there.whole(release("1.0").name)
