"""Every way in which a run can go: each job ends in each way that it can, as far as it runs at all."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agreement.model.workflow import WAITING, Outcome, Result, Workflow, simulate
from twinrail.pipeline.graph import JOBS
from twinrail.pipeline.plan import Plan, Platform

NAMES = tuple(job.name for job in JOBS)
OTHERS = tuple(name for name in NAMES if name != "required")
NEEDS = {job.name: job.needs for job in JOBS}
PLAIN = ("success", "failure", "cancelled")
ENDS: Mapping[str, tuple[str, ...]] = dict.fromkeys(OTHERS, PLAIN) | {
    # A job that breaks down before it has told the plan; a gate that waits; people who do not answer.
    "verify": (*PLAIN, "broken"),
    "staging": (*PLAIN, "gate waits"),
    "approval": (*PLAIN, "people wait"),
    "production": (*PLAIN, "gate waits"),
}
"""How each job can end if it runs; a timeout is a cancel. What deploys can end green without having deployed."""


@dataclass(frozen=True, kw_only=True)
class History:
    """One way in which a run can go.

    Attributes:
        ends: how the jobs end that run.
        results: what became of all jobs, as GitHub says it.
        ways: for how many combinations of ends this stands: those of jobs that do not run make no difference.
    """

    ends: Mapping[str, str]
    results: Mapping[str, Result]
    ways: int


def planned(*left_out: str, until: str = "production") -> tuple[Plan, dict[str, str]]:
    """A plan without some jobs, and the inputs that lead to it."""
    jobs = tuple(name for name in NAMES if name not in left_out)
    legs = (Platform(runner="", pythons="3.12"), Platform(runner="macos-latest", pythons="3.12\n3.13"))
    people = ("production-approval", "production-approval-2")
    plan = Plan(
        jobs=jobs,
        left_out={name: "it is left out" for name in NAMES if name in left_out},
        platforms=legs if "platforms" in jobs else (),
        approvals=people if "approval" in jobs else (),
    )
    return plan, {"until": until}


PLANS = {
    "everything": planned(),
    "pull request": planned("staging", "approval", "production"),
    "no staging": planned("staging"),
    "nobody need agree": planned("approval"),
    "behind the tests": planned("staging", "approval"),
    "staging and production alone": planned("platforms", "accept", "approval"),
    "production alone": planned("platforms", "accept", "staging", "approval"),
    "until staging": planned("approval", "production", until="staging"),
    "until sbom": planned("platforms", "accept", "staging", "approval", "production", until="sbom"),
    "until lint": planned("build", "platforms", "accept", "staging", "approval", "production", until="lint"),
}


def told(plan: Plan) -> str:
    """The plan as `verify` tells it."""
    legs = [{"runner": each.runner, "pythons": each.pythons} for each in plan.platforms]
    parts = {"jobs": plan.jobs, "left_out": dict(plan.left_out), "approvals": plan.approvals, "platforms": legs}
    return json.dumps(parts)


def outcome(job: Mapping[str, Any], name: str, end: str, plan: Plan) -> Outcome:
    """What a job does that ends like this."""
    if end == "people wait":
        return Outcome(result=WAITING)
    result = {"gate waits": "success", "broken": "failure"}.get(end, end)
    says: dict[str, str] = {"plan": told(plan)} if name == "verify" and end in {"success", "failure"} else {}
    if result != "cancelled" and name in {"staging", "production"}:
        says["state"] = {"gate waits": "waiting", "success": "passed"}.get(end, "failed")
    ids = [step["id"] for step in job.get("steps", []) if "id" in step]
    return Outcome(result=result, steps=dict.fromkeys(ids, says))


def follow(
    workflow: Workflow, plan: Plan, inputs: Mapping[str, Any], ends: Mapping[str, str], cancelled_at: str | None = None
) -> dict[str, Result]:
    """What becomes of the jobs when those that run end like this; one that is not named succeeds."""
    jobs = workflow["jobs"]
    outcomes = {name: outcome(jobs[name], name, ends.get(name, "success"), plan) for name in OTHERS if name in jobs}
    return simulate(workflow, inputs=inputs, github={}, outcomes=outcomes, cancelled_at=cancelled_at)


def histories(workflow: Workflow, plan: Plan, inputs: Mapping[str, Any]) -> Iterator[History]:
    """Every way in which a run of `workflow` can go."""
    yield from _from(workflow, plan, inputs, {}, 0)


def _from(
    workflow: Workflow, plan: Plan, inputs: Mapping[str, Any], fixed: Mapping[str, str], at: int
) -> Iterator[History]:
    """Those in which the jobs before number `at` end as is `fixed`."""
    results = follow(workflow, plan, inputs, fixed)
    ran = [name for name in OTHERS if name in results and results[name].result != "skipped"]
    # Who waits for people runs, though it has no result yet.
    ran += [name for name, end in fixed.items() if end == "people wait"]
    ends = {name: fixed.get(name, "success") for name in OTHERS if name in ran}
    yield History(ends=ends, results=results, ways=_ways(ends))
    for number, name in enumerate(OTHERS[at:], start=at):
        if name in ends:
            before = {each: ends[each] for each in OTHERS[:number] if each in ends}
            for end in ENDS[name][1:]:
                yield from _from(workflow, plan, inputs, {**before, name: end}, number + 1)


def _ways(ends: Mapping[str, str]) -> int:
    ways = 1
    for name in OTHERS:
        ways *= 1 if name in ends else len(ENDS[name])
    return ways


def runs(plan: Plan, ends: Mapping[str, str]) -> tuple[str, ...]:
    """The jobs that are to run when jobs end like this: planned ones, behind nothing but what passed or is left out."""
    passed: list[str] = []
    found: list[str] = []
    for name in OTHERS:
        behind = [each for each in NEEDS[name] if each in plan.jobs]
        if name in plan.jobs and all(each in passed for each in behind):
            found.append(name)
            passed += [name] if ends.get(name, "success") == "success" else []
    return tuple(found)


def expected(plan: Plan, ends: Mapping[str, str]) -> str:
    """What a run comes to in which the jobs that ran ended like this: what `required` is to say."""
    ended = {ends.get(name, "success") for name in runs(plan, ends)}
    for end, state in {
        "failure": "failed",
        "broken": "failed",
        "cancelled": "interrupted",
        "gate waits": "waiting",
    }.items():
        if end in ended:
            return state
    return "passed"
