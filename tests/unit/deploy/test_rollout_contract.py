"""Databases: expanded before the new release starts, contracted when nothing older runs; no way back across that."""

import contextlib
from functools import partial
from threading import Event as Flag

import pytest
from fakes import Fault, place_with, release
from test_standing import begin, journal, live
from ways import FOUR, WAYS, Scene, instants, killed, scene

from twinrail.deploy.databases import check_bridge, check_contract
from twinrail.deploy.moves import Hold
from twinrail.deploy.standing import lives
from twinrail.deploy.terms import Terms, write_terms
from twinrail.project.strategies import Strategy
from twinrail.system.errors import Interrupted, MoveFailed, PlanRefused

ONE, TWO, THREE = (release(version).name for version in ("1.0", "2.0", "3.0"))


def contract(way, there: Scene, version="2.0", **more):
    return there.rollout(way, contract=True, **more).run(release(version))


def failed(way=WAYS["rolling"], replicas=2) -> Scene:
    """A place where 2.0 has taken over and its contraction went wrong."""
    there = scene("1.0", replicas=replicas)
    moves = there.rollout(way, contract=True).plan(release("2.0")).moves
    last = sum(not isinstance(move, Hold) for move in moves)
    there.place.faults = (Fault(at=last, when="half"),)
    with pytest.raises(MoveFailed) as error:
        contract(way, there)
    assert error.value.what == f"2.0 serves all traffic, and is not done: contract to {TWO} went wrong."
    assert error.value.why == "Its database may have been contracted, so no way leads back."
    assert error.value.todo == "Mend it, then go on:  nox -s resume -- staging"
    return there.twin()


@pytest.mark.parametrize("name", [*FOUR, "blue-green, standby"])
def test_contracted_at_the_very_end(name):
    """Nothing older runs when the database is contracted, and that is the last move; the journal says so."""
    there = scene("1.0", replicas=2)
    contract(WAYS[name], there)
    assert there.whole(TWO)
    assert [f"expand {ONE}", f"expand {TWO}", f"contract {TWO}"] == there.place.database
    assert [(True, False), (True, True)] == [(each.expanded, each.contracted) for each in lives(there.ledger.entries)]


def test_contraction_that_fails():
    """The new release serves on, alone, and nothing is taken back."""
    there = failed()
    assert there.whole(TWO)
    assert "back" not in there.ledger.kinds


def test_only_resume_leads_on():
    """Until the contraction has succeeded no other release sets out, and no way leads back; `resume` goes on."""
    there = failed()
    shown = there.shown
    for attempt in (
        lambda: there.rollout(WAYS["canary"]).run(release("3.0")),
        lambda: there.rollout(WAYS["canary"]).run(release("2.0")),
        lambda: there.rollout(WAYS["canary"]).take_back("rolled back by hand"),
        lambda: there.back().run(release("1.0")),
    ):
        with pytest.raises(PlanRefused) as refused:
            attempt()
        assert refused.value.what == ("2.0 is unfinished, and the database was contracted for it: no way leads back.")
        assert refused.value.why == "1.0 could not run with what is left."
        assert refused.value.todo == "Bring it to its end:  nox -s resume -- staging"
        assert (shown, []) == (there.shown, there.place.asked)
    there.rollout(WAYS["rolling"]).resume()
    assert [f"contract to {TWO}"] == there.place.asked[:1]
    assert (True, True) == (there.whole(TWO), lives(there.ledger.entries)[-1].contracted)


@pytest.mark.parametrize(("last", "ends"), [(f"stop {ONE}", ONE), (f"contract to {TWO}", TWO)])
def test_interrupted_over_the_contraction(last, ends):
    """Ctrl-C before it leads back, as the old release can still run; Ctrl-C in it changes nothing any more."""
    there, flag = scene("1.0", replicas=2), Flag()
    there.place.after_each = lambda _: flag.set() if there.place.asked[-1] == last else None
    with pytest.raises(Interrupted) if ends == ONE else contextlib.nullcontext():
        contract(WAYS["blue-green"], there, interrupted=flag)
    assert there.whole(ends)


