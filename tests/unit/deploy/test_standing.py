"""Where an environment stands by its journal: what is unfinished, live, before that, and what must be kept."""

import pytest
from fakes import release
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import WAYS, Scene, killed, scene

from twinrail.deploy.interface import Entry
from twinrail.deploy.moves import Bring, Migrate, Shift, Start
from twinrail.deploy.standing import (
    contracted_since,
    kept,
    live_now,
    lives,
    previous,
    rolled_back,
    unfinished,
)
from twinrail.deploy.terms import Terms, write_terms
from twinrail.deploy.written import write_move, write_release
from twinrail.project.strategies import Analysis, Strategy
from twinrail.system.errors import LedgerError, TwinrailError


def journal(*told):
    """Entries of those kinds with those facts."""
    return tuple(
        Entry(number=number, time=0.0, kind=kind, facts=facts, fence=1, hash="")
        for number, (kind, facts) in enumerate(told, 1)
    )


def live(version, **facts):
    return "live", {"release": release(version).name, "what": write_release(release(version)), **facts}


def begin(version="2.0", old="1.0", **facts):
    made = release(version)
    plan = [Bring(made), Migrate(made.name), Start(made.name, 1), Shift({made.name: 100.0})]
    told = {
        "release": made.name,
        "what": write_release(made),
        "plan": [write_move(move) for move in plan],
        "replicas": 2,
        "strategy": "rolling",
        "instances": {release(old).name: 3} if old else {},
        "rollback": False,
    }
    return "begin", {**told, "old": release(old).name if old else "", **facts}


def step(kind, number, *, back=False):
    return kind, {"number": number, "move": "any", "back": back}


def name_of(found):
    return found.name if found else ""


def test_nothing_was_ever_done():
    """An empty journal knows of nothing."""
    assert (None, (), None, None, ()) == (unfinished(()), lives(()), live_now(()), previous(()), kept((), 3))
    assert rolled_back(()) is None


@pytest.mark.parametrize("end", ["live", "turned back", "down"])
def test_what_has_ended_is_not_unfinished(end):
    """A rollout ends with its release live, turned back, or with everything stopped."""
    facts = live("2.0")[1]
    assert unfinished(journal(begin(), step("move", 1), (end, facts))) is None
    assert unfinished(journal((end, facts))) is None


def test_how_far_it_came():
    """What was begun and what was made are told apart; an earlier rollout's moves do not count."""
    earlier = [begin("1.0", ""), *(step(kind, number) for number in range(1, 5) for kind in ("move", "made"))]
    left = unfinished(journal(*earlier, live("1.0"), begin(), step("move", 1), step("made", 1), step("move", 2)))
    assert (1, 2, "", "", False) == (left.done, left.begun, left.back, left.paused, left.contracted)
    assert (release("1.0").name, release("2.0"), 2) == (left.old, left.release, left.replicas)
    assert ({release("1.0").name: 3}, False, "rolling") == (left.instances, left.rollback, left.strategy)
    assert [Bring, Migrate, Start, Shift] == [type(move) for move in left.plan]


def test_moves_made_anew_do_not_count():
    """What was made again to catch up has the number 0 and leaves the count as it was."""
    left = unfinished(journal(begin(), step("move", 3), step("made", 3), step("move", 0), step("made", 0)))
    assert (3, 3) == (left.done, left.begun)


def test_on_the_way_back():
    """The reason of a way back is kept, and its moves are not taken for those of the plan."""
    back = [("back", {"why": "smoke: 1 failed"}), step("move", 4, back=True), step("made", 4, back=True)]
    left = unfinished(journal(begin(), step("move", 1), *back))
    assert ("smoke: 1 failed", 0, 1) == (left.back, left.done, left.begun)


@pytest.mark.parametrize("kind", ["approved", "asked", "unlocked", "of a later version"])
def test_paused(kind):
    """A rollout that waits is paused until it goes on, whatever else is written down meanwhile."""
    waits = [begin(), step("move", 1), ("paused", {"why": "experiment: until Monday", "todo": ""})]
    assert "experiment: until Monday" == unfinished(journal(*waits, (kind, {}))).paused
    assert "" == unfinished(journal(*waits, step("move", 1))).paused
    assert "" == unfinished(journal(*waits, ("back", {"why": "by hand"}))).paused


@pytest.mark.parametrize(("begun", "expected"), [(1, False), (2, True)])
def test_contracted(begun, expected):
    """From the moment at which the contraction was begun there is no way back."""
    plan = [write_move(Bring(release())), write_move(Migrate(release().name, "contract"))]
    assert expected == unfinished(journal(begin(plan=plan), step("move", begun))).contracted


def test_terms():
    """The settings that it set out with are known; entries of an earlier version do not say."""
    terms = Terms(strategy=Strategy(name="canary"), analysis=Analysis(), replicas=2, migrate=("shop", "migrate"))
    assert terms == unfinished(journal(begin(settings=write_terms(terms)))).terms
    assert unfinished(journal(begin(settings=None))).terms is None
    assert unfinished(journal(begin())).terms is None


