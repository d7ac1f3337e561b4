"""Deploying from a job on GitHub: what it cannot do, who can agree there, and when a deploy is a rehearsal."""

import os
from collections.abc import Iterator

from twinrail.project.compose import STACKED
from twinrail.project.environments import Approval, Environment
from twinrail.project.settings import Settings
from twinrail.system.called import again
from twinrail.system.github import hosted, on_github, rerun

APPROVED = "TWINRAIL_APPROVED"
"""The variable with the protected environments of GitHub that agreed to this job, apart by commas."""
APPROVALS = ("production-approval", "production-approval-2")
"""The environments of GitHub that agree to production: one reviewer each, because GitHub asks only one of them."""


def approvers_of(name: str, environment: Environment) -> int:
    """How many people must agree before a release goes to the environment: for production one, if nothing is said."""
    return (environment.approval or Approval(approvers=1 if name == "production" else 0)).approvers


def approvals(settings: Settings) -> tuple[str, ...]:
    """The environments of GitHub that must agree before production, without a prefix."""
    return APPROVALS[: approvers_of("production", settings.environments["production"])]


def approved() -> tuple[str, ...]:
    """The protected environments of GitHub that agreed to this job, each once: one has one reviewer."""
    return tuple(dict.fromkeys(name for name in os.environ.get(APPROVED, "").split(",") if name))


def rehearses(environment: Environment) -> bool:
    """Whether the environment is gone after the job, with the runner or by its next checkout: it is stopped before."""
    return _local(environment) and on_github() and (hosted() or not environment.folder)


def go_on(session: str, *words: str) -> str:
    """The command that goes on where a gate waited; on GitHub a new attempt of the run, with the same commit."""
    return rerun() if on_github() else again(session, *words, tool=False)


def refused(name: str, environment: Environment, *, hosted: bool) -> list[tuple[str, str]]:
    """What a job on GitHub cannot do for an environment: the dotted key of the setting, and a sentence.

    Args:
        name: the environment's name.
        environment: its settings.
        hosted: whether the runner is gone after the job.
    """
    key, people, local = f"environments.{name}", approvers_of(name, environment), _local(environment)
    found = []
    if name != "production" and people:
        found.append((f"{key}.approval", f"On GitHub only production can wait for people; {name} could not be asked."))
    if people > len(APPROVALS):
        text = f"GitHub can ask {len(APPROVALS)} people at most, one for each protected environment."
        found.append((f"{key}.approval.approvers", text))
    found += [(f"{key}.approval.{each}", text) for each, text in _agreements(environment) if people]
    if local and hosted and name == "production" and not environment.rehearsal:
        text = "This runner is gone after the job, and production with it."
        found.append((f"{key}.rehearsal", f"{text} Say rehearsal = true, or deploy from a runner that stays."))
    if not local and environment.target in STACKED and hosted:
        text = f"The journal of what runs on {environment.compose.host} would be gone with this runner, and its lease."
        found.append((f"{key}.compose.host", f"{text} Deploy from a runner that stays, and name a folder there."))
    if (local or environment.target in STACKED) and not hosted and not environment.folder:
        text = "The next checkout on this runner would remove the environment: name a folder that stays."
        found.append((f"{key}.folder", text))
    return found


def _local(environment: Environment) -> bool:
    """Whether the releases run on the machine that deploys them."""
    return environment.target == "process" or (environment.target in STACKED and not environment.compose.host)


def _agreements(environment: Environment) -> Iterator[tuple[str, str]]:
    asked = environment.approval or Approval()
    if asked.not_author:
        text = "GitHub does not tell who agreed, so the author may be among them."
        yield "not-author", f"{text} Leave it out, and let the protected environments prevent self-reviews."
    if asked.expires is not None:
        yield "expires", "GitHub does not tell when somebody agreed: an agreement is for one run. Leave it out."
