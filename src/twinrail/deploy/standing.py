"""Where an environment stands, read off its journal: what is unfinished, what is live, what was live before."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from twinrail.deploy.interface import Entry
from twinrail.deploy.moves import Migrate, Move
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.terms import Terms, read_terms
from twinrail.deploy.written import read_move, read_release
from twinrail.system.errors import LedgerError

ENDS = frozenset({"live", "turned back", "down"})
"""The kinds of entries with which a rollout ends."""
_STEPS = frozenset({"begin", "move", "made", "paused", "back"})
"""The kinds of entries that tell how far it came."""


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A rollout that has not ended: its deployer died, or waits for something.

    Attributes:
        old: the release that was live before; empty where none was.
        release: the one on its way.
        plan: all its moves.
        done: how many of them were made.
        begun: how many of them were begun.
        back: why it is on the way back; empty as long as it is not.
        paused: what it waits for; empty where its deployer died.
        strategy: the strategy's name.
        replicas: how many instances are wanted.
        instances: how many instances of each release ran before.
        rollback: whether it is a way back to a release that was live before.
        since: when the move after those that were made was begun first, in seconds since 1970; 0 where it was not.
        terms: the settings that it set out with; None in entries that do not say.
    """

    old: str
    release: Release
    plan: tuple[Move, ...]
    done: int
    begun: int
    replicas: int
    instances: Mapping[str, int]
    back: str = ""
    paused: str = ""
    strategy: str = ""
    rollback: bool = False
    since: float = 0.0
    terms: Terms | None = None

    @property
    def contracted(self) -> bool:
        """Whether the database may have been contracted: no way leads back across that."""
        return any(isinstance(move, Migrate) and move.phase == "contract" for move in self.plan[: self.begun])

    def goes_on(self, release: str, *, rollback: bool = False) -> bool:
        """Whether a deploy of that release, or a way back to it, goes on with this one rather than takes it back."""
        same = self.release.name == release and self.rollback == rollback and not self.back
        return same and bool(self.paused or rollback)


def unfinished(entries: Sequence[Entry]) -> Unfinished | None:
    """The rollout that has not ended, if there is one.

    Raises:
        LedgerError: its beginning does not read as one of ours.
    """
    start = next((number for number in reversed(range(len(entries))) if entries[number].kind == "begin"), None)
    if start is None or any(each.kind in ENDS for each in entries[start:]):
        return None
    try:
        return _read([each for each in entries[start:] if each.kind in _STEPS])
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(
            f"What the journal says of the unfinished rollout (entry {entries[start].number}) cannot be read.",
            why=f"Perhaps another version of Twinrail wrote it ({type(error).__name__}: {str(error).splitlines()[0]}).",
            todo="Go on with that version; nothing was changed.",
        ) from error


def _read(steps: Sequence[Entry]) -> Unfinished:
    begin = steps[0].facts
    ahead = [each for each in steps if not each.facts.get("back")]
    old, release, replicas = str(begin["old"]), _release(begin), int(begin.get("replicas", 1))
    # One that does not say what it was going to do can only be taken back.
    planless = "" if "plan" in begin else "its plan was not written down"
    done = max((int(each.facts["number"]) for each in ahead if each.kind == "made"), default=0)
    return Unfinished(
        old=old,
        release=release,
        plan=tuple(read_move(each, release) for each in begin.get("plan", ())),
        done=done,
        begun=max((int(each.facts["number"]) for each in ahead if each.kind == "move"), default=0),
        back=next((str(each.facts["why"]) for each in steps if each.kind == "back"), planless),
        paused=str(steps[-1].facts["why"]) if steps[-1].kind == "paused" else "",
        strategy=str(begin.get("strategy", "")),
        replicas=replicas,
        instances=begin.get("instances", {old: replicas} if old else {}),
        rollback=bool(begin.get("rollback")),
        terms=_terms(begin),
        since=next((each.time for each in ahead if each.kind == "move" and each.facts["number"] == done + 1), 0.0),
    )


@dataclass(frozen=True, kw_only=True)
class Live:
    """A release that was healthy with all traffic.

    Attributes:
        what: the release; None in entries that another version wrote.
        name: its name.
        old: the one that was live before it; empty where none was.
        rollback: whether it came by a way back.
        expanded: whether the database was expanded for it on that way.
        contracted: whether the database was contracted for it.
        terms: the settings with which it set out; None in entries that do not say.
    """

    what: Release | None
    name: str
    old: str
    rollback: bool
    expanded: bool
    contracted: bool
    terms: Terms | None = None


def lives(entries: Sequence[Entry]) -> tuple[Live, ...]:
    """All releases that were healthy with all traffic, in their order; one may stand there several times."""
    found, begin = [], None
    for each in entries:
        if each.kind == "begin":
            begin = each.facts
        elif each.kind == "live":
            found.append(_live(each.facts, begin))
    return tuple(found)


def _live(facts: Mapping[str, Any], begin: Mapping[str, Any] | None) -> Live:
    terms = None
    if begin and begin.get("release") == facts["release"]:
        with contextlib.suppress(KeyError, TypeError, ValueError):  # another version wrote it
            terms = _terms(begin)
    return Live(
        what=_known(facts),
        name=str(facts["release"]),
        old=str(facts.get("old", "")),
        rollback=bool(facts.get("rollback")),
        expanded=bool(facts.get("expanded")),
        contracted=bool(facts.get("contracted")),
        terms=terms,
    )


def live_now(entries: Sequence[Entry]) -> Live | None:
    """The release that reached all traffic last, unless all was stopped since."""
    last = next((each for each in reversed(entries) if each.kind in {"live", "down"}), None)
    return lives([last])[0] if last and last.kind == "live" else None


def previous(entries: Sequence[Entry]) -> Live | None:
    """The last release before the live one that was healthy with all traffic: where a rollback leads.

    None where there is none, and where the live one came by a rollback itself: from there back would be forth.
    """
    past = lives(entries)
    if rolled_back(entries):
        return None
    return next((each for each in reversed(past) if each.name != past[-1].name), None)


def rolled_back(entries: Sequence[Entry]) -> Live | None:
    """The rollback by which the live release came, be it that it was deployed once more since; None without one."""
    past = lives(entries)
    latest = takewhile(lambda each: each.name == past[-1].name, reversed(past))
    return next((each for each in latest if each.rollback), None)


def contracted_since(entries: Sequence[Entry], release: str) -> str:
    """The release for which the database was contracted after `release` was last live, or an empty text."""
    past = lives(entries)
    last = max((number for number, each in enumerate(past) if each.name == release), default=-1)
    return next((each.name for each in past[last + 1 :] if each.contracted), "")


def kept(entries: Sequence[Entry], keep: int) -> tuple[str, ...]:
    """The releases that must stay at the place for a way back: the `keep` that were live last, newest first."""
    return tuple(dict.fromkeys(each.name for each in reversed(lives(entries))))[:keep]


def _known(facts: Mapping[str, Any]) -> Release | None:
    with contextlib.suppress(KeyError, TypeError, ValueError):  # an earlier version wrote less, a later one may more
        return read_release(facts["what"])
    return None


def _terms(begin: Mapping[str, Any]) -> Terms | None:
    return read_terms(begin["settings"]) if begin.get("settings") else None


def _release(begin: Mapping[str, Any]) -> Release:
    if begin.get("what"):
        return read_release(begin["what"])
    # Without its files, but by its name: enough to take it back.
    name = str(begin["release"])
    return Release(
        version=version_of(name), digest=name.rpartition("-")[2], wheel=Path(), requirements=Path(), commit=""
    )
