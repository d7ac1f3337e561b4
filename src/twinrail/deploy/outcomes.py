"""How the end of a rollout is told as the end of a session."""

from twinrail.deploy.environments import Place
from twinrail.deploy.execution import ReleaseTurnedBack, Rolled, RolloutPaused
from twinrail.deploy.github import rehearses
from twinrail.deploy.release import version_of
from twinrail.session.outcome import Outcome, failed


def told(place: Place, rolled: Rolled) -> tuple[str, ...]:
    """What is live now, and how it came there, in parts."""
    count, strategy, version = place.environment.replicas, place.environment.strategy.name, rolled.release.version
    if rehearses(place.environment):
        return (f"rehearsal: {strategy} {count} of {count}", *rolled.notes, f"{version}, stopped again")
    was = f", was {version_of(rolled.old)}" if rolled.old else ""
    url = place.target.address(rolled.release.name).url
    return (f"{strategy} {count} of {count}", *rolled.notes, f"{url} ({version}{was})")


def turned_back(error: ReleaseTurnedBack) -> Outcome:
    """A session whose release was turned back."""
    first, *rest = error.what.splitlines()
    return failed(
        first,
        exit_code=error.exit_code,
        detail="\n".join([*rest, error.why]),
        findings=error.findings,
        readings=error.readings,
    )


def waits(error: RolloutPaused) -> Outcome:
    """A session whose rollout waits in the middle."""
    return Outcome(state="waiting", headline=f"{error.what}; go on with:  {error.todo}", exit_code=error.exit_code)
