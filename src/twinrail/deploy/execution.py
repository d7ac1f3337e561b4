"""A rollout under way, under its lease: forward by its plan, to its end, or back."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from twinrail.deploy.interface import Ledger
from twinrail.deploy.making import GateShut, GateWaits, Maker
from twinrail.deploy.moves import Bring, Migrate, Prune
from twinrail.deploy.plans import Plan, as_plan, is_contract
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Unfinished, kept
from twinrail.report.events import Finding, Reading
from twinrail.system.errors import (
    Interrupted,
    LedgerError,
    MoveFailed,
    PlanRefused,
    RecordError,
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

    def set_out(self, plan: Plan) -> Rolled:
        """The release of the plan serves all traffic; that it sets out is written down first.

        Raises: as `forward`.
        """
        with self._guarded(plan):
            self.maker.book.began(plan, rollback=self.rollback)
            self.maker.book.saw(self.maker.target)
        return self.forward(plan)

    def go_on(self, left: Unfinished) -> Rolled:
        """The release that an earlier deployer left on its way serves all traffic.

        Raises: as `forward`.
        """
        plan = as_plan(left)
        self.maker.begun.extend(left.plan[: left.begun])
        with self._guarded(plan):
            self.maker.catch_up(plan, left.done, left.begun)
        return replace(self, rollback=left.rollback).forward(plan, left.done)

    def forward(self, plan: Plan, done: int = 0) -> Rolled:
        """The release of the plan serves all traffic, whose first `done` moves were made before.

        Raises:
            ReleaseTurnedBack: it failed, and the one before serves.
            RolloutPaused: a gate waits.
            MoveFailed: it failed where no way leads back any more, or the way back failed too.
            RecordError: it serves, and that cannot be written down.
            LedgerError: the lease has passed to someone else; nothing was touched any more.
            Interrupted: somebody pressed Ctrl-C; the one before serves.
        """
        with self._guarded(plan):
            self.maker.forward(plan, done)
        try:
            self.maker.book.live(plan, rollback=self.rollback)
        except RecordError as error:
            raise self._not_written(f"{plan.release.version} serves all traffic", error) from error
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
            Interrupted: somebody pressed Ctrl-C on the way.
            LedgerError: the lease has passed to someone else.
        """
        if left.contracted:
            raise PlanRefused(
                f"{left.release.version} is unfinished, and the database was contracted for it: no way leads back.",
                why=f"{version_of(left.old)} could not run with what is left." if left.old else "",
                todo=self._resume("Bring it to its end:"),
            )
        plan = as_plan(left)
        try:
            self._back(plan, why)
        except LedgerError:
            raise
        except Exception as error:
            raise self._stuck(plan, f"is to be taken back: {why}", error) from error

    @contextlib.contextmanager
    def _guarded(self, plan: Plan) -> Iterator[None]:
        try:
            yield
        except GateWaits as waits:
            raise self._paused(plan, waits) from None
        except LedgerError:
            raise  # the lease is someone else's: nothing may be touched any more
        except Exception as error:  # whatever went wrong, the way back is made
            raise self._ending(plan, error) from error

    def _paused(self, plan: Plan, waits: GateWaits) -> TwinrailError:
        try:
            self.maker.book.write("paused", why=str(waits), todo=waits.answer.todo)
        except RecordError as error:
            return self._not_written(f"{plan.release.version} waits ({waits})", error)
        return RolloutPaused(f"{plan.release.version} waits: {waits}", todo=waits.answer.todo)

    def _ending(self, plan: Plan, error: Exception) -> TwinrailError:
        why, begun = _what(error), self.maker.begun
        if any(map(is_contract, begun)):
            return MoveFailed(
                f"{plan.release.version} serves all traffic, and is not done: {why}",
                why="Its database may have been contracted, so no way leads back.",
                todo=self._resume("Mend it, then go on:"),
            )
        if all(isinstance(move, Bring | Migrate) for move in begun):
            replace(self.maker.book, forgiving=True).write(
                "turned back", release=plan.release.name, why=why, old=plan.old
            )
            return error if isinstance(error, TwinrailError) else MoveFailed(why)
        words = self._said(plan, error)
        try:
            self._back(plan, why)
        except LedgerError as second:
            return second
        except Exception as second:  # noqa: BLE001  # whatever it was, it is told
            return self._stuck(plan, f"failed: {why}", second)
        return _turned(plan, error, words)

    def _stuck(self, plan: Plan, why: str, error: Exception) -> TwinrailError:
        kind = Interrupted if isinstance(error, Interrupted) else MoveFailed
        return kind(
            f"{plan.release.version} {why}\n  The way back failed too: {_what(error)}",
            todo=self._resume("Once that is mended:"),
        )

    def _said(self, plan: Plan, error: Exception) -> str:
        """What the release said last, where what happened does not tell it already."""
        if not isinstance(error, GateShut):
            return ""
        lines = []
        with contextlib.suppress(Exception):  # the way back is worth more than last words
            lines = [line for line in self.last_words(plan.release.name) if line.strip()][-_LINES:]
        return (
            "\n".join([f"\nLast words of {plan.release.version}:", *(f"  {line}" for line in lines)]) if lines else ""
        )

    def _not_written(self, what: str, error: RecordError) -> RecordError:
        return RecordError(f"{what}, and that could not be written down: {error.what}", todo=self._resume("Then:"))

    def _resume(self, when: str) -> str:
        return f"{when}  twinrail resume {self.maker.book.environment}"

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


def _turned(plan: Plan, error: Exception, words: str) -> ReleaseTurnedBack | Interrupted:
    if isinstance(error, Interrupted):
        return Interrupted(f"{_what(error)} {plan.serving}")
    turned = ReleaseTurnedBack(f"{plan.release.version} was turned back: {_what(error)}", why=f"{plan.serving}{words}")
    if isinstance(error, GateShut):
        turned.findings, turned.readings = error.answer.findings, error.answer.readings
    return turned


def _what(error: Exception) -> str:
    return error.what if isinstance(error, TwinrailError) else f"{type(error).__name__}: {error}"
