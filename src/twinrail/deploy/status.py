"""What is live where, since when, what was live before it, and what is under way."""

from collections.abc import Sequence
from dataclasses import dataclass

from twinrail.deploy.environments import Place
from twinrail.deploy.history import Attempt, history
from twinrail.deploy.interface import Entry
from twinrail.deploy.places import places_named
from twinrail.deploy.release import version_of
from twinrail.deploy.standing import previous
from twinrail.session.work import Work
from twinrail.system.errors import LedgerError


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds the lease.

    Attributes:
        owner: who deploys.
        since: when the lease began, in seconds since 1970.
        until: when it runs out unless they are heard of, in seconds since 1970.
        over: why another may take it now; empty while nobody may.
    """

    owner: str
    since: float
    until: float
    over: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """What an environment shows, and what its journal tells of that.

    Attributes:
        environment: its name.
        release: the live one's name; empty where nothing is live.
        version: the live one's version.
        instances: how many healthy ones of it run.
        wanted: how many are wanted.
        address: where people reach it.
        commit: what it was built from.
        since: when it came to serve all traffic, in seconds since 1970; None where the journal does not say.
        previous: the release that a rollback leads to; empty where there is none.
        under_way: the rollout that has not come to an end.
        lease: who may deploy right now.
        trouble: what cannot be read of journal and lease, and that the proxy does not answer.
        answers: whether the proxy answers at the address; None where nothing is to be served there.
    """

    environment: str
    release: str
    version: str
    instances: int
    wanted: int
    address: str
    commit: str
    since: float | None = None
    previous: str = ""
    under_way: Attempt | None = None
    lease: Holder | None = None
    trouble: str = ""
    answers: bool | None = None


def status(work: Work, environment: str = "") -> list[Status]:
    """What is live in each environment of this machine, or in the one that is named.

    Raises:
        UsageError: there is no such environment.
    """
    return [look(place) for place in places_named(work, environment)]


def look(place: Place) -> Status:
    """What an environment shows. A journal that is broken is told, and hides nothing of what runs."""
    state = place.target.state()
    live, troubles = state.live, []
    entries: Sequence[Entry] = ()
    lease = None
    try:
        entries = place.ledger.read()
    except LedgerError as error:
        troubles.append(error.what)
    try:
        lease = _holder(place)
    except LedgerError as error:
        troubles.append(error.what)
    answers = place.target.answers() if state.instances else None
    if answers is False:
        troubles.append(
            f"The proxy at {place.target.address('').url} does not answer: nobody is served. "
            "Whatever is deployed, resumed or rolled back next starts it again."
        )
    attempts = history(entries)
    back = previous(entries) if live else None
    return Status(
        environment=place.name,
        release=live,
        version=version_of(live),
        instances=state.instances.get(live, 0),
        wanted=place.environment.replicas,
        address=place.target.address(live).url,
        commit=place.target.commit(live) if live else "",
        since=_since(attempts, live),
        previous=back.name if back else "",
        under_way=attempts[-1] if attempts and attempts[-1].open else None,
        lease=lease,
        trouble=" ".join(troubles),
        answers=answers,
    )


def _since(attempts: Sequence[Attempt], live: str) -> float | None:
    # The same release may have been deployed again while it was live: it serves since the first of those times.
    since, fates = None, {"live"}
    for attempt in reversed([each for each in attempts if not each.open and each.became != "turned back"]):
        if attempt.release != live or attempt.became not in fates:
            break
        since, fates = attempt.began + attempt.seconds, {"replaced", "rolled back"}
    return since


def _holder(place: Place) -> Holder | None:
    lease = place.ledger.holder()
    if lease is None:
        return None
    over = lease.over(place.ledger.clock(), place.ledger.ticks())
    return Holder(owner=lease.owner, since=lease.since, until=lease.until, over=over)
