"""What a called workflow asks of its caller, and what a caller grants.

GitHub checks this before a run starts, for every job of the callee and whatever its `if:`; a job that asks for more
than its caller has ends the run at start-up, without a log (docs.github.com, "Reuse workflows": permissions can only be
kept or reduced).
"""

from collections.abc import Callable, Mapping
from typing import Any

from agreement.model.document import Workflow

LEVELS = ("none", "read", "write")
Scopes = Mapping[str, str]
Find = Callable[[str], Workflow]


def most(*all_scopes: Scopes) -> dict[str, str]:
    """The highest level of each scope; what is `none` is left out."""
    names = sorted({name for scopes in all_scopes for name in scopes})
    found = {name: max((scopes.get(name, "none") for scopes in all_scopes), key=LEVELS.index) for name in names}
    return {name: level for name, level in found.items() if level != "none"}


def granted(workflow: Workflow, job: Mapping[str, Any]) -> Scopes:
    """What a job may do: what it says itself, else what stands on top of its file.

    Raises:
        ValueError: neither says anything, or it is all of something: then the repository's settings decide.
    """
    scopes = job.get("permissions", workflow.get("permissions"))
    if not isinstance(scopes, Mapping):
        raise ValueError(f"permissions that depend on the repository's settings: {scopes!r}")  # noqa: TRY004
    return scopes


def needed(workflow: Workflow, find: Find) -> dict[str, str]:
    """What a called workflow asks of its caller: the most that any of its jobs has, or calls for.

    Args:
        workflow: as `load` reads it.
        find: the workflow that a `uses:` of a job names.
    """
    parts = []
    for job in workflow["jobs"].values():
        own = granted(workflow, job)
        if "uses" in job and (lacking := short(own, needed(find(job["uses"]), find))):
            raise ValueError(f"{job['uses']} asks for {lacking}, which its own caller does not have")
        parts.append(own)
    return most(*parts)


def short(given: Scopes, wanted: Scopes) -> dict[str, str]:
    """What is wanted and not given."""
    return {
        name: level for name, level in wanted.items() if LEVELS.index(given.get(name, "none")) < LEVELS.index(level)
    }
