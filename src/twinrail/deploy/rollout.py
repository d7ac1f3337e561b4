"""The rollout: makes a strategy's moves one after the other, asks the gates, and on any failure makes the retreat."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event as Flag

from twinrail.deploy.interface import Check, Gate, Ledger, Open, Shut, Strategy, Target, Wait
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Prune, Start
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.retreat import retreat, unfinished
from twinrail.report.events import Event, Finding, Reading
from twinrail.system.errors import Interrupted, MoveFailed, PlanRefused, TurnedBack, TwinrailError

LEASE = 900.0
"""How long a deployer may say nothing before another may take over, in seconds; every entry renews it."""

_AGREEING = 3
"""How many times in a row a check must be passed."""
_SETTLE = 15.0
"""How long a started release may take until its checks agree, in seconds."""


class GateShut(TwinrailError):
    """A gate did not let the release pass; carries what it found."""

    def __init__(self, gate: str, answer: Shut) -> None:
        super().__init__(f"{gate}: {answer.note}")
        self.answer = answer


class ReleaseTurnedBack(TurnedBack):
    """A release was turned back; carries what the gate that shut found."""

    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """What a rollout did.

    Attributes:
        old: the release that was live before, or empty.
        readings: what the gates measured.
        notes: what the gates said.
    """

    old: str
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]


@dataclass(kw_only=True)
class Rollout:
    """One release on its way into one environment.

    Attributes:
        owner: who deploys, for the lease and the ledger.
        tell: takes events for the run record.
        progress: takes a word for the screen.
        interrupted: set when somebody pressed Ctrl-C; it is cleared for the way back.
        keep: how many releases that were live stay at the place.
    """

    session: str
    environment: str
    target: Target
    ledger: Ledger
    strategy: Strategy
    replicas: int
    owner: str
    tell: Callable[[Event], None]
    progress: Callable[[str], None]
    checks: tuple[Check, ...] = ()
    gates: tuple[Gate, ...] = ()
    interrupted: Flag = field(default_factory=Flag)
    keep: int = 3
    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    book: Logbook = field(init=False)

    def __post_init__(self) -> None:
        self.book = Logbook(
            session=self.session, environment=self.environment, owner=self.owner, ledger=self.ledger, tell=self.tell
        )

    def run(self, release: Release) -> Rolled:
        """The release serves all traffic of the environment, or the one before does.

        Raises:
            PlanRefused: the target cannot make one of the moves; nothing was done.
            PlaceTaken: someone else deploys here right now; nothing was done.
            ReleaseTurnedBack: the release failed, and the one before serves.
        """
        self._plan(release)
        self.book = replace(self.book, fence=self.ledger.lease(self.owner, LEASE))
        try:
            self._take_back_unfinished()
            # What is live may have changed before the lease was ours.
            old, moves = self._plan(release)
            self.book.began(old, release, type(self.strategy).__name__.lower())
            self.book.saw(self.target.state())
            self._forward(moves, old, release)
            self.book.write("live", release=release.name, digest=release.digest, old=old)
            self._make(Prune(self._kept(release.name)))
        finally:
            self.ledger.give_back(self.book.fence)
        return Rolled(old=old, readings=tuple(self.readings), notes=tuple(self.notes))

    def _plan(self, release: Release) -> tuple[str, list[Move]]:
        old = self.target.state().live
        moves = list(self.strategy(old, release, replicas=self.replicas))
        cannot = {type(move) for move in moves} - {Hold} - self.target.moves
        if cannot:
            raise PlanRefused(
                f"The target {self.target.name} cannot {', '.join(sorted(kind.__name__.lower() for kind in cannot))}.",
                why=f"The strategy of {self.environment} asks for it.",
                todo="Choose another strategy or target; nothing was changed.",
            )
        return old, moves

    def _take_back_unfinished(self) -> None:
        if (left := unfinished(self.ledger.read())) is None:
            return
        old, new = left
        for move in retreat(old, new, replicas=self.replicas):
            self._make(move)
        self.book.write("turned back", release=new, why="its deployer died", old=old)

    def _forward(self, moves: list[Move], old: str, release: Release) -> None:
        begun = False
        try:
            for move in moves:
                self._heed(move)
                begun = begun or not isinstance(move, Bring | Migrate)
                self._make(move, release)
                if isinstance(move, Start):
                    self._settle(move.release)
        except Exception as error:  # whatever went wrong, the way back is made
            if begun:
                raise self._back(old, release, error) from error
            self.book.write("turned back", release=release.name, why=_what(error), old=old)
            raise

    def _heed(self, move: Move) -> None:
        if self.interrupted.is_set():
            raise Interrupted(f"Interrupted before: {move}.")

    def _make(self, move: Move, release: Release | None = None) -> None:
        self.progress(str(move))
        started = time.monotonic()
        try:
            self.book.making(move)
            if isinstance(move, Hold) and release:
                self._ask(release)
            else:
                self.target.make(move, self.book.fence)
            self.book.made(move, time.monotonic() - started)
        except OSError as error:
            raise MoveFailed(f"{move}: {error.strerror or error} ({error.filename or 'no file'}).") from error
        self.book.saw(self.target.state())

    def _ask(self, release: Release) -> None:
        for gate in self.gates:
            self.progress(gate.name)
            answer = gate.ask(release)
            self.book.asked(gate.name, answer)
            match answer:
                case Open():
                    self.readings += answer.readings
                    self.notes += [answer.note] if answer.note else []
                case Wait():
                    raise GateShut(gate.name, Shut(note=f"{answer.note}, and a running rollout cannot wait for it"))
                case Shut():
                    raise GateShut(gate.name, answer)

    def _settle(self, release: str) -> None:
        address = self.target.address(release, past_weights=True)
        for check in self.checks:
            agreeing, end = 0, time.monotonic() + _SETTLE
            while agreeing < _AGREEING:
                reading = check.measure(address)
                if reading.ok is None:
                    break
                agreeing = agreeing + 1 if reading.ok else 0
                if not reading.ok and time.monotonic() > end:
                    raise MoveFailed(f"{release} answered {reading.name} with {reading.value}, not {reading.limit}.")
                if self.interrupted.wait(0.02):
                    raise Interrupted(f"Interrupted while {release} was checked.")

    def _back(self, old: str, release: Release, error: Exception) -> ReleaseTurnedBack | Interrupted:
        self.interrupted.clear()
        self.book = replace(self.book, forgiving=True)
        try:
            for move in retreat(old, release.name, replicas=self.replicas):
                self._make(move)
            self.book.write("turned back", release=release.name, why=_what(error), old=old)
        except TwinrailError as second:
            raise MoveFailed(
                f"{release.version} failed: {_what(error)}\n  The way back failed too: {second.what}",
                todo="Look at what is live:  twinrail status",
            ) from second
        again = _serving(old, release.name)
        if isinstance(error, Interrupted):
            return Interrupted(f"{_what(error)} {again}")
        turned = ReleaseTurnedBack(f"{release.version} was turned back: {_what(error)}", why=again)
        if isinstance(error, GateShut):
            turned.findings, turned.readings = error.answer.findings, error.answer.readings
        return turned

    def _kept(self, release: str) -> tuple[str, ...]:
        live = [str(entry.facts["release"]) for entry in self.ledger.read() if entry.kind == "live"]
        newest_first = list(dict.fromkeys([release, *reversed(live)]))
        return tuple(newest_first[: self.keep])


def _what(error: Exception) -> str:
    return error.what if isinstance(error, TwinrailError) else f"{type(error).__name__}: {error}"


def _serving(old: str, new: str) -> str:
    if old == new:
        return f"{version_of(new)} was live before and still is."
    return f"{version_of(old)} serves 100 % again." if old else "Nothing was live before, and nothing is now."
