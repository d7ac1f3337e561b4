"""What a run comes to: the jobs of python.yml in every way that they can end, and what `required` says of it."""

import json
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from agreement.checks import real
from agreement.checks.files import PYTHON
from agreement.histories import ENDS, NEEDS, OTHERS, PLANS, expected, follow, histories, outcome, runs, told
from agreement.model.values import text
from agreement.model.workflow import Outcome, simulate, workflow_outputs
from twinrail.cli.inputs import read_inputs, read_plan
from twinrail.pipeline.required import Ended, verdict

WORKFLOW = real().yaml(PYTHON)
PUT = {"passed": 0, "waiting": 0, "failed": 1, "interrupted": 130}
"""The exit code of `required` for each state: green when it passed, and when a gate waits."""


def judged(results, workspace):
    """What `required` says, from what GitHub hands it as `toJSON(needs)`, through the door of the action."""
    needs = json.dumps({name: results[name].shown() for name in OTHERS if name in results})
    given = read_inputs(json.dumps({"sessions": "notify", "needs": needs}), workspace=workspace, repository="ada/x")
    plans = given.needs.told("plan")
    return verdict(read_plan(plans[0]) if plans else None, given.needs.ended)


@pytest.mark.parametrize("title", PLANS)
def test_required_in_every_way_that_a_run_can_go(title, tmp_path):
    """Green exactly when nothing failed, broke or was cancelled; a gate that waits is green, and called so."""
    plan, inputs = PLANS[title]
    ways = 0
    for history in histories(WORKFLOW, plan, inputs):
        ways += history.ways
        if "people wait" in history.ends.values():
            assert {"required", "production"}.isdisjoint(history.results)
            continue
        found = judged(history.results, tmp_path)
        wanted = expected(plan, history.ends)
        assert (wanted, PUT[wanted]) == (found.state, found.exit_code), dict(history.ends)
    # Not a combination is left out: those that differ in jobs that do not run are one.
    assert 4 * 3 * 3 * 3 * 4 * 4 * 4 == ways


def test_every_combination_by_itself(tmp_path):
    """The same once more without leaving anything out: all 6912 combinations of ends, with everything planned."""
    plan, inputs = PLANS["everything"]
    seen = Counter()
    for ends in product(*(ENDS[name] for name in OTHERS)):
        named = dict(zip(OTHERS, ends, strict=True))
        results, ran = follow(WORKFLOW, plan, inputs, named), runs(plan, named)
        if "approval" in ran and named["approval"] == "people wait":
            assert {*OTHERS} - {*results} == {"approval", "production"}
            seen["people wait"] += 1
            continue
        assert set(ran) == {name for name in OTHERS if results[name].result != "skipped"}
        found = judged(results, tmp_path).state
        seen[found] += 1
        assert expected(plan, named) == found
    assert {"passed", "failed", "interrupted", "waiting", "people wait"} == set(seen)
    assert 4 * 3 * 3 * 3 * 4 * 4 * 4 == seen.total()
    assert 1 == seen["passed"]


@pytest.mark.parametrize("title", PLANS)
def test_nothing_is_deployed_behind_what_did_not_pass(title):
    """Behind a failure, a cancel, a gate or people who wait, nobody is asked and nothing is deployed."""
    plan, inputs = PLANS[title]
    for history in histories(WORKFLOW, plan, inputs):
        for name in {"staging", "approval", "production"} & set(history.ends):
            assert name in plan.jobs
            behind = [each for each in NEEDS[name] if each in plan.jobs]
            assert {"success"} == {history.ends.get(each) for each in behind}, dict(history.ends)


