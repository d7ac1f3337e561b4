"""The rollout: makes a strategy's moves one after the other, asks the gates, and on any failure makes the retreat."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event as Flag

from twinrail.deploy.interface import Check, Gate, Ledger, Open, Shut, Strategy, Target, Wait
from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Prune, Start
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.retreat import retreat
from twinrail.report.events import Event, Finding, GateAsked, MoveMade, Observed, Reading, RolloutBegan
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
    fence: int = 0
    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self, release: Release) -> Rolled:
        """The release serves all traffic of the environment, or the one before does.

        Raises:
            PlanRefused: the target cannot make one of the moves; nothing was done.
            PlaceTaken: someone else deploys here right now; nothing was done.
            ReleaseTurnedBack: the release failed, and the one before serves.
        """
        old = self.target.state().live
        moves = list(self.strategy(old, release, replicas=self.replicas))
        self._refuse(moves)
        self.fence = self.ledger.lease(self.owner, LEASE)
        try:
            self._begin(release, old)
            self._forward(moves, old, release)
            self._write("live", release=release.name, digest=release.digest, old=old)
            self._make(Prune(self._kept(release.name)))
        finally:
            self.ledger.give_back(self.fence)
        return Rolled(old=old, readings=tuple(self.readings), notes=tuple(self.notes))

    def _begin(self, release: Release, old: str) -> None:
        self._write("begin", release=release.name, digest=release.digest, commit=release.commit, old=old)
        strategy = type(self.strategy).__name__.lower()
        self.tell(RolloutBegan(session=self.session, environment=self.environment, strategy=strategy,
                               old=old, new=release.name))  # fmt: skip
        self._observe()

    def _observe(self) -> None:
        state = self.target.state()
        self.tell(Observed(session=self.session, environment=self.environment,
                           instances=state.instances, traffic=state.shares))  # fmt: skip

    def _refuse(self, moves: list[Move]) -> None:
        cannot = {type(move).__name__.lower() for move in moves} - {"hold"}
        cannot -= {kind.__name__.lower() for kind in self.target.moves}
        if cannot:
            raise PlanRefused(
                f"The target {self.target.name} cannot {', '.join(sorted(cannot))}.",
                why=f"The strategy of {self.environment} asks for it.",
                todo="Choose another strategy or target; nothing was changed.",
            )

    def _forward(self, moves: list[Move], old: str, release: Release) -> None:
        begun = False
        try:
            for move in moves:
                begun = begun or not isinstance(move, Bring | Migrate)
                self._make(move, release)
                if isinstance(move, Start):
                    self._settle(move.release)
        except TwinrailError as error:
            if begun:
                raise self._back(old, release, error) from error
            self._write("turned back", release=release.name, why=error.what)
            raise

    def _make(self, move: Move, release: Release | None = None, *, back: bool = False) -> None:
        self.progress(f"{'back: ' if back else ''}{move}")
        self._write("move", move=str(move))
        started = time.monotonic()
        if isinstance(move, Hold) and release:
            self._ask(self.gates, release)
        else:
            self.target.make(move, self.fence)
        self._write("made", move=str(move))
        self.tell(MoveMade(session=self.session, environment=self.environment, move=str(move),
                           seconds=round(time.monotonic() - started, 3), retreat=back))  # fmt: skip
        self._observe()

    def _ask(self, gates: Iterable[Gate], release: Release) -> None:
        for gate in gates:
            self.progress(gate.name)
            answer = gate.ask(release)
            word = {Open: "open", Wait: "wait", Shut: "shut"}[type(answer)]
            who = answer.who if isinstance(answer, Open) else ""
            self._write("asked", gate=gate.name, answer=word, note=answer.note, who=who)
            self.tell(GateAsked(session=self.session, environment=self.environment, gate=gate.name,
                                answer=word, note=answer.note, who=who))  # fmt: skip
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

    def _back(self, old: str, release: Release, error: TwinrailError) -> ReleaseTurnedBack | Interrupted:
        self.interrupted.clear()
        for move in retreat(old, release.name, replicas=self.replicas):
            self._make(move, back=True)
        self._write("turned back", release=release.name, why=error.what, old=old)
        again = _serving(old, release.name)
        if isinstance(error, Interrupted):
            return Interrupted(f"{error.what} {again}")
        turned = ReleaseTurnedBack(f"{release.version} was turned back: {error.what}", why=again)
        if isinstance(error, GateShut):
            turned.findings, turned.readings = error.answer.findings, error.answer.readings
        return turned

    def _kept(self, release: str) -> tuple[str, ...]:
        live = [str(entry.facts["release"]) for entry in self.ledger.read() if entry.kind == "live"]
        newest_first = list(dict.fromkeys([release, *reversed(live)]))
        return tuple(newest_first[: self.keep])

    def _write(self, kind: str, **facts: object) -> None:
        self.ledger.append(kind, {**facts, "by": self.owner}, fence=self.fence)


def _serving(old: str, new: str) -> str:
    if old == new:
        return f"{version_of(new)} was live before and still is."
    return f"{version_of(old)} serves 100 % again." if old else "Nothing was live before, and nothing is now."
