"""Releases that arrive in any order, and deployers who meet: the newest ends live, and nobody gets in another's way."""

from dataclasses import dataclass
from itertools import permutations

import pytest
from fakes import FakeLedger, Told, place_with, release, rollout
from ways import AlwaysGate

from twinrail.deploy.gates.freshness import FreshnessGate
from twinrail.deploy.interface import Open, Shut, Wait
from twinrail.report.events import GateAsked
from twinrail.system.errors import Interrupted, PlaceTaken, Superseded, TurnedBack, Waiting

FIVE = [release(f"{number}.0", commit=f"c{number}", when=number) for number in range(1, 6)]


@dataclass(frozen=True)
class History:
    """One commit after the other, as far as git knows of them."""

    known: bool

    def leads(self, earlier: str, later: str) -> bool:
        return self.known and earlier < later

    def when(self, _: str) -> int:
        return 0


def gate_of(ledger, *, known=True):
    return FreshnessGate(environment="staging", ledger=ledger, commits=History(known))


@pytest.mark.parametrize("known", [True, False])
def test_all_orders_of_five(known):
    """In each of the 120 orders the newest ends live; each stale one says that it is superseded and changes nothing."""
    for order in permutations(FIVE):
        place, ledger, newest = place_with(""), FakeLedger(), 0
        for each in order:
            one = rollout(place, ledger=ledger, before=(gate_of(ledger, known=known),))
            shown, kinds, asked = place.state(), ledger.kinds, len(place.asked)
            if each.when > newest:
                newest = each.when
                one.run(each)
                place.established = True
                continue
            with pytest.raises(Superseded, match="is superseded"):
                one.run(each)
            assert (shown, asked) == (place.state(), len(place.asked))
            assert [*kinds, "asked"] == ledger.kinds
        assert {FIVE[-1].name: 100.0} == place.shares


def test_two_deployers_at_once():
    """While one deploys, whenever that is, another is refused; afterwards the newer one ends live all the same."""
    place, ledger, refused = place_with(), FakeLedger(), []

    def meanwhile(_):
        with pytest.raises(PlaceTaken):
            rollout(place.twin(place.life), ledger=ledger, before=(gate_of(ledger),)).run(FIVE[4])
        refused.append(place.state().shares)

    place.after_each = meanwhile
    rollout(place, ledger=ledger, before=(gate_of(ledger),)).run(FIVE[1])
    place.after_each = lambda _: None
    assert 6 == len(refused)
    for each in (FIVE[4], FIVE[3]):
        try:
            rollout(place, ledger=ledger, before=(gate_of(ledger),)).run(each)
        except Superseded:
            assert FIVE[3] == each
    assert {FIVE[4].name: 100.0} == place.shares


def test_stale_release_leaves_what_is_unfinished():
    """A release that does not set out takes nothing back either."""
    place, ledger = place_with(""), FakeLedger()
    rollout(place, ledger=ledger).run(FIVE[2])
    waits = AlwaysGate(answer=Wait(note="it is Friday", todo="come on Monday"))
    with pytest.raises(Waiting):
        rollout(place, ledger=ledger, gates=(waits,)).run(FIVE[4])
    shown = place.state()
    with pytest.raises(Superseded):
        rollout(place, ledger=ledger, before=(gate_of(ledger),)).run(FIVE[1])
    assert shown == place.state()
    assert FIVE[4].name == rollout(place, ledger=ledger).resume().release.name


def test_what_gates_said_before_is_written_down():
    """Each gate's answer stands in the journal and in the run record, before the release sets out."""
    told, ledger = Told(), FakeLedger()
    gate = AlwaysGate(name="freeze", answer=Open(note="not frozen", who="ada"))
    rollout(place_with(), ledger=ledger, told=told, before=(gate,)).run(release())
    expected = {"gate": "freeze", "answer": "open", "note": "not frozen", "who": "ada", "release": release().name}
    assert ["asked", "begin"] == ledger.kinds[:2]
    assert expected.items() <= ledger.entries[0].facts.items()
    assert ["freeze"] == [each.gate for each in told.events if isinstance(each, GateAsked)]


@dataclass(frozen=True)
class Broken:
    """A gate that cannot be asked."""

    error: Exception
    name: str = "freeze"

    def ask(self, _):
        raise self.error


@pytest.mark.parametrize(
    ("gate", "error", "says"),
    [
        (AlwaysGate(answer=Shut(note="1 failed")), TurnedBack, "2.0 does not set out for staging: 1 failed"),
        (Broken(KeyError("windows")), TurnedBack, "2.0 does not set out for staging: freeze cannot be asked: KeyError"),
        (Broken(Interrupted("Ctrl-C.")), Interrupted, "Ctrl-C."),
        (AlwaysGate(answer=Wait(note="until Monday", todo="wait")), Waiting, r"2.0 waits for smoke \(until Monday\)"),
    ],
)
def test_gate_before_that_is_not_open(gate, error, says):
    """A gate that is shut, waits or cannot be asked keeps the release from setting out: nothing is made."""
    place, ledger = place_with(), FakeLedger()
    with pytest.raises(error, match=says):
        rollout(place, ledger=ledger, before=(gate,)).run(release())
    assert ([], "", False) == (place.asked, ledger.holder, "begin" in ledger.kinds)