@pytest.mark.parametrize("title", PLANS)
def test_a_planned_job_that_is_skipped_is_red(title, tmp_path):
    """Whichever it is, in a run that was green: skipped, gone or ended in a way that nobody knows."""
    plan, inputs = PLANS[title]
    green = follow(WORKFLOW, plan, inputs, {})
    assert 0 == judged(green, tmp_path).exit_code
    for name in (each for each in OTHERS if each in plan.jobs):
        for result in ("skipped", "neutral", "", None):
            changed = green | {name: replace(green[name], result=result)} if result is not None else dict(green)
            if result is None:
                del changed[name]
            # Without its outputs: a job that did not run has none.
            if name == "verify" and name in changed:
                changed[name] = replace(changed[name], outputs={})
            assert ("failed", 1) == (judged(changed, tmp_path).state, judged(changed, tmp_path).exit_code), (
                name,
                result,
            )


@pytest.mark.parametrize("title", PLANS)
def test_what_did_not_run_has_a_reason(title, tmp_path):
    """Each job is told: what ran by its end, what was left out by the plan's reason, the rest by who held it up."""
    plan, inputs = PLANS[title]
    for history in histories(WORKFLOW, plan, inputs):
        if "required" not in history.results:
            continue
        found = judged(history.results, tmp_path).jobs
        assert list(OTHERS) == list(found)
        broken = history.ends["verify"] in {"broken", "cancelled"}
        for name, (state, why) in found.items():
            if name not in history.ends and (broken or name in plan.jobs):
                assert "not run" == state or (broken and name == "build"), (name, dict(history.ends))
                assert broken or why.partition(" ")[0] in history.ends
            elif name not in history.ends:
                assert ("off", plan.left_out[name]) == (state, why)


@pytest.mark.parametrize("at", OTHERS)
def test_a_run_that_is_cancelled_is_red(at, tmp_path):
    """Somebody cancels it while one of the jobs runs; `required` runs nevertheless, and says so."""
    results = follow(WORKFLOW, *PLANS["everything"], {}, cancelled_at=at)
    found = judged(results, tmp_path)
    assert "success" == results["required"].result
    assert "interrupted" == found.state
    assert found.exit_code > 0


def test_without_a_plan_nothing_is_green(tmp_path):
    """The plan vanishes on the way, as an output does that holds a secret: what was skipped for it is red."""
    results = follow(WORKFLOW, *PLANS["until sbom"], {})
    lost = results | {"verify": replace(results["verify"], outputs={})}
    assert ("passed", "failed") == (judged(results, tmp_path).state, judged(lost, tmp_path).state)


@pytest.mark.parametrize(
    ("title", "receipt", "release"),
    [("everything", "of production", "r"), ("until staging", "of staging", ""), ("pull request", "of accept", ""),
     ("until sbom", "", "")],
)  # fmt: skip
def test_what_the_caller_is_told(title, receipt, release):
    """The receipt of the last environment that there was, the release in production, and how it all ended."""
    plan, inputs = PLANS[title]
    outcomes = {name: outcome(WORKFLOW["jobs"][name], name, "success", plan) for name in OTHERS}
    for name in ("accept", "staging", "production"):
        outcomes[name] = Outcome(steps={"nox": {"receipt": f"of {name}", "release": "r", "state": "passed"}})
    outcomes["required"] = Outcome(steps={"nox": {"state": "passed"}})
    found = workflow_outputs(WORKFLOW, simulate(WORKFLOW, inputs=inputs, github={}, outcomes=outcomes))
    assert (receipt, release, "passed") == (found["receipt"], found["release"], found["state"])


def test_the_plan_comes_back_as_it_was_told():
    """What `verify` puts out is what later jobs read, and each has its legs."""
    for plan, inputs in PLANS.values():
        assert plan == read_plan(told(plan))
        legs = {name: each.legs for name, each in follow(WORKFLOW, plan, inputs, {}).items()}
        assert [each.pythons for each in plan.platforms] == [leg["pythons"] for leg in legs["platforms"]]
        assert list(plan.approvals) == [text(leg["environment"]) for leg in legs["approval"]]


def test_jobs_that_ended_as_nobody_knows():
    """No job at all is no success."""
    assert ("failed", 1) == (verdict(None, {}).state, verdict(None, {}).exit_code)
    assert "failed" == verdict(None, {name: Ended(result="skipped") for name in OTHERS}).state
