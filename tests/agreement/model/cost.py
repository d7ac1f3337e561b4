"""What a run on GitHub's machines costs: runner-seconds, billed minutes, seconds until the end.

Counted from the workflow's own YAML, times the seconds that each part takes. GitHub bills each job by the whole
minute, rounded up, and not the time in the queue (docs: "Actions runner pricing"). With S the set-up of a job and T
the time of a session:

- one job a session: billed = sum ceil((S + T) / 60);
- merged jobs: billed = sum ceil((S + P) / 60), P = max(longest chain of T, sum T / cores) x 1.1;
- every edge of `needs` adds a latency and another S to the time until the end.

Every constant but the measured ones is an estimate from public runs: billed minutes are robust where a job is far
from a whole minute, runner-seconds fair, the time until the end is good to a half.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agreement.model.document import needs_of, order
from agreement.model.expressions import Context, evaluate
from agreement.model.values import truthy

LATENCY = 5.0
"""From a job to the one that needs it: 3 to 6 s (github/gh-aw #21703; camaraproject/tooling #101, 47 runs)."""

JOB = 3.0
"""The runner begins and fetches actions: 3 s a job in measured public runs (the same)."""

POST = 1.0
"""Post steps and the end of the job: estimate."""

EXTERNAL = {
    "actions/checkout": 1.0,  # estimate, for a repository of some megabytes
    "actions/setup-python": 2.0,  # estimate, for a Python of the image; 50 to 74 s for one that is not there
    "actions/upload-artifact": 2.0,  # "1 to 3 s for small files" since v4
    "actions/download-artifact": 2.0,  # the same
}
"""What an action of others takes. One that does not stand here has no price: it is to be added with its origin."""

PIP_CACHE = 5.0
"""Restoring pip's cache: 3 s for 51 MB, 6 s for 261 MB (tespkg/actions-cache #43)."""

PIP_INSTALL = 5.0
"""Installing from it: about 5 CPU-seconds a session, virtualenv and pip, new (measured, 107 packages, 2 cores)."""

PACK = 2.3
"""scripts/bootstrap.py makes the pack's own virtual environment, without a cache: venv 0.1 s, uv by pip 1.3 s, the
rest with hashes by uv 0.4 s, the pack itself 0.2 s, Python's own start (measured 2026-11-23: 2.0 to 2.8 s; 2 cores)."""

PROJECT, CHECK, PACKAGE, DEPLOY = 2.0, 0.9, 0.9, 0.6
"""uv makes a virtual environment: the project's 107 packages 0.7 s from a warm cache, 1.2 s more from an empty one;
locks/check.txt and locks/package.txt 0.9 s each, locks/deploy.txt 0.6 s from an empty one (measured 2026-11-23, the
quickest of three, because the index was slow: 0.2 to 0.4 s of it are CPU)."""

ENVIRONMENTS: Mapping[str, Mapping[str, float]] = {
    "lint": {"project": PROJECT},
    "types": {"project": PROJECT},
    "test": {"project": PROJECT},
    "security": {"project": PROJECT, "check": CHECK},
    "build": {"package": PACKAGE},
    "sbom": {"package": PACKAGE},
    "image": {},
    "push": {},
    "sign": {},
    "integration": {},
    "e2e": {"project": PROJECT, "deploy": DEPLOY},
    "staging": {"project": PROJECT, "deploy": DEPLOY},
    "production": {"deploy": DEPLOY},
    "notify": {},
}
"""The virtual environments that stood there after each session alone, on example-project (seen 2026-11-23);
integration makes one of its own, which its time holds."""

SIDE_BY_SIDE = 1.1
"""What sessions that run at once cost each other: nox -R -j2 took 1.06 to 1.08 of bare commands."""

CORES = 2
"""A standard Linux runner of a private repository; 4 in a public one."""


@dataclass(frozen=True, kw_only=True)
class JobCost:
    """One job: what it needs, the seconds of its set-up, and those of its sessions."""

    name: str
    needs: tuple[str, ...] = ()
    setup: float
    work: float = 0.0

    @property
    def seconds(self) -> float:
        """How long a runner is at it."""
        return self.setup + self.work

    @property
    def minutes(self) -> int:
        """What GitHub bills."""
        return math.ceil(self.seconds / 60)


@dataclass(frozen=True)
class Bill:
    """The jobs of one run."""

    jobs: tuple[JobCost, ...]

    @property
    def minutes(self) -> int:
        """The billed minutes."""
        return sum(job.minutes for job in self.jobs)

    @property
    def seconds(self) -> float:
        """The seconds of all runners."""
        return sum(job.seconds for job in self.jobs)

    @property
    def wall(self) -> float:
        """The seconds until the last job has ended, if no runner is waited for."""
        ends: dict[str, float] = {}
        for job in self.jobs:
            ends[job.name] = max((ends[need] for need in job.needs), default=0.0) + LATENCY + job.seconds
        return max(ends.values())

    @property
    def depth(self) -> int:
        """The number of jobs on the longest way through `needs`."""
        deep: dict[str, int] = {}
        for job in self.jobs:
            deep[job.name] = 1 + max((deep[need] for need in job.needs), default=0)
        return max(deep.values())


def used(steps: Iterable[Mapping[str, Any]], actions: Mapping[str, Any], context: Context) -> Counter[str]:
    """How often each action of others runs, those inside our own actions (`$/...`) with them, and `bootstrap.py`.

    Args:
        steps: of a job or a composite action.
        actions: our own actions, parsed, by what stands after `uses:`.
        context: what the conditions of steps see; one that does not hold is not counted.
    """
    found: Counter[str] = Counter()
    status = {"success": True, "failure": False, "always": True, "cancelled": False}
    for step in steps:
        name = step.get("uses", "")
        if "if" in step and not truthy(evaluate(step["if"], context, status)):
            continue
        if name in actions:
            found += used(actions[name]["runs"]["steps"], actions, context)
        elif name:
            found[name.partition("@")[0]] += 1
        found["bootstrap.py"] += "bootstrap.py" in step.get("run", "")
    return +found


def setup(uses: Counter[str], sessions: Iterable[str]) -> float:
    """S: the seconds of a job that are not its sessions'."""
    made = {name: seconds for session in sessions for name, seconds in ENVIRONMENTS[session].items()}
    prices = {**EXTERNAL, "bootstrap.py": PACK}
    return JOB + sum(prices[name] * times for name, times in uses.items()) + sum(made.values()) + POST


def merged(sessions: Sequence[str], seconds: Mapping[str, float], after: Mapping[str, Sequence[str]]) -> float:
    """P: the seconds of sessions in one job, side by side where none comes after the other."""
    ends: dict[str, float] = {}
    for name in sessions:
        ends[name] = seconds[name] + max((ends[each] for each in after[name] if each in ends), default=0.0)
    return max(max(ends.values(), default=0.0), sum(seconds[name] for name in sessions) / CORES) * SIDE_BY_SIDE


def bill(jobs: Mapping[str, Any], runs: Iterable[str], costs: Mapping[str, JobCost]) -> Bill:
    """The bill of a workflow of which only the jobs in `runs` run; what is skipped ends at once."""
    chosen = set(runs)

    def reach(names: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in names:
            found |= dict.fromkeys((name,) if name in chosen else reach(needs_of(jobs[name])))
        return tuple(found)

    return Bill(
        tuple(
            JobCost(name=name, needs=reach(needs_of(jobs[name])), setup=costs[name].setup, work=costs[name].work)
            for name in order(jobs)
            if name in chosen
        )
    )
