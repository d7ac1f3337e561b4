"""What a rollout writes down as it goes: into the ledger for whoever comes after it, as events for the run record."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twinrail.deploy.interface import Answer, Ledger, Open, Target, Wait
from twinrail.deploy.moves import Move
from twinrail.deploy.plans import Plan
from twinrail.deploy.release import Release
from twinrail.deploy.terms import Terms, write_terms
from twinrail.deploy.written import write_move, write_release
from twinrail.report.events import Event, GateAsked, MoveMade, Observed, RolloutBegan
from twinrail.system.errors import LeaseLost, LedgerError, PlaceTaken, RecordError, TwinrailError


@dataclass(frozen=True, kw_only=True)
class Logbook:
    """The notes of one rollout.

    Attributes:
        owner: who deploys.
        fence: the number of the lease under which is written.
        tell: takes events for the run record.
        forgiving: go on where a note cannot be written: the way back is worth more than its record.
    """

    session: str
    environment: str
    owner: str
    ledger: Ledger
    tell: Callable[[Event], None]
    fence: int = 0
    forgiving: bool = False

    def began(self, plan: Plan, *, rollback: bool, terms: Terms | None = None) -> None:
        """A release sets out, with the whole plan and its terms: whoever comes after the dead goes on by them."""
        told = {
            "plan": [write_move(move) for move in plan.moves],
            "strategy": plan.strategy,
            "replicas": plan.replicas,
            "instances": dict(plan.instances),
            "settings": write_terms(terms) if terms else None,
        }
        self.write("begin", **self._about(plan.release), **told, old=plan.old, rollback=rollback)
        self._tell(RolloutBegan(session=self.session, environment=self.environment, strategy=plan.strategy,
                                old=plan.old, new=plan.release.name))  # fmt: skip

    def making(self, number: int, move: Move, *, back: bool = False) -> None:
        """A move is about to be made."""
        self.write("move", number=number, move=str(move), back=back)

    def made(self, number: int, move: Move, seconds: float, *, back: bool = False) -> None:
        """A move was made."""
        self.write("made", number=number, move=str(move), back=back)
        self._tell(MoveMade(session=self.session, environment=self.environment, move=str(move),
                            seconds=round(seconds, 3), retreat=back))  # fmt: skip

    def live(self, plan: Plan, *, rollback: bool) -> None:
        """The release is healthy with all traffic."""
        told = {"old": plan.old, "rollback": rollback, "expanded": plan.expands, "contracted": plan.contracts}
        self.write("live", **self._about(plan.release), **told)

    def saw(self, target: Target) -> None:
        """What the place shows."""
        try:
            state = target.state()
        except (OSError, TwinrailError):
            if self.forgiving:
                return
            raise
        self._tell(Observed(session=self.session, environment=self.environment,
                            instances=state.instances, traffic=state.shares))  # fmt: skip

    def asked(self, gate: str, answer: Answer, release: str) -> None:
        """What a gate said of a release."""
        word = "open" if isinstance(answer, Open) else "wait" if isinstance(answer, Wait) else "shut"
        who = answer.who if isinstance(answer, Open) else ""
        self.write("asked", gate=gate, answer=word, note=answer.note, who=who, release=release)
        self._tell(GateAsked(session=self.session, environment=self.environment, gate=gate,
                             answer=word, note=answer.note, who=who))  # fmt: skip

    def write(self, kind: str, **facts: object) -> None:
        """Adds an entry to the ledger.

        Raises:
            LeaseLost: the lease has passed to someone else.
            LedgerError: the journal does not read as it was written, and this logbook does not forgive it.
            RecordError: the journal cannot be written, and this logbook does not forgive it.
            PlaceTaken: another process keeps it from being written, and this logbook does not forgive it.
        """
        with self._forgiven():
            self.ledger.append(kind, {**facts, "by": self.owner}, fence=self.fence)

    @staticmethod
    def _about(release: Release) -> dict[str, object]:
        return {
            "release": release.name,
            "version": release.version,
            "digest": release.digest,
            "identity": release.identity,
            "commit": release.commit,
            "when": release.when,
            "image": release.image,
            "what": write_release(release),
        }

    def _tell(self, event: Event) -> None:
        with self._forgiven():
            self.tell(event)

    @contextlib.contextmanager
    def _forgiven(self) -> Iterator[None]:
        try:
            yield
        except LeaseLost:
            raise
        except (RecordError, LedgerError, PlaceTaken):
            if not self.forgiving:
                raise
        except OSError as error:
            if not self.forgiving:
                where = f" ({error.filename})" if error.filename else ""
                raise RecordError(
                    f"The journal of {self.environment} cannot be written: {error.strerror or error}{where}."
                ) from error
