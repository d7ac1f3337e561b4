"""Plans: what a target cannot make is refused before the first move, with what it could make instead."""

import pytest
from fakes import ALL_MOVES, NEW, OLD, FakeLedger, place_with, release, rollout
from messages import said
from ways import FOUR, WAYS

from golden_files import check
from twinrail.deploy.moves import Bring, Hold, Migrate, Prune, Roll, Shift, Start, Steer, Stop
from twinrail.deploy.plans import Plan, as_plan, check_plan, make_plan
from twinrail.deploy.standing import unfinished
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.system.errors import PlanRefused

OTHERS = {name: WAYS[name] for name in FOUR}
LACKS = {
    "people cannot be told apart": ("canary", {Steer}),
    "there are no weights": ("ab by cookie", {Shift, Steer}),
    "there is no database": ("rolling", {Migrate}),
    "nothing can be stopped": ("blue-green", {Stop, Start}),
}


def plan_of(name="canary", old=OLD, **more):
    return make_plan(name, WAYS[name], place_with(old).state(), release("2.0"), replicas=2, **more)


def refused(attempt) -> PlanRefused:
    with pytest.raises(PlanRefused) as error:
        attempt()
    return error.value


def test_refusals(tmp_path):
    """Each refusal names what the target cannot do, which strategy asks for it, and which ones could be made."""
    texts = []
    for title, (name, missing) in LACKS.items():
        place, ledger = place_with(moves=ALL_MOVES - missing), FakeLedger()
        one = rollout(place, ledger=ledger, strategy=WAYS[name], name=name, others=OTHERS)
        texts.append(f"{title}\n{said(refused(lambda one=one: one.run(release())), tmp_path)}")
        assert ([], [], 0) == (place.asked, ledger.entries, ledger.number)
    no_step = rollout(place_with(), strategy=Rolling(surge=0, unavailable=1))
    texts.append(f"no first step\n{said(refused(lambda: no_step.run(release())), tmp_path)}")
    check("deploy/rollout/refused.txt", "".join(texts))


def test_what_is_not_needed_is_not_missed():
    """A target that cannot migrate serves a project without a database, and one that cannot steer all but two ways."""
    target = place_with(moves=ALL_MOVES - {Migrate, Steer})
    check_plan(plan_of("rolling", expand=False), target, {})
    check_plan(plan_of("canary without a preview", expand=False), target, {})
    error = refused(lambda: check_plan(plan_of("canary", expand=False), target, OTHERS))
    assert "It could make rolling or blue-green instead." == error.why


def test_contraction_needs_migrations():
    """Where the database is to be contracted no strategy helps a target that cannot migrate."""
    target = place_with(moves=ALL_MOVES - {Migrate})
    error = refused(lambda: check_plan(plan_of("rolling", expand=False, contract=True), target, OTHERS))
    assert "It can make no other strategy either." == error.why


def test_strategy_that_finds_no_way_is_none():
    """A strategy that refuses to plan is not offered instead."""
    others = {"rolling": Rolling(surge=0), "canary without a preview": WAYS["canary without a preview"]}
    error = refused(lambda: check_plan(plan_of(), place_with(moves=ALL_MOVES - {Steer}), others))
    assert "It could make canary without a preview instead." == error.why


def test_plan_after_what_is_unfinished():
    """What would be done next is told as it would be once the unfinished rollout was taken back."""
    place, ledger = place_with(replicas=2), FakeLedger()
    place.after_each = lambda number: _die() if number == 4 else None
    with pytest.raises(KeyboardInterrupt):
        rollout(place, ledger=ledger, replicas=2, strategy=WAYS["canary"]).run(release())
    assert place.steering.release
    plan = rollout(place, ledger=ledger, replicas=2, strategy=WAYS["blue-green"]).plan(release("3.0"))
    assert (OLD, {OLD: 2}) == (plan.old, plan.instances)
    assert "2.0" not in str(plan.moves)


def _die():
    raise KeyboardInterrupt


def test_shown():
    """What the place shows is known after each move."""
    plan = Plan(
        old=OLD,
        release=release(),
        strategy="any",
        replicas=1,
        instances={OLD: 3},
        moves=(
            Bring(release()),
            Start(NEW, 2),
            Start(NEW, 1),
            Steer(release=NEW, hashed=True),
            Shift({OLD: 100.0, NEW: 0.0}),
            Hold(NEW),
            Stop(OLD, 1),
            Stop(OLD),
            Stop("0.9-9"),
            Prune((NEW,)),
        ),
    )
    seen = [plan.shown(number) for number in range(11)]
    assert [({OLD: 3}, {OLD: 100.0})] * 2 == [(each.instances, each.shares) for each in seen[:2]]
    assert [{OLD: 3, NEW: 2}] * 5 == [each.instances for each in seen[2:7]]
    assert [{OLD: 1, NEW: 2}, {NEW: 2}, {NEW: 2}, {NEW: 2}] == [each.instances for each in seen[7:]]
    assert ["", NEW] == [each.steering.release for each in seen[3:5]]
    assert {OLD: 100.0} == seen[-1].shares


def test_shown_where_instances_are_replaced():
    """What is rolled takes the place and the traffic of what it was, beside those that were started before."""
    moves = (Start(NEW, 1), Roll(OLD, NEW), Roll(OLD, NEW))
    plan = Plan(old=OLD, release=release(), strategy="any", replicas=3, instances={OLD: 3}, moves=moves)
    assert ({NEW: 4}, {NEW: 100.0}) == (plan.shown(2).instances, plan.shown(2).shares) == (
        plan.shown(3).instances, plan.shown(3).shares
    )  # fmt: skip
    assert Roll(NEW, OLD, former=True) == plan.retreat[0]


def test_plan_of_an_unfinished_rollout():
    """The plan of another deployer is the one that it had made."""
    place, ledger = place_with(), FakeLedger()
    place.after_each = lambda number: _die() if number == 3 else None
    one = rollout(place, ledger=ledger, strategy=WAYS["ab by cookie"], name="ab")
    plan = one.plan(release())
    with pytest.raises(KeyboardInterrupt):
        one.run(release())
    assert plan == as_plan(unfinished(ledger.entries))
