"""What a deploy would do, told before: nothing is started, asked of people, or written down."""

import json
from dataclasses import replace

import pytest
from fakes import NEW, OLD, place_with, release

from golden_files import check
from twinrail.cli.plan import _data, told
from twinrail.deploy import foresight
from twinrail.deploy.environments import open_place
from twinrail.deploy.foresight import Foresight, foresee
from twinrail.deploy.interface import Open, Shut, Wait
from twinrail.deploy.launch import live_steps, refuse_steps, rollout_of
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.moves import Bring, Hold, Migrate, Shift, Start, Stop
from twinrail.deploy.plans import make_plan
from twinrail.deploy.standing import Unfinished
from twinrail.deploy.strategies.canary import Canary
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.deploy.telling import Limits, tell_plan, tell_retreat
from twinrail.deploy.terms import Terms
from twinrail.project.environments import Approval, Environment, Performance, Strategy
from twinrail.project.settings import Service
from twinrail.project.strategies import Analysis
from twinrail.system.errors import PlanRefused, UsageError

ANSWERS = (
    ("receipt", Open(note="2.0-20000000 was healthy in staging (run 20261122-2014)")),
    ("freeze", Shut(note="frozen until Mon 08:00 Europe/Berlin")),
    ("approval", Wait(note="1 of 2 agreed", todo="twinrail production --approve production")),
)


def plan_of(strategy, name, old=OLD):
    """A plan of three instances, from what is live to 2.0."""
    return make_plan(name, strategy, place_with(old, replicas=3).state(), release(), replicas=3)


def seen(plan, *, built=True, gates=None, left=None):
    """What is foreseen of a plan."""
    limits = Limits(start=60.0, drain=30.0)
    return Foresight(
        environment="production",
        target="process",
        plan=plan,
        before=ANSWERS,
        steps=tell_plan(plan, limits, gates or {}),
        retreat=tell_retreat(plan),
        built=built,
        unfinished=left,
    )


def test_plan_reads_as_a_table():
    """A plan names the moves, what is asked where it holds, what stands before it, and the way back."""
    gates = {"step": "errors and latency against 1.0, 1,000 probes a side", "arrived": "a load of 20 users for 30.0 s"}
    there = seen(plan_of(Canary(weights=(5.0, 50.0), bake=5.0), "canary"), gates=gates)
    first = seen(plan_of(Rolling(), "rolling", old=""), built=False)
    texts = ["\n".join(line.plain for line in told(each)) for each in (there, first)]
    check("deploy/plan.txt", "\n\n\n".join(texts) + "\n")


def test_plan_for_a_program():
    """As JSON a plan holds the gates' answers and every move, with the way back."""
    data = json.loads(json.dumps(_data(seen(plan_of(Rolling(), "rolling")))))
    assert ["open", "shut", "wait"] == [each["answer"] for each in data["before"]]
    assert (OLD, NEW, "rolling", True) == (data["old"], data["new"], data["strategy"], data["built"])
    assert {"kind": "start", "release": NEW, "count": 1, "former": False} in data["moves"]
    assert {"kind": "shift", "shares": {OLD: 100.0}} in data["retreat"]
    assert {"kind": "start", "release": OLD, "count": 3, "former": True} in data["retreat"]


def left_on_its_way(version="1.9", *, move=Migrate, **more):
    """A rollout that has not ended, of five moves of which two were made and a third was begun."""
    made = release(version)
    plan = (Bring(made), Start(made.name, 1), move(made.name), Shift({made.name: 100.0}), Stop(OLD))
    usual = {"old": OLD, "release": made, "plan": plan, "done": 2, "begun": 3, "replicas": 1, "instances": {OLD: 1}}
    return Unfinished(**usual | more)


def contraction(name):
    return Migrate(name, "contract")


LEFT = {
    "another one waits": (left_on_its_way(paused="experiment: until Monday"), "taken back"),
    "this one waits": (left_on_its_way("2.0", paused="experiment: until Monday"), "goes on"),
    "this one's deployer died": (left_on_its_way("2.0"), "taken back"),
    "it was on its way back": (left_on_its_way(back="/readyz answered 500."), "taken back"),
    "it was a way back itself": (left_on_its_way(rollback=True), "taken back"),
    "it was contracted for": (left_on_its_way(move=contraction), "refused"),
}


def test_what_is_unfinished_is_told_first():
    """A plan begins with what has not ended there, and with what a deploy does about it; a program reads the same."""
    texts = []
    for title, (left, fate) in LEFT.items():
        there = seen(plan_of(Rolling(), "rolling"), left=left)
        first, blank, *rest = [line.plain for line in told(there)]
        texts.append(f"{title}\n{first}\n")
        assert ("", [line.plain for line in told(seen(plan_of(Rolling(), "rolling")))]) == (blank, rest)
        data = json.loads(json.dumps(_data(there)))["unfinished"]
        assert (left.release.name, 2, 5, fate) == (data["release"], data["made"], data["moves"], data["deploy"])
        assert (left.paused, left.back, left.rollback, OLD) == (
            data["paused"],
            data["back"],
            data["rollback"],
            data["old"],
        )
    assert _data(seen(plan_of(Rolling(), "rolling")))["unfinished"] is None
    check("deploy/plan_unfinished.txt", "\n".join(texts))


