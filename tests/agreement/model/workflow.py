"""A called workflow, simulated: which jobs run, how each ends, what the others see of it.

Sources: docs.github.com, "Workflow syntax" (needs, if, outputs, matrix, on.workflow_call), "Contexts" (needs, where a
context may stand) and "Workflow cancellation"; actions/runner#491 and #2205 for success() over the whole graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agreement.model.document import StartupFailure, Workflow, before, given, load, needs_of, order, triggers
from agreement.model.expressions import STATUS, Context, evaluate, functions, interpolate
from agreement.model.matrix import Leg, legs
from agreement.model.values import truthy

__all__ = [
    "WAITING", "Outcome", "Result", "StartupFailure", "before", "given", "load", "needs_of", "order",
    "simulate", "triggers", "workflow_outputs",
]  # fmt: skip

WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a job ends if it runs; one outcome counts for all legs of a matrix.

    Attributes:
        result: success, failure or cancelled; `WAITING`: it never ends (people have not approved).
        steps: what its steps put out, by their `id:`; the job's `outputs:` are made from that.
        outputs: outputs of the job that are to be so, whatever its steps say; all outputs of a job with `uses:`.
    """

    result: str = "success"
    steps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a job ended: success, failure, cancelled or skipped, its outputs, and its legs when it has a matrix."""

    result: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    legs: tuple[Leg, ...] = ()

    def shown(self) -> dict[str, Any]:
        """What `needs.JOB` is."""
        return {"result": self.result, "outputs": dict(self.outputs)}


def simulate(
    workflow: Workflow,
    *,
    inputs: Mapping[str, Any],
    github: Mapping[str, Any],
    outcomes: Mapping[str, Outcome],
    variables: Mapping[str, str] | None = None,
    cancelled_at: str | None = None,
) -> dict[str, Result]:
    """How each job ends; a job that never ends, and what waits for it, is not there.

    Args:
        workflow: as `load` reads it.
        inputs: what the caller gives.
        github: the context `github`.
        outcomes: how jobs end if they run; one that is not named succeeds and puts nothing out.
        variables: the context `vars`.
        cancelled_at: the job while which somebody cancels the run. Jobs before it in `order` have ended by then, those
            after it have not begun. It goes on if its `if` still holds. GitHub does not document how a job that had
            not begun is called when its `if` no longer holds; here it is skipped.
    """
    jobs = workflow["jobs"]
    if unknown := ({*outcomes} | ({cancelled_at} if cancelled_at else set())) - set(jobs):
        raise ValueError(f"no such jobs: {sorted(unknown)}")
    contexts = {"inputs": given(workflow, inputs), "github": github, "vars": variables or {}}
    results: dict[str, Result] = {}
    cancelled = False
    for name in order(jobs):
        if not set(needs_of(jobs[name])) <= set(results):
            continue
        run = _Run(jobs, name, contexts, results)
        ended = run.end(outcomes.get(name, Outcome()), cancelled=cancelled, now=name == cancelled_at)
        cancelled |= name == cancelled_at
        results |= {name: ended} if ended else {}
    return results


@dataclass(frozen=True)
class _Run:
    """One job when its turn has come: all that it needs has ended."""

    jobs: Mapping[str, Mapping[str, Any]]
    name: str
    contexts: Context
    results: Mapping[str, Result]

    def end(self, outcome: Outcome, *, cancelled: bool, now: bool) -> Result | None:
        """How the job ends; None: it never does. `now`: the run is cancelled while it runs."""
        job = self.jobs[self.name]
        context = {**self.contexts, "needs": {need: self.results[need].shown() for need in needs_of(job)}}
        if not self.holds(job, context, cancelled=cancelled):
            return Result(result="skipped")
        if now and not self.holds(job, context, cancelled=True):
            return Result(result="cancelled")
        if outcome.result == WAITING:
            return None
        matrix = job.get("strategy", {}).get("matrix")
        found = legs(matrix, context) if matrix is not None else []
        if matrix is not None and not found:
            return Result(result="failure")
        outputs = put_out(job, outcome, {**context, "matrix": found[-1] if found else {}})
        forgiven = outcome.result == "failure" and _is_true(job.get("continue-on-error", "false"), context)
        return Result(result="success" if forgiven else outcome.result, outputs=outputs, legs=tuple(found))

    def holds(self, job: Mapping[str, Any], context: Context, *, cancelled: bool) -> bool:
        """Whether the job's `if` holds; one without a status function has `success() &&` before it."""
        written = job.get("if") or "success()"
        ended = {self.results[each].result for each in before(self.jobs, self.name)}
        status = {
            "always": True,
            "cancelled": cancelled,
            "failure": "failure" in ended,
            "success": ended <= {"success"} and not cancelled,
        }
        asks = functions(written, condition=True) & STATUS
        return bool(asks or status["success"]) and truthy(evaluate(written, context, status))


def _is_true(written: str, context: Context) -> bool:
    return interpolate(written, context) == "true"


def put_out(job: Mapping[str, Any], outcome: Outcome, context: dict[str, Any]) -> dict[str, str]:
    """The outputs of a job, from its own words and from what its steps put out."""
    if "uses" in job:
        return dict(outcome.outputs)
    written = job.get("outputs", {})
    ids = {step["id"] for step in job.get("steps", []) if "id" in step}
    if unknown := (set(outcome.outputs) - set(written)) | (set(outcome.steps) - ids):
        raise ValueError(f"neither outputs nor steps of the job: {sorted(unknown)}")
    empty = ("env", "job", "runner", "secrets", "strategy")
    steps = {step: {"outputs": dict(outputs)} for step, outputs in outcome.steps.items()}
    full = {key: {} for key in empty} | context | {"steps": steps}
    return {name: interpolate(each, full) for name, each in written.items()} | dict(outcome.outputs)


def workflow_outputs(workflow: Workflow, results: Mapping[str, Result]) -> dict[str, str]:
    """What the caller sees as `needs.JOB.outputs` or `jobs.JOB.outputs`."""
    declared = (triggers(workflow).get("workflow_call") or {}).get("outputs", {})
    context = {"jobs": {name: each.shown() for name, each in results.items()}, "github": {}, "inputs": {}, "vars": {}}
    return {name: interpolate(each["value"], context) for name, each in declared.items()}
