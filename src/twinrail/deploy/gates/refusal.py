"""How it is told that a release does not set out because a gate is shut."""

from twinrail.deploy.gates.freshness import Stale
from twinrail.deploy.interface import Shut
from twinrail.deploy.release import Release
from twinrail.system.errors import Superseded, TurnedBack


def refusal(release: Release, environment: str, answer: Shut) -> TurnedBack | Superseded:
    """The error for a release that a shut gate keeps from setting out for `environment`; nothing was changed yet."""
    if isinstance(answer, Stale):
        return Superseded(f"{environment}: {answer.note}.", todo=answer.todo)
    return TurnedBack(f"{release.version} does not set out for {environment}: {answer.note}")