def test_entries_that_say_less():
    """A beginning of an earlier version says less: without its plan it can only be taken back."""
    (_, facts) = begin()
    less = {name: facts[name] for name in ("release", "old")}
    left = unfinished(journal(("begin", less)))
    assert (release("1.0").name, release("2.0").name, "2.0") == (left.old, left.release.name, left.release.version)
    assert ((), 1, {release("1.0").name: 1}) == (left.plan, left.replicas, left.instances)
    assert "its plan was not written down" == left.back
    assert {} == unfinished(journal(("begin", {**less, "old": ""}))).instances
    assert lives(journal(("live", {"release": "1.0-x", "what": {"version": 1}})))[0].what is None
    (found,) = lives(journal(("live", {"release": "1.0-x"})))
    assert (None, "1.0-x", "", False, False, False) == (
        found.what,
        found.name,
        found.old,
        found.rollback,
        found.expanded,
        found.contracted,
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"old": ""},
        {"release": "2.0-x", "old": "", "replicas": "two"},
        {"release": "2.0-x", "old": "", "plan": [{"kind": "teleport"}]},
        {"release": "2.0-x", "old": "", "plan": [{"kind": "start", "release": "2.0-x"}]},
        {"release": "2.0-x", "old": "", "what": {"version": 2}},
        {"release": "2.0-x", "old": "", "settings": {"strategy": "rolling"}},
    ],
)
def test_what_cannot_be_read(facts):
    """A beginning that another version wrote is told as such, not as a crash."""
    with pytest.raises(LedgerError, match=r"of the unfinished rollout \(entry 1\) cannot be read"):
        unfinished(journal(("begin", facts)))


def test_live_now():
    """The last release that reached all traffic, until everything was stopped; what was turned back never was."""
    entries = journal(live("1.0"), live("2.0"), begin("3.0", "2.0"), ("turned back", {"release": release("3.0").name}))
    assert release("2.0") == live_now(entries).what
    assert live_now((*entries, *journal(("down", {})))) is None


@pytest.mark.parametrize(
    ("history", "before", "by"),
    [
        ("1", "", ""),
        ("12", "1", ""),
        ("1223", "2", ""),
        ("122", "1", ""),
        ("12<1", "", "2"),
        ("12<11", "", "2"),
        ("12<13", "1", ""),
        ("123<2", "", "3"),
        ("123<24", "2", ""),
        ("123<1", "", "3"),
        ("12x3", "2", ""),
        ("12x", "1", ""),
    ],
)
def test_previous(history, before, by):
    """The last other release that was healthy at 100 %; from one that came by a rollback back would be forth.

    A history is told by versions; `<` means that the next came by a rollback, `x` that another was turned back.
    """
    told, rollback, last = [], False, ""
    for each in history:
        if each == "x":
            told += [begin("9.0", "1.0"), ("turned back", {"release": release("9.0").name})]
        elif each != "<":
            told.append(live(f"{each}.0", rollback=rollback, old=last))
            last = release(f"{each}.0").name
        rollback = each == "<"
    found, back = previous(journal(*told)), rolled_back(journal(*told))
    assert (release(f"{before}.0").name if before else "") == name_of(found)
    assert (release(f"{by}.0").name if by else "") == (back.old if back else "")


def test_contracted_since():
    """The first release for which the database was contracted after another was live last."""
    entries = journal(live("1.0"), live("2.0"), live("3.0", contracted=True), live("4.0"), live("5.0", contracted=True))
    names = [contracted_since(entries, release(f"{number}.0").name) for number in range(1, 6)]
    assert [release(f"{number}.0").name if number else "" for number in (3, 3, 5, 5, 0)] == names
    assert release("3.0").name == contracted_since(entries, "0.9-never")
    assert "" == contracted_since(journal(*[live("3.0", contracted=True)] * 2, live("1.0")), release("1.0").name)


def test_kept():
    """The releases that were live last are kept, each counted once, newest first."""
    entries = journal(*(live(version) for version in ("1.0", "2.0", "3.0", "2.0", "4.0")))
    assert tuple(release(version).name for version in ("4.0", "2.0", "3.0")) == kept(entries, 3)


STEPS = st.lists(st.tuples(st.sampled_from(["deploy", "fail", "kill", "back", "to"]), st.integers(0, 6)), max_size=14)


@given(STEPS, st.integers(2, 4), st.sampled_from(["rolling", "blue-green, standby", "canary"]))
@settings(max_examples=60, deadline=None)
def test_a_way_back_is_always_kept(steps, keep, way):
    """After any history of deploys, failures, deaths and rollbacks the previous release stands ready at the place."""
    there, number = scene("1.0", way=WAYS[way]), 1
    for step_, choice in steps:
        number += 1
        there = _one(there, step_, choice, way=WAYS[way], new=release(f"{number}.0"), keep=keep)
        entries = there.ledger.entries
        assert {live_now(entries).name: 100.0} == there.place.shares
        assert {*kept(entries, keep)} <= there.place.ready
        assert not previous(entries) or previous(entries).name in there.place.ready
        assert there.tidy


def _one(there: Scene, step_, choice, *, way, new, keep) -> Scene:
    entries = there.ledger.entries
    if step_ in {"back", "to"}:
        past = [each.what for each in lives(entries) if each.name in kept(entries, keep)]
        wanted = previous(entries).what if step_ == "back" and previous(entries) else past[choice % len(past)]
        there.back(keep=keep).run(wanted)
        return there.twin()
    if step_ == "kill":
        left = killed(there, 1 + choice, lambda dying: dying.rollout(way, keep=keep).run(new))
        left.rollout(way, keep=keep).take_back("rolled back by hand")
        return left.twin()
    if step_ == "fail":
        there.place.after_each = lambda made: _fail() if made == 3 + choice % 3 else None
    try:
        there.rollout(way, keep=keep).run(new)
    except TwinrailError:
        assert step_ == "fail"
    return there.twin()


def _fail():
    raise OSError(5, "I/O error")
