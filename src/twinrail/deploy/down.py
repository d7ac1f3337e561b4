"""The end of all that runs on this machine."""

from twinrail.deploy.environments import Place
from twinrail.deploy.lease import LEASE, Heartbeat
from twinrail.deploy.places import places
from twinrail.deploy.standing import live_now
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system.errors import LedgerError, TwinrailError
from twinrail.system.user import user_name


def down(work: Work) -> Outcome:
    """Every local environment stopped; data, releases and journals stay. What hinders one does not keep the others."""
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
        # Instances may take their time to drain.
        with Heartbeat(place.ledger, fence):
            count = place.target.down(fence)
            _note(place, count, owner, fence)
        return count
    finally:
        place.ledger.give_back(fence)


def _note(place: Place, count: int, owner: str, fence: int) -> None:
    """Writes down that all was stopped, also where something else stopped it and the journal says otherwise."""
    try:
        if count or live_now(place.ledger.read()):
            place.ledger.append("down", {"by": owner}, fence=fence)
    except LedgerError as error:
        if not count:
            return  # nothing was done, and verify-journal tells the rest
        raise LedgerError(
            f"{place.name} was stopped ({count} processes), and its journal does not say so: {error.what}",
            why="Until it does, what it calls live is not.",
            todo=error.todo,
        ) from error
