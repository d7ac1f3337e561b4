"""The sessions that go on or go back: resume, rollback."""

from twinrail.deploy.environments import Place, open_place, service_of
from twinrail.deploy.execution import ReleaseTurnedBack, Rolled, RolloutPaused
from twinrail.deploy.interface import Entry
from twinrail.deploy.launch import rollout_of, way_back_of
from twinrail.deploy.outcomes import leave_receipt, told, turned_back, waits
from twinrail.deploy.receipt import revoke
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import contracted_since, live_now, lives, previous, unfinished
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.work import Work
from twinrail.system.errors import PlanRefused, UsageError
from twinrail.system.guess import did_you_mean


def resume(work: Work) -> Outcome:
    """What an earlier deploy left unfinished is brought to its end."""
    place = _place(work)
    left = unfinished(place.ledger.read())
    if left is None:
        return off(f"nothing is unfinished in {place.name}")
    rollout = rollout_of(work, place, left.release, end=work.end)
    try:
        rolled = rollout.resume()
    except ReleaseTurnedBack as error:
        return turned_back(error)
    except RolloutPaused as error:
        return waits(error)
    if rolled is None:
        return off(f"nothing is unfinished in {place.name}")
    if place.name != "test":  # there the e2e tests have the last word
        leave_receipt(work, place, rolled)
    return passed(_arrived(place, rolled), readings=rolled.readings)


def rollback(work: Work) -> Outcome:
    """The release before serves again, or the one that was named."""
    place = _place(work)
    entries = place.ledger.read()
    if (left := unfinished(entries)) and not work.to:
        rollout_of(work, place, left.release).take_back("rolled back by hand")
        revoke(work.project.state, place.name, left.release.identity)
        was = f"{version_of(left.old)} serves 100 %" if left.old else "nothing is live"
        return passed(f"{left.release.version} was on its way and was taken back: {was}")
    wanted = _wanted(place, entries, work.to)
    if isinstance(wanted, Outcome):
        return wanted
    _bridge(place, entries, wanted)
    now = live_now(entries)
    try:
        rolled = way_back_of(work, place, wanted).run(wanted)
    except ReleaseTurnedBack as error:
        return turned_back(error)
    # What was not good enough here is not to set out for the next environment.
    if now and now.what:
        revoke(work.project.state, place.name, now.what.identity)
    return passed(_arrived(place, rolled))


def _place(work: Work) -> Place:
    known = work.settings.environments
    if work.environment not in known:
        raise UsageError(
            f'"{work.environment}" is not an environment of this project.{did_you_mean(work.environment, known)}'
        )
    return open_place(work, work.environment, known[work.environment], service_of(work))


def _wanted(place: Place, entries: tuple[Entry, ...], to: str) -> Release | Outcome:
    """The release to go back to, or how the session ends because there is none to go to."""
    now = live_now(entries)
    if now is None:
        raise PlanRefused(f"Nothing is live in {place.name}: there is nothing to go back from.")
    if not to:
        before = previous(entries)
        if before is None and now.rollback:
            was = version_of(now.old)
            return off(
                f"{version_of(now.name)} is live by a rollback from {was} already; nothing was changed. "
                f"Another one:  twinrail rollback {place.name} --to RELEASE"
            )
        if before is None:
            raise PlanRefused(f"{version_of(now.name)} is the first release that was healthy in {place.name}.")
        return _there(place, before.what, before.name)
    found = {each.name: each.what for each in lives(entries) if to in {each.name, version_of(each.name)}}
    if not found:
        names = list(dict.fromkeys(version_of(each.name) for each in lives(entries)))
        raise UsageError(
            f"{to} was never healthy with all traffic in {place.name}. Known: {', '.join(names)}."
            f"{did_you_mean(to, names)}"
        )
    name = list(found)[-1]
    if name == now.name:
        return off(f"{version_of(name)} is live in {place.name} already; nothing was changed")
    return _there(place, found[name], name)


def _there(place: Place, release: Release | None, name: str) -> Release:
    """The release, which stands ready at the place still."""
    if release is None or name not in place.target.state().releases:
        ready = ", ".join(version_of(each) for each in place.target.state().releases)
        raise PlanRefused(
            f"{version_of(name)} does not stand ready in {place.name} any more.",
            why=f"The last {place.environment.keep} releases are kept; there: {ready or 'none'}.",
            todo=f"Raise [tool.twinrail.environments.{place.name}] keep, or deploy its commit as a new release.",
        )
    return release


def _bridge(place: Place, entries: tuple[Entry, ...], wanted: Release) -> None:
    if by := contracted_since(entries, wanted.name):
        raise PlanRefused(
            f"No way leads back to {wanted.version} in {place.name}: the database was contracted for {version_of(by)}.",
            why=f"What {wanted.version} needs there may be gone.",
            todo="Mend forward: deploy a newer release. Nothing was changed.",
        )


def _arrived(place: Place, rolled: Rolled) -> str:
    return " · ".join(told(place, rolled))
