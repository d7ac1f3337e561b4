"""Freshness: nothing older takes the place of what is live, except on the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from twinrail.deploy.gates.asking import or_shut
from twinrail.deploy.interface import Answer, Entry, Ledger, Open, Shut
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Live, live_now, lives, unfinished
from twinrail.project.commits import Commits
from twinrail.system.called import again
from twinrail.system.units import show_span


@dataclass(frozen=True, kw_only=True)
class Stale(Shut):
    """The release is older than the one that is live; `todo` is what to do instead."""

    todo: str


@dataclass(frozen=True, kw_only=True)
class Built:
    """A version and the commit that it was built from; `when` is the commit's time, 0 where it is not known."""

    version: str
    commit: str
    when: int

    def __str__(self) -> str:
        return f"{self.version} ({self.commit[:7]})" if self.commit else self.version


@dataclass(frozen=True, kw_only=True)
class FreshnessGate:
    """The release is no older than the one that is live in `environment`; the ledger is read anew at each question.

    Where git knows how the two commits follow on each other that decides, else their times.
    """

    environment: str
    ledger: Ledger
    commits: Commits
    name: ClassVar[str] = "freshness"

    @or_shut
    def ask(self, release: Release) -> Answer:
        """`Stale` for an older release; what cannot be told apart may pass, and the note says why."""
        entries = self.ledger.read()
        if rival := self._rival(release, entries):
            return rival
        live = live_now(entries)
        if live is None:
            return Open(note="nothing is live")
        mine, theirs = self._mine(release), self._theirs(live, entries)
        if release.name == live.name:
            return Open(note=f"{theirs} is live already")
        ahead, follows = _ahead(mine, theirs), self._follows(mine, theirs)
        if follows or (follows is None and ahead and ahead > 0):
            return Open(note=_newer(theirs, ahead))
        if follows is None and not ahead:
            return Open(note=_untold(mine, theirs, ahead))
        return self._stale(release, f"{mine} is superseded: {theirs}, which is live", ahead, entries)

    def _rival(self, release: Release, entries: Sequence[Entry]) -> Stale | None:
        """What is on its way already, or waits, and is newer: it would be taken back for something older."""
        left = unfinished(entries)
        if left is None or left.back or left.rollback or left.release.name == release.name:
            return None
        mine, theirs = self._mine(release), self._mine(left.release)
        ahead, follows = _ahead(mine, theirs), self._follows(mine, theirs)
        if follows or (follows is None and (not ahead or ahead > 0)):
            return None
        state = "waits here" if left.paused else "is unfinished here"
        on, back = (again(verb, self.environment, tool=False) for verb in ("resume", "rollback"))
        note = f"{mine} is superseded: {theirs}, which {state}, {_how(ahead)}"
        return Stale(note=note, todo=f"Go on with that one:  {on}  or take it back first:  {back}")

    def _follows(self, mine: Built, theirs: Built) -> bool | None:
        """Whether git knows that the release's commit comes after the live one, or before it; None for neither."""
        if mine.commit == theirs.commit:
            return None
        if self.commits.leads(theirs.commit, mine.commit):
            return True
        return False if self.commits.leads(mine.commit, theirs.commit) else None

    def _mine(self, release: Release) -> Built:
        when = release.when or self.commits.when(release.commit)
        return Built(version=release.version, commit=release.commit, when=when)

    def _theirs(self, live: Live, entries: Sequence[Entry]) -> Built:
        if live.what:
            return self._mine(live.what)
        # Another version of the pack wrote it down: whatever names the release may say of which commit it is.
        named = (each.facts for each in reversed(entries) if each.facts.get("release") == live.name)
        said = next((facts for facts in named if facts.get("commit")), {})
        commit = str(said.get("commit", ""))
        when = int(said.get("when") or 0) or self.commits.when(commit)
        return Built(version=version_of(live.name), commit=commit, when=when)

    def _stale(self, release: Release, note: str, ahead: int | None, entries: Sequence[Entry]) -> Stale:
        there = [each.name for each in lives(entries)]
        namesakes = {name for name in there if version_of(name) == release.version}
        known_as = release.version if len(namesakes) == 1 else release.name
        back = f"Deploy the newer one; the way back is:  twinrail rollback {self.environment} --to {known_as}"
        never = f"Deploy the newer one; {release.version} was never live here, so no way back leads to it."
        return Stale(note=f"{note}, {_how(ahead)}", todo=back if release.name in there else never)


def _how(ahead: int | None) -> str:
    return f"is newer by {show_span(-ahead)}" if ahead and ahead < 0 else "comes after it"


def _ahead(mine: Built, theirs: Built) -> int | None:
    """By how many seconds a commit is younger than another one; None where that is not known."""
    if mine.commit and mine.commit == theirs.commit:
        return 0
    return mine.when - theirs.when if mine.when and theirs.when else None


def _newer(live: Built, ahead: int | None) -> str:
    # Clocks that go wrong, or nobody's: then the order of the commits alone is told.
    how = f"newer by {show_span(ahead)} than" if ahead and ahead > 0 else "it comes after"
    return f"{how} {live}, which is live"


def _untold(mine: Built, live: Built, ahead: int | None) -> str:
    if mine.commit and mine.commit == live.commit:
        return f"of the same commit as {live}, which is live"
    why = "their commits are of the same second" if ahead == 0 else "the age of one of the two is not known"
    return f"{live} is live, and which is newer cannot be told: {why}"
