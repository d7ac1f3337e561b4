"""The sessions that go on or go back: resume, rollback."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from twinrail.deploy.environments import Place, check_secrets, open_place, service_of
from twinrail.deploy.execution import ReleaseTurnedBack, Rolled, RolloutPaused
from twinrail.deploy.interface import Answer, Entry, Ledger, Open, Shut
from twinrail.deploy.launch import by_terms, prepare_gates, rollout_of, way_back_of
from twinrail.deploy.outcomes import leave_receipt, told, turned_back, waits
from twinrail.deploy.receipt import revoke
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Live, Unfinished, live_now, lives, previous, rolled_back, unfinished
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import PlanRefused, UsageError
from twinrail.system.guess import did_you_mean


@dataclass(frozen=True)
class StillLive:
    """The release from which a way back leads is live still when the environment is held: nobody deployed meanwhile."""

    release: str
    ledger: Ledger
    name: ClassVar[str] = "still live"

    def ask(self, release: Release) -> Answer:  # noqa: ARG002  # it is about the one that is live
        """Shut where another went live between the question and the lease."""
        now = live_now(self.ledger.read())
        if now and now.name == self.release:
            return Open(note=f"{version_of(now.name)} is live")
        return Shut(note=f"{version_of(now.name) if now else 'nothing'} is live there by now")


def resume(work: Work) -> Outcome:
    """What an earlier deploy left unfinished is brought to its end."""
    return resume_at(_place(work), work)


def rollback(work: Work) -> Outcome:
    """The release before serves again, or the one that was named."""
    return rollback_at(_place(work), work)


def resume_at(place: Place, work: Work) -> Outcome:
    """The same, in a place that is open already."""
    left = unfinished(place.ledger.read())
    if left is None:
        return off(f"nothing is unfinished in {place.name}")
    if left.terms:
        work, place = by_terms(work, place, left.terms)
    if not (left.back or left.rollback):  # on a way back nobody is compared
        prepare_gates(work, place)
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


def rollback_at(place: Place, work: Work) -> Outcome:
    """The same, in a place that is open already."""
    entries = place.ledger.read()
    if (left := unfinished(entries)) and work.to in _meant(left):
        return _undone(work, place, left)
    wanted = _wanted(place, entries, work.to)
    if isinstance(wanted, Outcome):
        return wanted
    now = live_now(entries)
    unchanged = StillLive(now.name if now else "", place.ledger)
    try:
        rolled = replace(way_back_of(work, place, wanted), before=(unchanged,)).run(wanted)
    except ReleaseTurnedBack as error:
        return turned_back(error)
    # What was not good enough here is not to set out for the next environment.
    if now and now.what:
        revoke(work.project.state, place.name, now.what.identity)
    return passed(_arrived(place, rolled))


def _meant(left: Unfinished) -> set[str]:
    """What names the release to which an unfinished rollout leads back; a way back leads on, unless it failed."""
    to = left.release.name if left.rollback and not left.back else left.old
    return {"", to, version_of(to)}


def _undone(work: Work, place: Place, left: Unfinished) -> Outcome:
    if left.rollback and not left.back:
        return resume_at(place, work)
    rollout_of(work, place, left.release).take_back("rolled back by hand")
    revoke(work.project.state, place.name, left.release.identity)
    was = f"{version_of(left.old)} serves 100 %" if left.old else "nothing is live"
    return passed(f"{left.release.version} was on its way and was taken back: {was}")


def _place(work: Work) -> Place:
    known = work.settings.environments
    if work.environment not in known:
        raise UsageError(
            f'"{work.environment}" is not an environment of this project.{did_you_mean(work.environment, known)}'
        )
    check_secrets(work.environment, known[work.environment])
    place = open_place(work, work.environment, known[work.environment], service_of(work))
    place.target.admit()
    return place


def _wanted(place: Place, entries: tuple[Entry, ...], to: str) -> Release | Outcome:
    """The release to go back to, or how the session ends because there is none to go to."""
    now = live_now(entries)
    if now is None:
        raise PlanRefused(
            f"Nothing is live in {place.name}: there is nothing to go back from.", todo="Nothing was changed."
        )
    if not to:
        return _before(place, entries, now)
    past = lives(entries)
    meant = [each for each in reversed(past) if to in {each.name, version_of(each.name)}]
    # Of several releases of one version the live one cannot be meant.
    found = next((each for each in meant if each.name != now.name), meant[0] if meant else None)
    if found is None:
        names = _told_apart(each.name for each in past)
        raise UsageError(
            f"{to} was never healthy with all traffic in {place.name}. Known: {', '.join(names)}."
            f"{did_you_mean(to, names)}"
        )
    if found.name == now.name:
        return off(f"{version_of(found.name)} is live in {place.name} already; nothing was changed")
    return _there(place, found)


def _before(place: Place, entries: tuple[Entry, ...], now: Live) -> Release | Outcome:
    if (before := previous(entries)) is not None:
        return _there(place, before)
    if by := rolled_back(entries):
        return off(
            f"{version_of(now.name)} is live by a rollback from {version_of(by.old)} already; nothing was changed. "
            f"Another one:  {again('rollback', place.name, '--to', 'RELEASE', tool=False)}"
        )
    raise PlanRefused(
        f"{version_of(now.name)} is the first release that was healthy in {place.name}: there is none to go back to.",
        todo="Nothing was changed.",
    )


def _there(place: Place, live: Live) -> Release:
    """The release, which stands ready at the place still."""
    ready = place.target.state().releases
    if live.what is None or live.name not in ready:
        raise PlanRefused(
            f"{version_of(live.name)} does not stand ready in {place.name} any more.",
            why=f"The last {place.environment.keep} releases are kept; there: "
            f"{', '.join(_told_apart(ready)) or 'none'}.",
            todo=f"Raise [tool.twinrail.environments.{place.name}] keep, or deploy its commit as a new release.",
        )
    return live.what


def _told_apart(releases: Iterable[str]) -> list[str]:
    """Each release by its version, or in full where another one has that too."""
    names = list(dict.fromkeys(releases))
    versions = [version_of(each) for each in names]
    return [name if versions.count(version) > 1 else version for name, version in zip(names, versions, strict=True)]


def _arrived(place: Place, rolled: Rolled) -> str:
    return " · ".join(told(place, rolled))
