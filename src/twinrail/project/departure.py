"""Whether what a run on GitHub made may leave: to a registry, to staging, to production."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from twinrail.system.github import Trigger


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether something is done, and why, as the end of a sentence."""

    yes: bool
    why: str


def deploys(trigger: Trigger, on: tuple[str, ...] = ()) -> Decision:
    """Whether a run that began like this goes on to staging and production; `on` are patterns of tags."""
    if trigger.event not in {"push", "workflow_dispatch"}:
        return Decision(yes=False, why=f"an event {trigger.event or 'without a name'} deploys nowhere")
    if trigger.fork:
        return Decision(yes=False, why="a fork deploys nowhere")
    if trigger.event == "workflow_dispatch":
        return Decision(yes=True, why="it was dispatched")
    kind, _, name = trigger.ref.removeprefix("refs/").partition("/")
    if kind == "tags":
        named = any(fnmatchcase(name, pattern) for pattern in on)
        return Decision(yes=named, why=f"deploy.on {'names' if named else 'does not name'} the tag {name}")
    if kind == "heads" and trigger.default_branch and name == trigger.default_branch:
        return Decision(yes=True, why=f"it is a push to {name}")
    return Decision(yes=False, why=f"{name or trigger.ref} is not the default branch")
