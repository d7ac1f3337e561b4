"""Plans in words, all of them golden: what a person reads before anything is done."""

from dataclasses import replace

import pytest
from fakes import NEW, OLD, place_with, release
from ways import WAYS

from golden_files import check
from twinrail.deploy.moves import Bring, Hold, Migrate, Prune, Rule, Shift, Start, Steer, Stop
from twinrail.deploy.plans import make_plan
from twinrail.deploy.strategies.back import Back
from twinrail.deploy.strategies.blue_green import BlueGreen
from twinrail.deploy.strategies.canary import Canary
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.deploy.telling import Limits, Step, say, tell_plan, tell_retreat

LIMITS = Limits(start=60.0, drain=30.0)
GATES = {
    "step": "errors and latency against 1.0",
    "arrived": "smoke tests",
    "end": "until somebody ends it: twinrail resume staging --end",
}
SPARE = "0.9-90000000"


def plan_of(way, old=OLD, *, name="any", replicas=3, there=3, spare=0, **more):
    place = place_with(old, replicas=there)
    place.instances |= {SPARE: spare} if spare else {}
    return make_plan(name, way, place.state(), release("2.0"), replicas=replicas, **more)


PLANS = {
    **{f"{name}, 3 replicas": plan_of(way) for name, way in WAYS.items()},
    "the first release": plan_of(WAYS["canary"], ""),
    "the release that is live, with one replica more": plan_of(WAYS["rolling"], NEW, there=2),
    "the release that is live, with one replica fewer": plan_of(WAYS["rolling"], NEW, there=4),
    "the release that is live, as it is": plan_of(WAYS["blue-green"], NEW),
    "from 2 replicas to 4": plan_of(Rolling(), replicas=4, there=2),
    "from 4 replicas to 1": plan_of(Rolling(), replicas=1, there=4),
    "while another stands by": plan_of(BlueGreen(standby=True), spare=3),
    "with a contraction": plan_of(BlueGreen(standby=True), contract=True),
    "without a database": plan_of(Rolling(), expand=False),
    "the way back": plan_of(Back(bake=5.0)),
    "a long hold": plan_of(Canary(weights=(50.0,), hold=5400.0)),
}


def told(title, plan, gates=GATES):
    lines = [f"{number:>4}  {step.verb:<8} {step.what:<36}{step.note}".rstrip() for number, step in enumerate(
        tell_plan(plan, LIMITS, gates), 1)]  # fmt: skip
    return "\n".join([title, *lines, f"  if anything fails  {tell_retreat(plan)}"])


def test_golden_plans():
    """Every strategy with typical options, from and to any number of replicas, reads as a table and its way back."""
    check("plans/told.txt", "\n\n".join(told(title, plan) for title, plan in PLANS.items()) + "\n")


@pytest.mark.parametrize("title", PLANS)
def test_only_what_is_done_is_told(title):
    """A plan tells each move that changes something, and each hold that waits or at which a gate is asked."""
    plan = PLANS[title]
    silent = tell_plan(plan, LIMITS, {})
    assert all(step.note for step in silent if step.verb == "hold")
    told = [step for step in tell_plan(plan, LIMITS, GATES) if step.verb != "keep"]
    assert len([step for step in silent if step.verb != "keep"]) <= len(told) <= len(plan.moves)
    assert [step.what for step in silent if step.verb == "bring"] == ["w-2.0.whl"]
    assert not [step for step in silent if "× 0" in step.what or "× -" in step.what]


def test_no_drain():
    """Where an instance is ended at once, no drain is told."""
    (stop,) = [step for step in tell_plan(PLANS["the way back"], replace(LIMITS, drain=0.0), {}) if step.verb == "stop"]
    assert Step(verb="stop", what="1.0 × 3") == stop


@pytest.mark.parametrize(
    ("move", "says"),
    [
        (Bring(release()), "bring w-2.0.whl"),
        (Migrate(NEW), "migrate to 2.0"),
        (Migrate(NEW, "contract"), "contract to 2.0"),
        (Start(NEW, 2), "start 2.0 × 2"),
        (Shift({OLD: 200 / 3, NEW: 100 / 3}), "shift 1.0 66.7 % · 2.0 33.3 %"),
        (Shift({}), "shift nobody"),
        (Steer(), "steer nobody any more"),
        (Steer(release=NEW, hashed=True), "steer each person always to the same release, by a hash of the address"),
        (
            Steer(release=NEW, sticky="twinrail-1a"),
            "steer each person always to the same release, by the cookie twinrail-1a",
        ),
        (
            Steer(
                release=NEW, rules=(Rule(kind="header", name="A", value="b"), Rule(kind="cookie", name="c", value="d"))
            ),
            "steer 2.0 for header A: b or cookie c=d",
        ),
        (Hold(NEW, "bake", 5.0), "hold 5 s"),
        (Hold(NEW), "hold"),
        (Stop(OLD), "stop 1.0"),
        (Stop(OLD, 2), "stop 1.0 down to 2"),
        (Prune((NEW,)), "prune old releases"),
    ],
)
def test_moves_on_the_screen(move, says):
    """Each move is said in a few words, releases by their versions."""
    assert says == say(move)
