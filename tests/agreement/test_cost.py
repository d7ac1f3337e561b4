"""What our workflow costs beside the usual one, with one job a step: counted from the YAML, held against the goals."""

from pathlib import Path

import pytest

from agreement.model.cost import (
    EXTERNAL,
    JOB,
    LATENCY,
    PIP_CACHE,
    PIP_INSTALL,
    POST,
    Bill,
    JobCost,
    bill,
    merged,
    setup,
    used,
)  # fmt: skip
from agreement.model.workflow import load
from twinrail.pipeline.artifacts import takes
from twinrail.pipeline.graph import PIPELINE

ROOT = Path(__file__).parents[2]
WORKFLOW = load(ROOT / ".github/workflows/python.yml")
ACTIONS = {f"$/actions/{name}": load(ROOT / "actions" / name / "action.yml") for name in ("nox", "setup")}
SESSIONS = {each.name: each for each in PIPELINE}
AFTER = {each.name: each.after for each in PIPELINE}

SECONDS = {
    "lint": 0.02,  # ruff check + ruff format --check
    "types": 5.96,  # mypy, no cache
    "test": 6.50,  # pytest --cov
    "security": 0.59 + 1.81,  # bandit, pip-audit
    "build": 0.66 + 0.27,  # build, twine check
    "sbom": 2.26,  # cyclonedx-py
    "image": 0.0,  # that service has none: the session says so, and ends
    "push": 0.0,  # nor a registry
    "sign": 0.0,  # nor a key
    "integration": 18.5,
    "e2e": 3.9,
    "staging": 8.8,
    "production": 2.4,
    "notify": 0.1,
    "approval": 0.0,
}
"""Seconds of each session, the same on both sides: graphs are compared, not tools.

The first six: single tools on a FastAPI service of 63 modules with 300 tests and 107 locked packages, 2 cores, quiet,
median of three (2026-11-22). The others: sessions of example-project, mean of two runs with their virtual environments
made (2026-11-23, 2 cores). For types a runner has no cache; approval waits without a runner.
"""

FIRST = ("lint", "types", "test", "security", "build", "sbom")
SCENARIOS = {
    "lint to sbom": (FIRST, ("verify", "build")),
    "pull request": ((*FIRST, "integration", "e2e", "required"), ("verify", "build", "accept", "required")),
    "deploy": (
        (*FIRST, "integration", "e2e", "staging", "approval", "production", "required"),
        ("verify", "build", "accept", "staging", "approval", "production", "required"),
    ),
}
"""The jobs of the usual graph, and those of ours, on one Python and one system."""


def usual(name, needs=()):
    """A job of the usual graph: checkout, setup-python with pip's cache, pip, and artifacts for others."""
    if name in {"required", "approval"}:
        return JobCost(name=name, needs=needs, setup=JOB + POST)
    packages = {"wheel", "sdist", "sbom"}
    own = JOB + EXTERNAL["actions/checkout"] + EXTERNAL["actions/setup-python"] + PIP_CACHE + PIP_INSTALL + POST
    own += EXTERNAL["actions/upload-artifact"] * bool(packages & {*SESSIONS[name].makes})
    own += EXTERNAL["actions/download-artifact"] * bool(packages & {*SESSIONS[name].takes})
    return JobCost(name=name, needs=needs, setup=own, work=SECONDS[name])


def usual_bill(names):
    """One job a session, each after those that its session comes after."""
    jobs = []
    for name in names:
        before = ("staging",) if name == "approval" else AFTER.get(name, ())
        before = ("approval",) if name == "production" else before
        needs = [job.name for job in jobs] if name == "required" else [each for each in before if each in names]
        jobs.append(usual(name, tuple(needs)))
    return Bill(tuple(jobs))


def sessions_of(job):
    """The sessions that a job of ours names."""
    return tuple(word for step in job["steps"] for word in step.get("with", {}).get("sessions", "").split())


def said(sessions):
    """The context `steps` inside our action: artifacts come and go as the graph says, sessions leave a record."""
    comes = bool(takes("shopfront", sessions))
    return {"steps": {"begin": {"outputs": {"takes": "x" if comes else "", "artifact": "x" if sessions else ""}}}}


def uses_of(name):
    """How often each action of others runs in a job of ours."""
    job = WORKFLOW["jobs"][name]
    return used(job["steps"], ACTIONS, said(sessions_of(job)))


def our_bill(names):
    """The bill of python.yml when these jobs run."""
    costs = {}
    for name, job in WORKFLOW["jobs"].items():
        sessions = sessions_of(job)
        work = merged(sessions, SECONDS, AFTER)
        costs[name] = JobCost(name=name, setup=setup(uses_of(name), sessions), work=work)
    return bill(WORKFLOW["jobs"], names, costs)


