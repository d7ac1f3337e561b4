"""What a rollout writes down as it goes: into the ledger for whoever comes after it, as events for the run record."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twinrail.deploy.interface import Answer, Ledger, Open, State, Wait
from twinrail.deploy.moves import Move
from twinrail.deploy.release import Release
from twinrail.report.events import Event, GateAsked, MoveMade, Observed, RolloutBegan
from twinrail.system.errors import RecordError


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

    def began(self, old: str, new: Release, strategy: str) -> None:
        """A release sets out."""
        self.write("begin", release=new.name, digest=new.digest, commit=new.commit, old=old)
        self._tell(RolloutBegan(session=self.session, environment=self.environment, strategy=strategy,
                                old=old, new=new.name))  # fmt: skip

    def making(self, move: Move) -> None:
        """A move is about to be made."""
        self.write("move", move=str(move))

    def made(self, move: Move, seconds: float) -> None:
        """A move was made."""
        self.write("made", move=str(move))
        self._tell(MoveMade(session=self.session, environment=self.environment, move=str(move),
                            seconds=round(seconds, 3), retreat=self.forgiving))  # fmt: skip

    def saw(self, state: State) -> None:
        """What the place shows."""
        self._tell(Observed(session=self.session, environment=self.environment,
                            instances=state.instances, traffic=state.shares))  # fmt: skip

    def asked(self, gate: str, answer: Answer) -> None:
        """What a gate said."""
        word = "open" if isinstance(answer, Open) else "wait" if isinstance(answer, Wait) else "shut"
        who = answer.who if isinstance(answer, Open) else ""
        self.write("asked", gate=gate, answer=word, note=answer.note, who=who)
        self._tell(GateAsked(session=self.session, environment=self.environment, gate=gate,
                             answer=word, note=answer.note, who=who))  # fmt: skip

    def write(self, kind: str, **facts: object) -> None:
        """Adds an entry to the ledger.

        Raises:
            LedgerError: the lease has passed to someone else.
            OSError: the ledger cannot be written, and this logbook does not forgive it.
        """
        with self._forgiven():
            self.ledger.append(kind, {**facts, "by": self.owner}, fence=self.fence)

    def _tell(self, event: Event) -> None:
        with self._forgiven():
            self.tell(event)

    @contextlib.contextmanager
    def _forgiven(self) -> Iterator[None]:
        try:
            yield
        except (OSError, RecordError):
            if not self.forgiving:
                raise
