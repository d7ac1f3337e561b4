"""A rollout that goes well, and one that is refused."""

import pytest
from fakes import (
    ALL_MOVES,
    NEW,
    OLD,
    FakeLedger,
    FakeTarget,
    ScriptedCheck,
    ScriptedGate,
    Told,
    place_with,
    release,
    rollout,
)

from twinrail.deploy.interface import Open
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.moves import Migrate, Prune, Shift
from twinrail.report.events import GateAsked, MoveMade, Observed, Reading, RolloutBegan
from twinrail.system.errors import LedgerError, MoveFailed, PlaceTaken, PlanRefused


def test_new_release_takes_over():
    """At the end the new release serves all traffic alone, and the caller learns what was live before."""
    place = place_with(replicas=3)
    rolled = rollout(place, replicas=3).run(release())
    assert (OLD, {NEW: 3}, {NEW: 100.0}) == (rolled.old, place.instances, place.shares)


def test_first_release():
    """Where nothing was live, the release before has an empty name."""
    place = place_with("")
    assert "" == rollout(place).run(release()).old
    assert {NEW: 100.0} == place.shares


def test_second_time_changes_nothing():
    """Deploying what is live makes the same moves and leaves everything as it was."""
    place, ledger = place_with("", replicas=2), FakeLedger()
    rollout(place, replicas=2, ledger=ledger).run(release())
    before = place.state()
    place.established = True
    rolled = rollout(place, replicas=2, ledger=ledger).run(release())
    assert (NEW, before) == (rolled.old, place.state())


def test_plan_that_the_target_cannot_make_is_refused():
    """A move that the target lacks refuses the plan: nothing is made, written down or leased."""
    place, ledger = place_with(moves=ALL_MOVES - {Shift, Migrate}), FakeLedger()
    with pytest.raises(PlanRefused) as refused:
        rollout(place, ledger=ledger).run(release())
    assert "The target fake cannot migrate, shift, which the strategy rolling asks for." == refused.value.what
    assert ([], [], 0) == (place.asked, ledger.entries, ledger.number)


def test_place_that_is_taken_is_left_alone():
    """While another deploys, nothing is made and nothing is written down."""
    place, ledger = place_with(), FakeLedger(holder="grace", number=4)
    with pytest.raises(PlaceTaken):
        rollout(place, ledger=ledger).run(release())
    assert ([], [], []) == (place.asked, ledger.entries, ledger.given_back)


def test_what_is_live_is_looked_at_under_the_lease():
    """A release that went live just before the lease was taken is the one to come back to."""

    class Slow(FakeLedger):
        def lease(self, owner, for_):
            rollout(place, ledger=first).run(release("1.5"))
            return super().lease(owner, for_)

    place, first = place_with(), FakeLedger()
    assert release("1.5").name == rollout(place, ledger=Slow()).run(release()).old
    assert {NEW: 1} == place.instances


def test_ledger_tells_the_whole_story(tmp_path):
    """The ledger holds each move before and after it was made, the answers of the gates, and what is live."""
    ledger, place = FileLedger(tmp_path), place_with()
    rollout(place, ledger=ledger, gates=(ScriptedGate("smoke", [Open(note="5 passed")]),)).run(release())
    entries = ledger.read()
    moves = [entry.facts["move"] for entry in entries if entry.kind == "move"]
    kinds = [entry.kind for entry in entries]
    assert ["begin", *["move", "made"] * 4, "move", "asked", "made", *["move", "made"] * 2, "live"] == kinds
    assert moves == [entry.facts["move"] for entry in entries if entry.kind == "made"]
    told = {"release": NEW, "digest": release().digest, "old": OLD, "by": "ada, run 7", "rollback": False}
    assert told.items() <= entries[-1].facts.items()
    assert "c0ffee" == entries[0].facts["commit"]
    assert [1] * len(entries) == [entry.fence for entry in entries]
    assert len(entries) == len({entry.hash for entry in entries})


def test_lease_is_given_back():
    """The lease is free again after a rollout, whether it went well or not."""
    ledger = FakeLedger()
    rollout(place_with(), ledger=ledger).run(release())
    with pytest.raises(MoveFailed):
        rollout(FakeTarget(faults=(), after_each=_fail), ledger=ledger).run(release())
    assert ("", [1, 2]) == (ledger.holder, ledger.given_back)


