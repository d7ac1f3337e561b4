"""A rollout under way, under its lease: forward by its plan, to its end, or back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from twinrail.deploy.interface import Ledger
from twinrail.deploy.making import GateShut, GateWaits, Maker
from twinrail.deploy.moves import Bring, Migrate, Prune
from twinrail.deploy.plans import Plan
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Unfinished, kept
from twinrail.report.events import Finding, Reading
from twinrail.system.errors import (
    Interrupted,
    LedgerError,
    MoveFailed,
    PlanRefused,
    TurnedBack,
    TwinrailError,
    Waiting,
)

_LINES = 5
"""How many of a release's last words are told."""


class ReleaseTurnedBack(TurnedBack):
    """A release was turned back; carries what the gate that shut found."""

    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()


class RolloutPaused(Waiting):
    """A gate waits in the middle of a rollout: it stays as it is until somebody goes on."""


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """What a rollout did.

    Attributes:
        old: the release that was live before, or empty.
        release: the one that is live now.
        strategy: how it got there, by name.
        readings: what the gates measured.
        notes: what the gates said.
    """

    old: str
    release: Release
    strategy: str = ""
    readings: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Carries a plan out.

    Attributes:
        maker: makes the moves, and writes them down.
        ledger: what is written down.
        keep: how many releases that were live stay at the place.
        last_words: the last lines that a release said, for whoever learns that it was turned back.
        rollback: whether this is a way back to a release that was live before.
    """

    maker: Maker
    ledger: Ledger
    keep: int
    last_words: Callable[[str], Sequence[str]]
    rollback: bool = False

    def forward(self, plan: Plan, done: int = 0) -> Rolled:
        """The release of the plan serves all traffic, whose first `done` moves were made before.

        Raises:
            ReleaseTurnedBack: it failed, and the one before serves.
            RolloutPaused: a gate waits.
            MoveFailed: it failed where no way leads back any more, or the way back failed too.
            Interrupted: somebody pressed Ctrl-C; the one before serves.
        """
        try:
            self.maker.forward(plan.moves, done, plan.old, plan.release)
        except GateWaits as waits:
            self.maker.book.write("paused", why=str(waits), todo=waits.answer.todo)
            raise RolloutPaused(f"{plan.release.version} waits: {waits}", todo=waits.answer.todo) from None
        except LedgerError:
            raise  # the lease is someone else's: nothing may be touched any more
        except Exception as error:  # whatever went wrong, the way back is made
            raise self._ending(plan, error) from error
        contracted = any(isinstance(move, Migrate) and move.phase == "contract" for move in plan.moves)
        self.maker.book.live(plan.release, plan.old, rollback=self.rollback, contracted=contracted)
        self._prune()
        return Rolled(
            old=plan.old,
            release=plan.release,
            strategy=plan.strategy,
            readings=tuple(self.maker.readings),
            notes=tuple(self.maker.notes.values()),
        )

    def take_back(self, left: Unfinished, why: str) -> None:
        """What an earlier deployer left unfinished is undone.

        Raises:
            PlanRefused: the database may have been contracted: there is no way back.
            MoveFailed: the way back failed.
        """
        if left.contracted:
            raise PlanRefused(
                f"{left.release.version} is unfinished, and the database was contracted for it: no way leads back.",
                why=f"{version_of(left.old)} could not run with what is left." if left.old else "",
                todo=f"Bring it to its end:  twinrail resume {self.maker.book.environment}",
            )
        self._back(as_plan(left), why)

    def _ending(self, plan: Plan, error: Exception) -> TwinrailError:
        why, words = _what(error), self._said(plan, error)
        match self._reached(plan):
            case "nothing":
                replace(self.maker.book, forgiving=True).write(
                    "turned back", release=plan.release.name, why=why, old=plan.old
                )
                return error if isinstance(error, TwinrailError) else MoveFailed(why)
            case "contract":
                return MoveFailed(
                    f"{plan.release.version} serves all traffic, and is not done: {why}",
                    why="Its database may have been contracted, so no way leads back.",
                    todo=f"Mend it, then go on:  twinrail resume {self.maker.book.environment}",
                )
        try:
            self._back(plan, why)
        except TwinrailError as second:
            return MoveFailed(
                f"{plan.release.version} failed: {why}\n  The way back failed too: {second.what}",
                todo=f"Once that is mended:  twinrail resume {self.maker.book.environment}",
            )
        return _turned(plan, error, words)

    def _said(self, plan: Plan, error: Exception) -> str:
        """What the release said last, where what happened does not tell it already."""
        if not isinstance(error, GateShut):
            return ""
        lines = [line for line in self.last_words(plan.release.name) if line.strip()][-_LINES:]
        return (
            "\n".join([f"\nLast words of {plan.release.version}:", *(f"  {line}" for line in lines)]) if lines else ""
        )

    def _reached(self, plan: Plan) -> str:
        """How far it came: `nothing` that has to be undone, `contract` beyond which nothing can be, or `amid`."""
        begun = [each for each in self.ledger.read() if each.kind in {"begin", "move"}]
        since = next(number for number, each in enumerate(reversed(begun)) if each.kind == "begin")
        moves = [plan.moves[int(each.facts["number"]) - 1] for each in begun[len(begun) - since :]]
        if any(isinstance(move, Migrate) and move.phase == "contract" for move in moves):
            return "contract"
        return "amid" if any(not isinstance(move, Bring | Migrate) for move in moves) else "nothing"

    def _back(self, plan: Plan, why: str) -> None:
        self.maker.interrupted.clear()
        forgiving = replace(self.maker, book=replace(self.maker.book, forgiving=True))
        forgiving.book.write("back", why=why)
        forgiving.back(plan.retreat)
        forgiving.book.write("turned back", release=plan.release.name, why=why, old=plan.old)

    def _prune(self) -> None:
        # The release is live: what cannot be tidied up does not change that.
        try:
            self.maker.target.make(Prune(kept(self.ledger.read(), self.keep)), self.maker.book.fence)
        except (TwinrailError, OSError) as error:
            self.maker.notes["prune"] = f"old releases stay for now: {_what(error)}"


def as_plan(left: Unfinished) -> Plan:
    """The plan of a rollout that another deployer began."""
    return Plan(old=left.old, release=left.release, strategy=left.strategy, replicas=left.replicas, moves=left.plan)


def serving(plan: Plan) -> str:
    """What serves after the way back, as a sentence."""
    old, new = plan.old, plan.release.name
    if old == new:
        return f"{version_of(new)} was live before and still is."
    return f"{version_of(old)} serves 100 % again." if old else "Nothing was live before, and nothing is now."


def _turned(plan: Plan, error: Exception, words: str) -> ReleaseTurnedBack | Interrupted:
    if isinstance(error, Interrupted):
        return Interrupted(f"{_what(error)} {serving(plan)}")
    turned = ReleaseTurnedBack(f"{plan.release.version} was turned back: {_what(error)}", why=f"{serving(plan)}{words}")
    if isinstance(error, GateShut):
        turned.findings, turned.readings = error.answer.findings, error.answer.readings
    return turned


def _what(error: Exception) -> str:
    return error.what if isinstance(error, TwinrailError) else f"{type(error).__name__}: {error}"
