"""What our workflow costs beside the usual one, with one job a step: counted from the YAML, held against the goals."""

from pathlib import Path

import pytest

from agreement.model.cost import EXTERNAL, JOB, PIP_CACHE, PIP_INSTALL, POST, Bill, JobCost, bill, merged, setup, used
from agreement.model.workflow import load
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


def uses_of(job):
    """The actions that run in a job of ours: artifacts come and go as the graph says, each job with sessions keeps a record."""
    sessions = [SESSIONS[name] for name in sessions_of(job)]
    takes, makes = (
        (any(each) for each in zip(*((each.takes, each.makes) for each in sessions), strict=True))
        if sessions
        else (False, False)
    )
    begin = {"takes": "x" if takes else "", "record": "x" if sessions else ""}
    context = {"steps": {"begin": {"outputs": begin}, "run": {"outputs": {"made": "yes" if makes else ""}}}}
    return used(job["steps"], ACTIONS, context)


def our_bill(names):
    """The bill of python.yml when these jobs run."""
    costs = {
        name: JobCost(
            name=name,
            setup=setup(uses_of(job), sessions_of(job)),
            work=merged(sessions_of(job), SECONDS, AFTER),
        )
        for name, job in WORKFLOW["jobs"].items()
    }
    return bill(WORKFLOW["jobs"], names, costs)


def ratio(scenario, what):
    theirs, ours = SCENARIOS[scenario]
    return getattr(our_bill(ours), what) / getattr(usual_bill(theirs), what)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_it_costs(scenario):
    """Prints both bills; ours is the smaller in minutes and runner-seconds."""
    theirs, ours = (make(names) for make, names in zip((usual_bill, our_bill), SCENARIOS[scenario], strict=True))
    for side, each in (("one job a step", theirs), ("python.yml", ours)):
        print(
            f"{scenario:<13} {side:<15} {len(each.jobs):>2} jobs, depth {each.depth}, {each.minutes:>2} billed min, "
            f"{each.seconds:5.0f} runner-s, {each.wall:4.0f} s until the end"
        )
    for what in ("minutes", "seconds", "wall"):
        print(f"{scenario:<13} {what:<8} {ratio(scenario, what):.3f}")
    assert ours.minutes < theirs.minutes
    assert ours.seconds < theirs.seconds