def _fail(_: int) -> None:
    raise MoveFailed("no")


def test_notes_and_readings_of_gates_are_handed_on():
    """What open gates said and measured, in their order; one that said nothing adds nothing."""
    first, second = Reading(name="p95", value="80 ms"), Reading(name="errors", value="0")
    answers = [Open(note="smoke 5 passed"), Open(), Open(note="20 users", readings=(first, second), who="ada")]
    gates = tuple(ScriptedGate(f"gate-{number}", [answer]) for number, answer in enumerate(answers))
    told = Told()
    rolled = rollout(place_with(), gates=gates, told=told).run(release())
    assert (("smoke 5 passed", "20 users"), (first, second)) == (rolled.notes, rolled.readings)
    assert [[NEW]] * 3 == [gate.asked for gate in gates]
    asked = [(each.gate, each.answer, each.who) for each in told.events if isinstance(each, GateAsked)]
    assert [("gate-0", "open", ""), ("gate-1", "open", ""), ("gate-2", "open", "ada")] == asked


def test_events_show_the_way():
    """The run record gets the beginning, each move, and after each move what the place shows."""
    told = Told()
    rollout(place_with(replicas=2), told=told, replicas=2).run(release())
    began = RolloutBegan(session="staging", environment="staging", strategy="rolling", old=OLD, new=NEW)
    assert began == told.events[0]
    seen = [(each.instances, each.traffic) for each in told.events if isinstance(each, Observed)]
    assert ({OLD: 2}, {OLD: 100.0}) == seen[0]
    assert ({NEW: 2}, {NEW: 100.0}) == seen[-1]
    made = [each for each in told.events if isinstance(each, MoveMade)]
    assert len(made) == len(seen) - 1 == len(told.words)
    assert not any(each.retreat for each in made)


def test_prune_keeps_what_was_live_last():
    """The newest releases that were live are kept, the current one among them, each counted once."""
    place, ledger = place_with(""), FakeLedger()
    for version in ("1.0", "2.0", "3.0", "2.0", "4.0"):
        rollout(place, ledger=ledger, keep=3).run(release(version))
    assert {release(version).name for version in ("3.0", "2.0", "4.0")} == place.ready
    kept = tuple(release(version).name for version in ("4.0", "2.0", "3.0"))
    assert str(Prune(kept)) == place.asked[-1]


def test_prune_forgets_what_never_was_live():
    """A release that was turned back is not kept."""
    place, ledger = place_with(""), FakeLedger()
    rollout(place, ledger=ledger).run(release("1.0"))
    place.after_each = lambda _: _fail(0) if len(place.asked) == 9 else None
    with pytest.raises(Exception, match="turned back"):
        rollout(place, ledger=ledger).run(release("2.0"))
    rollout(place, ledger=ledger).run(release("3.0"))
    assert {release("1.0").name, release("3.0").name} == place.ready


def test_checks_are_asked_past_the_weights():
    """A started release is asked alone, until each check agreed three times in a row; and once with all traffic."""
    check = ScriptedCheck([True, True, False, True, True, True])
    rollout(place_with(), checks=(check,)).run(release())
    assert 6 + 1 == len(check.asked)
    assert {"past": NEW} == check.asked[0].headers


def test_check_that_cannot_tell_is_passed_over():
    """A check without an answer says nothing against a release."""
    check = ScriptedCheck([None])
    place = place_with()
    rollout(place, checks=(check,)).run(release())
    assert ({NEW: 100.0}, 1 + 1) == (place.shares, len(check.asked))


def test_sleeper_touches_nothing():
    """A deployer whose lease has passed to another makes no further move, not even on the way back."""
    ledger = FakeLedger()

    def overtaken(number):
        if number == 3:
            ledger.holder, ledger.number = "grace", 99

    place = place_with(after_each=overtaken)
    with pytest.raises(LedgerError, match="lease has passed to grace"):
        rollout(place, ledger=ledger).run(release())
    assert (3, "grace") == (len(place.asked), ledger.holder)
