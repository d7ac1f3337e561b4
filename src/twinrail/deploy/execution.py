"""A rollout under way, under its lease: forward by its plan, to its end, or back."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from twinrail.deploy.endings import (
    ReleaseTurnedBack,
    RolloutPaused,
    contracted,
    last_words,
    not_written,
    paused,
    stuck,
    turned_back,
    untouched,
    what,
)
from twinrail.deploy.interface import Ledger
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.making import GateWaits, Maker
from twinrail.deploy.moves import Bring, Migrate, Prune
from twinrail.deploy.plans import Plan, as_plan, is_contract
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.standing import Unfinished, kept
from twinrail.deploy.terms import Terms
from twinrail.report.events import Reading
from twinrail.system.called import again
from twinrail.system.errors import (
    LeaseLost,
    LedgerError,
    MoveFailed,
    PlaceTaken,
    PlanRefused,
    RecordError,
    ToolError,
    TwinrailError,
)

__all__ = ["Execution", "ReleaseTurnedBack", "Rolled", "RolloutPaused"]


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """What a rollout did.

    Attributes:
        old: the release that was live before, or empty.
        release: the one that is live now.
        strategy: how it got there, by name.
        replicas: how many instances were wanted.
        readings: what the gates measured.
        notes: what the gates said.
    """

    old: str
    release: Release
    strategy: str = ""
    replicas: int = 1
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
        terms: the settings that the rollout is made from.
    """

    maker: Maker
    ledger: Ledger
    keep: int
    last_words: Callable[[str], Sequence[str]]
    rollback: bool = False
    terms: Terms | None = None

    def set_out(self, plan: Plan) -> Rolled:
        """The release of the plan serves all traffic; that it sets out is written down first.

        Raises: as `forward`.
        """
        with self._guarded(plan):
            self.maker.book.began(plan, rollback=self.rollback, terms=self.terms)
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
        return replace(self, rollback=left.rollback).forward(plan, left.done, left.since)

    def forward(self, plan: Plan, done: int = 0, since: float = 0.0) -> Rolled:
        """The release of the plan serves all traffic.

        The first `done` moves were made before; the next was begun at `since`, if it was.

        Raises:
            ReleaseTurnedBack: it failed, and the one before serves.
            RolloutPaused: a gate waits.
            MoveFailed: it failed where no way leads back any more, or the way back failed too.
            RecordError: it serves, and that cannot be written down.
            LeaseLost: the lease has passed to someone else; nothing was touched any more.
            Interrupted: somebody pressed Ctrl-C; the one before serves.
        """
        with self._guarded(plan):
            self.maker.forward(plan, done, since)
        try:
            self.maker.book.live(plan, rollback=self.rollback)
        except LeaseLost:
            raise
        except (RecordError, LedgerError, PlaceTaken) as error:
            raise not_written(f"{plan.release.version} serves all traffic", error, self._environment) from error
        self._prune()
        return Rolled(
            old=plan.old,
            release=plan.release,
            strategy=plan.strategy,
            replicas=plan.replicas,
            readings=tuple(self.maker.readings),
            notes=tuple(self.maker.notes.values()),
        )

    def take_back(self, left: Unfinished, why: str) -> None:
        """What an earlier deployer left unfinished is undone.

        Raises:
            PlanRefused: the database may have been contracted: there is no way back.
            MoveFailed: the way back failed.
            Interrupted: somebody pressed Ctrl-C on the way.
            LeaseLost: the lease has passed to someone else.
        """
        if left.contracted:
            raise PlanRefused(
                f"{left.release.version} is unfinished, and the database was contracted for it: no way leads back.",
                why=f"{version_of(left.old)} could not run with what is left." if left.old else "",
                todo=f"Bring it to its end:  {again('resume', self._environment, tool=False)}",
            )
        plan = as_plan(left)
        self.maker.begun.extend(left.plan[: left.begun])
        try:
            self._back(plan, why)
        except LeaseLost:
            raise
        except Exception as error:
            before = f"{plan.release.version} is to be taken back ({why.rstrip('.')}), and that failed:"
            raise stuck(before, error, self._environment) from error

    @property
    def _environment(self) -> str:
        return self.maker.book.environment

    @contextlib.contextmanager
    def _guarded(self, plan: Plan) -> Iterator[None]:
        try:
            yield
        except GateWaits as waits:
            raise self._paused(plan, waits) from None
        except LeaseLost:
            raise  # the lease is someone else's: nothing may be touched any more
        except Exception as error:  # whatever went wrong, the way back is made
            raise self._ending(plan, error) from error

    def _paused(self, plan: Plan, waits: GateWaits) -> TwinrailError:
        try:
            self.maker.book.write("paused", why=str(waits), todo=waits.answer.todo)
        except LeaseLost as error:
            return error
        except (RecordError, LedgerError, PlaceTaken) as error:
            return not_written(f"{plan.release.version} waits ({waits})", error, self._environment)
        return paused(plan, waits)

    def _ending(self, plan: Plan, error: Exception) -> TwinrailError:
        begun = self.maker.begun
        if any(map(is_contract, begun)):
            return contracted(plan, error, self._environment)
        if all(isinstance(move, Bring | Migrate) for move in begun):
            self._turned_back(replace(self.maker.book, forgiving=True), plan, what(error))
            return untouched(plan, error)
        words = last_words(plan, error, self.last_words)
        try:
            self._back(plan, what(error))
        except LeaseLost as second:
            return second
        except Exception as second:  # noqa: BLE001  # whatever it was, it is told
            before = f"{plan.release.version} failed: {what(error)}\n  The way back failed too:"
            return stuck(before, second, self._environment)
        return turned_back(plan, error, words)

    def _back(self, plan: Plan, why: str) -> None:
        self.maker.interrupted.clear()
        forgiving = replace(self.maker, book=replace(self.maker.book, forgiving=True))
        forgiving.book.write("back", why=why)
        forgiving.back(plan.retreat)
        try:
            forgiving.back(plan.ended(self.maker.begun))
        except (MoveFailed, ToolError) as error:  # who was served is served: what runs beside that is told
            self.maker.progress(f"left running: {what(error)}")
        self._turned_back(forgiving.book, plan, why)

    @staticmethod
    def _turned_back(book: Logbook, plan: Plan, why: str) -> None:
        book.write("turned back", release=plan.release.name, why=why, old=plan.old)

    def _prune(self) -> None:
        # The release is live: what cannot be tidied up does not change that.
        try:
            self.maker.target.make(Prune(kept(self.ledger.read(), self.keep)), self.maker.book.fence)
        except Exception as error:  # noqa: BLE001
            self.maker.notes["prune"] = f"old releases stay for now: {what(error)}"