def test_what_waits_is_planned_as_it_set_out(work, built):
    """Where a deploy would go on with what waits, its own plan is told with its own gates; else a new one."""
    there = built(work(staging=Environment(replicas=2)))
    object.__setattr__(there, "environment", "staging")
    made = foresee(there)
    assert None is made.unfinished
    new = made.plan.release
    terms = Terms(strategy=Strategy(name="ab", until="2126-06-01"), analysis=Analysis(requests=77), replicas=4)
    moves = (Bring(new), Start(new.name, 1), Hold(new.name, "end"), Shift({new.name: 100.0}))
    waits = replace(made.plan, old=OLD, moves=moves, strategy="ab", replicas=4)
    folder = there.project.state / "environments" / "staging"
    ledger = FileLedger(folder, run="7")
    fence = ledger.lease("ada", 60.0)
    book = Logbook(session="s", environment="staging", owner="ada", ledger=ledger, tell=lambda _: None, fence=fence)
    book.began(waits, rollback=False, terms=terms)
    book.write("paused", why="experiment: until 2126", todo="")
    ledger.give_back(fence)
    found = foresee(there)
    assert (waits, "goes on") == (found.plan, found.fate)
    assert "until 2126-06-01; errors and latency against 1.0, 77 probes a side" in str(
        [each.note for each in found.steps]
    )
    fence = ledger.lease("ada", 60.0)
    book = replace(book, fence=fence)
    book.began(waits, rollback=False, terms=terms)
    ledger.give_back(fence)
    again = foresee(there)
    assert ("rolling", "taken back") == (again.plan.strategy, again.fate)


def test_foreseen_where_nothing_was_built_or_live(work):
    """Of what was not built yet the name is guessed; nothing is recorded by looking, and nobody is asked."""
    asked = []
    production = Environment(replicas=2, approval=Approval())
    there = work(production=production)
    object.__setattr__(there, "environment", "production")
    object.__setattr__(there, "ask", asked.append)
    found = foresee(there)
    assert (False, "", "shopfront-1.4.0-py3-none-any.whl") == (found.built, found.plan.old, found.steps[0].what)
    assert ("freshness", "approval") == tuple(name for name, _ in found.before)
    assert ([], [], False) == (asked, there.events, (there.project.state / "environments").exists())


def test_built_release_is_named(work, built):
    """What was built is named as it would be deployed."""
    there = built(work(staging=Environment()))
    object.__setattr__(there, "environment", "staging")
    found = foresee(there)
    assert (True, "shopfront-1.4.0-py3-none-any.whl") == (found.built, found.plan.release.wheel.name)
    assert 64 == len(found.plan.release.digest.strip("0").ljust(64, "1"))


def test_unknown_environment(work):
    """An environment that is none is named, with a guess."""
    there = work(production=Environment())
    object.__setattr__(there, "environment", "prodution")
    with pytest.raises(UsageError, match=r'"prodution" is not an environment .* Did you mean "production"\?'):
        foresee(there)


@pytest.mark.parametrize(
    ("strategy", "more", "expected"),
    [
        (Strategy(name="rolling"), {}, {"end": "until somebody ends it: twinrail resume staging --end"}),
        (
            Strategy(name="rolling"),
            {"analysis": {"requests": 500}},
            {
                "arrived": "errors and latency against 1.0, 500 probes a side",
                "end": "until somebody ends it: twinrail resume staging --end",
            },
        ),
        (
            Strategy(name="ab", until="2026-12-01"),
            {"analysis": {"traffic": "live"}, "performance": Performance(users=20, duration="30s")},
            {
                "arrived": "a load of 20 users for 30.0 s",
                "end": "until 2026-12-01; errors and latency against 1.0, 1,000 people's requests a side; "
                "no traffic was seen yet: nobody knows how long that takes",
            },
        ),
    ],
)
def test_what_is_asked(work, strategy, more, expected):
    """What is asked where a rollout holds is what the settings ask for."""
    environment = Environment(strategy=strategy, **more)
    there = work(staging=environment)
    place = open_place(there, "staging", environment, Service())
    plan = plan_of(Rolling(), strategy.name)
    assert expected == foresight._asked(there, place, plan)
    assert rollout_of(there, place, release()).name == strategy.name


def test_step_that_gathers_too_little(work):
    """A step in which too few people would come is refused by the traffic that was seen last; unseen none is."""
    strategy = Strategy(name="canary", weights=(10.0,), hold="60s")
    environment = Environment(strategy=strategy, analysis={"traffic": "live"})
    place = open_place(work(staging=environment), "staging", environment, Service())
    plan = plan_of(place.strategy, "canary")
    assert {} == live_steps(place, plan)
    log = place.target.folder / "proxy" / "access.log"
    log.parent.mkdir(parents=True)
    fields = {"DownstreamStatus": 200, "Duration": 1, "RouterName": "live@file", "ServiceName": f"{OLD}@file"}
    lines = [json.dumps({**fields, "StartUTC": f"2026-11-23T04:00:{each:02}Z"}) for each in range(51)]
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (found,) = live_steps(place, plan).values()
    assert (10.0, 60.0, pytest.approx(1.02)) == (found.weight, found.seconds, found.rate)
    (needed,) = foresight._needs(place, plan).values()
    assert "takes 175 min 53 s at 1.02 requests a second" == needed
    steps = tell_plan(plan, Limits(start=60, drain=30), {"step": "compared"}, foresight._needs(place, plan))
    assert [f"its checks; compared; {needed}"] == [each.note for each in steps if each.what == "60 s"]
    with pytest.raises(PlanRefused, match=r"The step at 10 % could not be judged. The analysis needs 1,000 requests"):
        refuse_steps(place, plan)
