"""What became of each rollout of an environment, read off its journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from twinrail.deploy.interface import Entry
from twinrail.deploy.release import version_of

Fate = Literal["live", "replaced", "rolled back", "down", "turned back", "paused", "unfinished"]
"""What became of a rollout: live now; live until another came, or until somebody went back; ended with its environment;
taken back; waiting; without an end, because its deployer died or still deploys."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One rollout. What older entries do not tell is empty.

    Attributes:
        release: the release's name.
        version: its version.
        commit: what it was built from.
        old: the release that was live before; empty where none was.
        strategy: the strategy's name.
        rollback: whether it was a way back.
        by: who began it.
        began: in seconds since 1970.
        seconds: from the beginning to the last that is known of it.
        became: what became of it.
        why: what it was turned back for, or waits for.
        todo: what goes on from there, where it waits.
        ended: when it was no longer live, in seconds since 1970; None where it is, or never was.
    """

    release: str
    version: str
    commit: str
    old: str
    strategy: str
    rollback: bool
    by: str
    began: float
    seconds: float = 0.0
    became: Fate = "unfinished"
    why: str = ""
    todo: str = ""
    ended: float | None = None

    @property
    def open(self) -> bool:
        """Whether it has not come to an end."""
        return self.became in {"paused", "unfinished"}


def history(entries: Sequence[Entry]) -> tuple[Attempt, ...]:
    """All rollouts, oldest first."""
    told = _History()
    for entry in entries:
        told.take(entry)
    return tuple(told.attempts)


@dataclass
class _History:
    """The fold: `under_way` and `live` are places in `attempts`."""

    attempts: list[Attempt] = field(default_factory=list)
    under_way: int | None = None
    live: int | None = None

    def take(self, entry: Entry) -> None:
        facts = entry.facts
        match entry.kind:
            case "begin":
                self._begin(entry)
            case "live":
                self._arrive(entry)
            case "turned back":
                self._change(entry, became="turned back", why=str(facts.get("why", "")))
                self.under_way = None
            case "down":
                self._change(entry, became="down")
                self._leave(entry, "down")
                self.under_way = self.live = None
            case "paused":
                self._change(entry, became="paused", why=str(facts.get("why", "")), todo=str(facts.get("todo", "")))
            case "back":
                self._change(entry, became="unfinished", why=str(facts.get("why", "")), todo="")
            case "move" if not facts.get("back"):
                self._change(entry, became="unfinished", why="", todo="")
            case "move" | "made" | "asked":
                self._change(entry)

    def _begin(self, entry: Entry) -> None:
        self.attempts.append(_attempt(entry.facts, entry.time))
        self.under_way = len(self.attempts) - 1

    def _arrive(self, entry: Entry) -> None:
        if self.under_way is None:
            self._begin(entry)
        self._leave(entry, "rolled back" if entry.facts.get("rollback") else "replaced")
        self._change(entry, became="live", why="", todo="")
        self.live, self.under_way = self.under_way, None

    def _leave(self, entry: Entry, became: Fate) -> None:
        if self.live is not None:
            self.attempts[self.live] = replace(self.attempts[self.live], became=became, ended=entry.time)

    def _change(self, entry: Entry, **what: Any) -> None:
        if self.under_way is not None:
            attempt = self.attempts[self.under_way]
            self.attempts[self.under_way] = replace(attempt, seconds=entry.time - attempt.began, **what)


def _attempt(facts: Mapping[str, Any], began: float) -> Attempt:
    release = str(facts.get("release", ""))
    return Attempt(
        release=release,
        version=str(facts.get("version") or version_of(release)),
        commit=str(facts.get("commit", "")),
        old=str(facts.get("old", "")),
        strategy=str(facts.get("strategy", "")),
        rollback=bool(facts.get("rollback")),
        by=str(facts.get("by", "")),
        began=began,
    )
