"""What is live where, and the end of all of it on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass

from twinrail.deploy.environments import Place, folder_of, open_place
from twinrail.deploy.release import version_of
from twinrail.deploy.lease import LEASE
from twinrail.project.environments import Environment
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.errors import TwinrailError
from twinrail.system.user import user_name


@dataclass(frozen=True, kw_only=True)
class Status:
    """What an environment shows."""

    environment: str
    release: str
    version: str
    instances: int
    wanted: int
    address: str
    commit: str


def places(work: Work) -> Iterator[Place]:
    """The environments of the settings, and those that stand on this machine and are no longer in them."""
    known = dict(work.settings.environments)
    folder = folder_of(work.project, "x", Environment()).parent
    there = [path.name for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    for name in dict.fromkeys([*known, *there]):
        environment = known.get(name, Environment())
        if folder_of(work.project, name, environment).is_dir():
            # Whatever the project has become, what runs can be seen and ended: nothing is started here.
            yield open_place(work, name, environment, work.settings.service)


def status(work: Work) -> list[Status]:
    """What is live in each environment of this machine."""
    return [_status(place) for place in places(work)]


def down(work: Work) -> Outcome:
    """Every local environment stopped; data, releases and ledgers stay. What hinders one does not keep the others."""
    stopped, troubles = {}, []
    for place in places(work):
        work.progress(place.name)
        try:
            if count := _stop(place, f"{user_name()}, run {work.run}"):
                stopped[place.name] = count
        except TwinrailError as error:
            troubles.append(error)
    told = " · ".join(f"{name} ({count} processes)" for name, count in stopped.items())
    if troubles:
        headline = f"{troubles[0].what}{f' Stopped: {told}' if told else ''}"
        return failed(headline, exit_code=troubles[0].exit_code, detail="\n".join(str(each) for each in troubles))
    return passed(f"stopped {told}") if told else off("nothing is running")


def _stop(place: Place, owner: str) -> int:
    # Under the lease: whoever deploys there right now must not have it pulled away.
    fence = place.ledger.lease(owner, LEASE)
    try:
        if count := place.target.down():
            place.ledger.append("down", {}, fence=fence)
        return count
    finally:
        place.ledger.give_back(fence)


def _status(place: Place) -> Status:
    state = place.target.state()
    live = state.live
    return Status(
        environment=place.name,
        release=live,
        version=version_of(live),
        instances=state.instances.get(live, 0),
        wanted=place.environment.replicas,
        address=place.target.address(live).url,
        commit=place.target.store.commit(live) if live else "",
    )