def ratio(scenario, what):
    """What our graph costs of what the usual one does: minutes, seconds or wall."""
    theirs, ours = SCENARIOS[scenario]
    return getattr(our_bill(ours), what) / getattr(usual_bill(theirs), what)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_our_graph_costs_less(scenario):
    """In minutes and in runner-seconds; both bills and their ratios are printed (`pytest -s`)."""
    theirs, ours = (make(names) for make, names in zip((usual_bill, our_bill), SCENARIOS[scenario], strict=True))
    for side, each in (("one job a step", theirs), ("python.yml", ours)):
        told = f"{len(each.jobs)} jobs, depth {each.depth}, {each.minutes} min, {each.seconds:.0f} runner-s"
        print(f"\n{scenario}, {side}: {told}, {each.wall:.0f} s until the end", end="")
    print("\n" + ", ".join(f"{what} {ratio(scenario, what):.3f}" for what in ("minutes", "seconds", "wall")))
    assert ours.minutes < theirs.minutes
    assert ours.seconds < theirs.seconds


@pytest.mark.parametrize(("scenario", "goal"), [("lint to sbom", 0.35), ("pull request", 0.45), ("deploy", 0.6)])
def test_billed_minutes_reach_their_goal(scenario, goal):
    """Jobs merged by their rights: every job costs its set-up and a minute that is rounded up."""
    assert ratio(scenario, "minutes") <= goal


def test_runner_seconds_reach_their_goal():
    """From lint to sbom: one set-up for four sessions, and one that takes seconds."""
    assert ratio("lint to sbom", "seconds") <= 0.30


def test_the_usual_graph_costs_what_was_counted_for_it():
    """Rows a1 and a2 of the counting of 2026-11-22, six steps and a gate, side by side and chained."""
    beside = usual_bill((*FIRST, "required"))
    assert (7, 7) == (len(beside.jobs), beside.minutes)
    assert pytest.approx(129, rel=0.1) == beside.seconds
    assert pytest.approx(42, rel=0.2) == beside.wall
    before = {"test": ("lint",), "build": ("test",), "required": FIRST}
    chained = Bill(tuple(usual(name, before.get(name, ())) for name in (*FIRST, "required")))
    assert pytest.approx(86, rel=0.1) == chained.wall


ONCE = ("actions/checkout", "actions/setup-python", "bootstrap.py")
ARTIFACTS = {
    "verify": (0, 1),
    "build": (0, 1),
    "platforms": (0, 1),
    "accept": (1, 1),
    "staging": (1, 1),
    "approval": (0, 0),
    "production": (1, 1),
    "required": (1, 1),
}
"""How often each job fetches artifacts, and how often it leaves one: what it made with its record."""


@pytest.mark.parametrize("name", WORKFLOW["jobs"])
def test_few_actions_of_others_run(name):
    """Four in all, GitHub's own; each job sets up once, and approval does not even check out."""
    counted = uses_of(name)
    assert {*counted} <= {*EXTERNAL, "bootstrap.py"}
    assert [0 if name == "approval" else 1, 1, 1] == [counted[each] for each in ONCE]
    assert ARTIFACTS[name] == (counted["actions/download-artifact"], counted["actions/upload-artifact"])


def test_what_is_skipped_costs_nothing_and_holds_up_nobody():
    """The jobs that run need those that the skipped ones needed."""
    jobs = {job.name: job.needs for job in our_bill(SCENARIOS["pull request"][1]).jobs}
    assert {"verify": (), "build": (), "accept": ("verify", "build"), "required": ("verify", "build", "accept")} == jobs
    assert ("verify", "build", "accept") == next(
        job.needs for job in our_bill(("verify", "build", "accept", "production")).jobs if job.name == "production"
    )


def test_sessions_of_a_job_run_side_by_side_where_they_can():
    """As long as the longest chain, or as all of them on the cores; a tenth is lost."""
    after = {"a": (), "b": (), "c": ("b",)}
    assert pytest.approx(1.1 * 6) == merged(("a", "b"), {"a": 6.0, "b": 2.0}, after)
    assert pytest.approx(1.1 * 5) == merged(("a", "b", "c"), {"a": 1.0, "b": 2.0, "c": 3.0}, after)
    assert pytest.approx(1.1 * 6) == merged(("a", "b", "c"), {"a": 6.0, "b": 4.0, "c": 2.0}, after)
    assert 0.0 == merged((), {}, {})


def test_a_job_is_billed_by_the_whole_minute():
    """60 s are one minute, 61 are two; a chain waits for each, side by side for the longest."""
    jobs = (
        JobCost(name="a", setup=60.0),
        JobCost(name="b", setup=1.0, work=60.0),
        JobCost(name="c", setup=2.0, needs=("a", "b")),
    )
    assert (1 + 2 + 1, 123.0, 2) == (Bill(jobs).minutes, Bill(jobs).seconds, Bill(jobs).depth)
    assert 2 * LATENCY + 61 + 2 == Bill(jobs).wall


def test_an_action_without_a_price_is_a_mistake():
    """Whoever adds an action to a job says what it costs."""
    with pytest.raises(KeyError, match="someone/else"):
        setup(used([{"uses": "someone/else@v1"}], {}, {}), ())