@pytest.mark.parametrize("name", [*FOUR, "blue-green, standby"])
def test_killed_at_every_instant(name):
    """Whenever a deployer is killed, `resume` ends with the new release alone and the database contracted once."""
    way, before = WAYS[name], scene("1.0", replicas=2)
    number = instants(before, partial(contract, way))
    for instant in range(2, number + 1):
        there = killed(before, instant, partial(contract, way))
        left = there.twin()
        left.rollout(way).resume()
        assert left.whole(TWO)
        assert f"contract {TWO}" == left.place.database[-1]
        fresh = there.twin()
        shown = fresh.shown
        try:
            assert fresh.rollout(way).run(release("3.0")).old in {ONE, TWO}
        except PlanRefused:
            assert (shown, []) == (fresh.shown, fresh.place.asked)
            assert instant > number - 7  # from the entry before the contraction on


def test_no_rollback_across_a_contraction():
    """A rollback across it is refused with the reason; forth and back on this side of it is free."""
    there = scene("1.0", replicas=2)
    contract(WAYS["canary"], there)
    with pytest.raises(PlanRefused) as refused:
        there.back().run(release("1.0"))
    assert "No way leads back to 1.0 in staging: the database was contracted for 2.0." == refused.value.what
    assert "What 1.0 needs there may be gone." == refused.value.why
    assert there.whole(TWO)
    there = there.twin()
    there.rollout(WAYS["canary"]).run(release("3.0"))
    there.back().run(release("2.0"))
    assert there.whole(TWO)


def test_turned_back_beside_a_contraction():
    """What was contracted for the release before hinders no way back to it."""
    there = scene("1.0", replicas=2)
    contract(WAYS["canary"], there)
    there = there.twin()
    there.place.faults = (Fault(at=5),)
    with pytest.raises(Exception, match="turned back"):
        there.rollout(WAYS["canary"]).run(release("3.0"))
    assert there.whole(TWO)


EXPANDED = {"expanded": True}
RULES = {
    "first release of an environment": ("2.0", "", (), ""),
    "after one that was expanded for": ("2.0", "1.0", (live("1.0", **EXPANDED),), ""),
    "after one that was expanded for, and all was stopped": ("2.0", "", (live("1.0", **EXPANDED), ("down", {})), ""),
    "after one that was expanded for at last": ("2.0", "1.0", (live("1.0"), live("1.0", **EXPANDED)), ""),
    "once more": ("2.0", "2.0", (live("1.0", **EXPANDED), live("2.0", contracted=True)), ""),
    "after one that was turned back": (
        "3.0",
        "1.0",
        (live("1.0", **EXPANDED), begin("2.0", "1.0"), ("turned back", {})),
        "",
    ),
    "after one that was not expanded for": (
        "2.0",
        "1.0",
        (live("1.0"),),
        "1.0, which is live there, did not expand it",
    ),
    "after one of which nothing is known": ("2.0", "1.0", (), "1.0, which is live there, did not expand it"),
    "of the release that is live": (
        "2.0",
        "2.0",
        (live("1.0", **EXPANDED), live("2.0", **EXPANDED)),
        "it is live there, and a way is to lead back from it",
    ),
    "after a rollback": (
        "3.0",
        "1.0",
        (live("1.0", **EXPANDED), live("2.0", **EXPANDED), live("1.0", rollback=True)),
        "1.0 is live there by a rollback, and may need what would go",
    ),
}


