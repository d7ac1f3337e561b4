"""When jobs run: simulated, for every way in which a run of python.yml or deploy.yml can go."""

import json
from itertools import product

from agreement.checks.files import DEPLOY, PYTHON, Files, Problems, check
from agreement.histories import OTHERS, PLANS, History, follow, histories, planned, runs
from agreement.model.values import ExpressionError
from agreement.model.workflow import Outcome, simulate
from twinrail.pipeline.graph import PIPELINE
from twinrail.pipeline.plan import Plan, cut_off


@check
def check_conditions(files: Files) -> Problems:
    """A job runs when it is planned and all before it has passed, and only then; `required` runs whatever happened."""
    for title, (plan, inputs) in PLANS.items():
        try:
            for history in histories(files.yaml(PYTHON), plan, inputs):
                yield from (f"{title}, {dict(history.ends)}: {each}" for each in wrong(plan, history))
        except ExpressionError as error:
            yield f"{title}: {error}"


def wrong(plan: Plan, history: History) -> Problems:
    """What runs and should not, or the other way round."""
    wanted = set(runs(plan, history.ends))
    yield from (f"{name} does not run" for name in sorted(wanted - set(history.ends)))
    yield from (f"{name} runs" for name in sorted(set(history.ends) - wanted))
    last, waits = history.results.get("required"), "people wait" in history.ends.values()
    if waits == (last is not None) or skipped(last):
        yield f"required {'has ended' if last else 'has not ended'}"


def skipped(result: object) -> bool:
    """Whether a job was skipped."""
    return getattr(result, "result", "") == "skipped"


@check
def check_cancelled(files: Files) -> Problems:
    """When somebody cancels the run, nothing begins any more but `required`."""
    workflow, (plan, inputs) = files.yaml(PYTHON), PLANS["everything"]
    for at in OTHERS:
        results = follow(workflow, plan, inputs, {}, cancelled_at=at)
        late = OTHERS[OTHERS.index(at) + 1 :]
        ended = {name: results[name].result for name in late if name in results}
        if results[at].result != "cancelled" or set(ended.values()) - {"skipped"}:
            yield f"cancelled while {at} ran: {at} {results[at].result}, {ended}"
        if results["required"].result != "success":
            yield f"cancelled while {at} ran: required {results['required'].result}"


@check
def check_until(files: Files) -> Problems:
    """`build` has no plan to ask and runs at once: exactly where a plan would have it."""
    workflow = files.yaml(PYTHON)
    for session in (each.name for each in PIPELINE if not each.always):
        plan, _ = planned(*cut_off(session))
        results = follow(workflow, plan, {"until": session}, {})
        if ("build" in plan.jobs) == skipped(results["build"]):
            yield f"until {session}: build is {results['build'].result}"


@check
def check_alone(files: Files) -> Problems:
    """deploy.yml deploys when nobody is to be asked or all have agreed, and in no other case."""
    workflow = files.yaml(DEPLOY)
    for asked, ended in product(("[]", '["a"]', '["a","b"]', "[ ]"), ("success", "failure", "cancelled")):
        results = simulate(
            workflow,
            inputs={"environment": "staging", "needs": "{}", "approvals": asked},
            github={},
            outcomes={"approval": Outcome(result=ended)},
        )
        agreed = asked == "[]" or (bool(json.loads(asked)) and ended == "success")
        if agreed != (results["deploy"].result == "success") or (asked == "[]") != skipped(results["approval"]):
            yield f"approvals {asked}, {ended}: {[each.result for each in results.values()]}"
    for at in ("approval", "deploy"):
        inputs = {"environment": "staging", "needs": "{}", "approvals": '["a"]'}
        results = simulate(workflow, inputs=inputs, github={}, outcomes={}, cancelled_at=at)
        if results["deploy"].result == "success":
            yield f"cancelled while {at} ran: it deploys"
