"""`required`: what the jobs of a run come to together, which is the one check that a repository requires."""

from collections.abc import Mapping
from dataclasses import dataclass

from twinrail.pipeline.graph import JOBS
from twinrail.pipeline.plan import Plan
from twinrail.report.events import State
from twinrail.system.errors import Interrupted, SessionFailed

_OTHERS = tuple(job for job in JOBS if job.name != "required")


_UNEXPLAINED: tuple[State, str] = ("failed", "was skipped, and nothing says why")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a job ended: `success`, `failure`, `cancelled` or `skipped`, and the state that it told as its output."""

    result: str
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the jobs come to.

    Attributes:
        state: passed, failed, interrupted or waiting.
        exit_code: 0 when the check is green; a run that waits is.
        jobs: a state and a reason for each job, in their order.
    """

    state: State
    exit_code: int
    jobs: Mapping[str, tuple[State, str]]


def verdict(plan: Plan | None, ended: Mapping[str, Ended]) -> Verdict:
    """What the jobs come to; `plan` is None when `verify` did not get as far as to make one.

    A job that was skipped is green only where the plan leaves it out, or where it stands behind a gate that waits.
    A job that is missing, or ended in a way that nobody knows, is red.
    """
    jobs: dict[str, tuple[State, str]] = {}
    for job in _OTHERS:
        jobs[job.name] = _judge(job.name, job.needs, ended.get(job.name, Ended(result="missing")), plan, jobs)
    if plan is None and jobs["verify"][0] not in {"failed", "interrupted"}:
        jobs["verify"] = ("failed", "told no plan: its output `plan` came empty")
    if any(each.result == "cancelled" for each in ended.values()):
        # What had not begun by then says nothing of its own.
        jobs |= {name: ("not run", "the run was cancelled") for name, found in jobs.items() if found == _UNEXPLAINED}
    states = [state for state, _ in jobs.values()]
    if "failed" in states or all(state in {"off", "not run"} for state in states):
        return Verdict(state="failed", exit_code=SessionFailed.exit_code, jobs=jobs)
    if "interrupted" in states:
        return Verdict(state="interrupted", exit_code=Interrupted.exit_code, jobs=jobs)
    return Verdict(state="waiting" if "waiting" in states else "passed", exit_code=0, jobs=jobs)


def _judge(
    name: str, needs: tuple[str, ...], end: Ended, plan: Plan | None, before: Mapping[str, tuple[State, str]]
) -> tuple[State, str]:
    match end.result:
        case "success" if end.state == "waiting":
            return "waiting", "a gate waits"
        case "success":
            return "passed", ""
        case "failure":
            return "failed", "failed"
        case "cancelled":
            return "interrupted", "was cancelled"
        case "skipped":
            return _skipped(name, needs, plan, before)
    return "failed", f'ended as "{end.result}", which is no end that is known'


def _skipped(
    name: str, needs: tuple[str, ...], plan: Plan | None, before: Mapping[str, tuple[State, str]]
) -> tuple[State, str]:
    if plan and name in plan.left_out:
        return "off", plan.left_out[name]
    for cause, word in (("failed", "failed"), ("interrupted", "was cancelled"), ("waiting", "waits")):
        if because := [each for each in needs if before[each][0] == cause]:
            return "not run", f"{because[0]} {word}"
    if because := [each for each in needs if before[each][0] == "not run"]:
        return "not run", before[because[0]][1]
    return _UNEXPLAINED if plan else ("not run", "nothing was planned")
