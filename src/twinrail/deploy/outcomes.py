"""How the end of a rollout is told as the end of a session."""

from twinrail.deploy.environments import Place
from twinrail.deploy.execution import ReleaseTurnedBack, Rolled
from twinrail.deploy.github import rehearses
from twinrail.deploy.receipt import Receipt, write
from twinrail.deploy.release import version_of
from twinrail.session.outcome import Outcome, failed
from twinrail.session.work import Work
from twinrail.system.errors import Waiting


def told(place: Place, rolled: Rolled) -> tuple[str, ...]:
    """What is live now, and how it came there, in parts."""
    count, strategy, version = rolled.replicas, rolled.strategy, rolled.release.version
    if rehearses(place.environment):
        return (f"rehearsal: {strategy} {count} of {count}", *rolled.notes, f"{version}, stopped again")
    was = version_of(rolled.old)
    if was == version and rolled.old != rolled.release.name:  # two of one version: only their names tell them apart
        version, was = rolled.release.name, rolled.old
    url = place.target.address(rolled.release.name).url
    return (f"{strategy} {count} of {count}", *rolled.notes, f"{url} ({version}{f', was {was}' if was else ''})")


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


def waits(error: Waiting) -> Outcome:
    """A session whose rollout waits, before it sets out or in the middle."""
    return Outcome(state="waiting", headline=f"{error.what}; go on with:  {error.todo}", exit_code=error.exit_code)


def leave_receipt(work: Work, place: Place, rolled: Rolled) -> None:
    """What this environment found of the release, for the next one."""
    release = rolled.release
    receipt = Receipt(
        environment=place.name,
        release=release.name,
        identity=release.identity,
        commit=release.commit,
        head=place.ledger.read()[-1].hash,
        run=work.run,
        rehearsal=rehearses(place.environment),
        readings=rolled.readings,
        image=release.image,
    )
    write(work.project.state, receipt)