UP, CLOSE = ("shop", "up"), ("shop", "close")
AT_ONCE = {
    "contract is new, migrate stays": (UP, (), UP, CLOSE, ""),
    "contract changed, migrate stays": (UP, ("shop", "close-1"), UP, CLOSE, ""),
    "nothing is expanded any more": (UP, CLOSE, (), CLOSE, ""),
    "contract stayed": (
        UP,
        CLOSE,
        UP,
        CLOSE,
        "it would expand it too, and 1.0, which is live there, named that contract already",
    ),
    "migrate changed": (
        ("shop", "up-1"),
        (),
        UP,
        CLOSE,
        "it would expand it too, by a command that 1.0, which is live there, did not run",
    ),
}


def terms(migrate, contract):
    return Terms(strategy=Strategy(), analysis=None, replicas=1, migrate=migrate, contract=contract)


@pytest.mark.parametrize("name", AT_ONCE)
def test_expanded_and_contracted_at_once(name):
    """A rollout that does both is refused beside a live release, unless `contract` alone is new since that one."""
    *commands, says = AT_ONCE[name]
    before, now = terms(*commands[:2]), terms(*commands[2:])
    told = journal(begin("1.0", "", settings=write_terms(before)), live("1.0", **EXPANDED))
    with pytest.raises(PlanRefused) if says else contextlib.nullcontext() as refused:
        check_contract(release("2.0"), ONE, told, "staging", now)
    if says:
        assert f"2.0 cannot contract the database of staging: {says}." == refused.value.what
        assert "contract with the next" in refused.value.todo
    check_contract(release("2.0"), "", told, "staging", now)  # nothing is live: nothing older runs


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"settings": None},
        {"settings": {"strategy": "x"}},
        {"release": TWO, "settings": write_terms(terms(UP, CLOSE))},
    ],
)
def test_expanded_and_contracted_where_the_journal_says_less(facts):
    """Where it is not known what the live release ran, that it was expanded for is enough."""
    told = journal(begin("1.0", "", **facts), live("1.0", **EXPANDED))
    check_contract(release("2.0"), ONE, told, "staging", terms(UP, CLOSE))


def test_contracted_one_release_later():
    """With a `migrate` that stays, every second release may contract: the one between names no `contract`."""
    there, with_contract = scene("1.0"), {"contract": True, "terms": terms(UP, CLOSE)}
    there.rollout(WAYS["rolling"], terms=terms(UP, ())).run(release("2.0"))
    there.rollout(WAYS["rolling"], **with_contract).run(release("3.0"))
    with pytest.raises(PlanRefused, match=r"4\.0 cannot contract .* 3\.0, which is live there, named that contract"):
        there.rollout(WAYS["rolling"], **with_contract).run(release("4.0"))
    there.rollout(WAYS["rolling"], terms=terms(UP, ())).run(release("4.0"))
    there.rollout(WAYS["rolling"], **with_contract).run(release("5.0"))
    assert [f"contract {release(each).name}" for each in ("3.0", "5.0")] == [
        each for each in there.place.database if each.startswith("contract")
    ]


@pytest.mark.parametrize("name", RULES)
def test_when_it_may_be_contracted(name):
    """One release expands and a later one contracts, as far as the journal knows: else the plan is refused."""
    version, there, told, says = RULES[name]
    with pytest.raises(PlanRefused) if says else contextlib.nullcontext() as refused:
        check_contract(release(version), release(there).name if there else "", journal(*told), "staging")
    if says:
        assert f"{version} cannot contract the database of staging: {says}." == refused.value.what


def test_refused_before_the_first_move():
    """A plan that contracts too early is refused before a lease is taken."""
    there = Scene(place_with("1.0-10000000"), scene().ledger, 1)
    with pytest.raises(PlanRefused):
        contract(WAYS["rolling"], there)
    assert ([], [], 0) == (there.place.asked, there.ledger.entries, there.ledger.number)


def test_bridge():
    """A way leads back to each release that was live after the last contraction, that one's among them."""
    entries = journal(live("1.0"), live("2.0", contracted=True), live("3.0"))
    check_bridge(release("2.0"), entries, "staging")
    with pytest.raises(PlanRefused, match=r"the database was contracted for 2\.0"):
        check_bridge(release("1.0"), entries, "staging")
