"""Makes one move after the other: each written down before and after, and looked at; the gates asked at every hold."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Flag

from twinrail.deploy.interface import Answer, Clock, Gate, Open, Passage, Shut, State, Target, Wait
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.moves import Hold, Move, Roll, Shift, Start
from twinrail.deploy.plans import Plan
from twinrail.deploy.release import Release
from twinrail.deploy.telling import say
from twinrail.deploy.watch import Watch
from twinrail.report.events import Reading
from twinrail.system.errors import Interrupted, LeaseLost, MoveFailed, TwinrailError

GatesAt = Callable[[Passage], Sequence[Gate]]
"""Which gates are asked where a rollout holds."""

_NOTHING = 0.05
"""By how much two shares may differ and be the same, in percent."""


def _alike(some: Mapping[str, float], others: Mapping[str, float]) -> bool:
    # A proxy may know shares by the hundredth.
    return all(abs(some.get(name, 0.0) - others.get(name, 0.0)) < _NOTHING for name in {*some, *others})


class GateShut(TwinrailError):
    """A gate did not let the release pass; carries what it found. `where` tells how many people met it by then."""

    def __init__(self, gate: str, answer: Shut, where: str) -> None:
        super().__init__(f"{f'{gate}: ' if gate else ''}{answer.note}{where}")
        self.answer = answer


class GateWaits(TwinrailError):
    """A gate cannot say yet; carries what would go on from there."""

    def __init__(self, gate: str, answer: Wait) -> None:
        super().__init__(f"{gate}: {answer.note}")
        self.answer = answer


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes the moves of one rollout.

    Attributes:
        readings: what the gates measured; grows.
        notes: what each gate said last.
        begun: the moves forward that were begun; grows.
        lost: set when the lease has passed to someone else.
    """

    target: Target
    book: Logbook
    watch: Watch
    gates: GatesAt
    clock: Clock
    progress: Callable[[str], None]
    interrupted: Flag
    readings: list[Reading] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    begun: list[Move] = field(default_factory=list)
    lost: Flag = field(default_factory=Flag)

    def forward(self, plan: Plan, done: int, since: float = 0.0) -> None:
        """The moves of the plan after the first `done` ones, of which the next was begun before at `since`, if it was.

        Raises:
            GateShut: a gate is shut, or the release did worse while it was held.
            GateWaits: a gate waits.
            MoveFailed: the target could not make one.
            Interrupted: somebody pressed Ctrl-C.
            LeaseLost: the lease has passed to someone else.
        """
        for number, move in enumerate(plan.moves[done:], done + 1):
            if self.interrupted.is_set():
                raise Interrupted(f"Interrupted before: {say(move)}.")
            if isinstance(move, Hold):
                # What a gate compares began with the hold, not with the deployer who goes on with it.
                began = since if number == done + 1 and since else self.clock.now()
                passage = Passage(stage=move.stage, old=plan.old, release=plan.release.name, since=began)
                gates = self.gates(passage)
                if gates or move.looks:
                    self._make(number, move, partial(self._hold, move, gates, plan.release, plan.shown(number)))
            else:
                self._make(number, move, partial(self._act, move))

    def catch_up(self, plan: Plan, done: int, begun: int) -> None:
        """The place shows again what it showed after the first `done` moves, of which the `begun` next was begun.

        A journal may know less than was done: a way back of which nothing could be written, a machine that was started
        anew. What is there already is left alone.

        Raises: as `forward`.
        """
        wanted, half = plan.shown(done), plan.shown(begun)
        for name, count in wanted.instances.items():
            fewest = min(count, half.instances.get(name, 0))
            if self.target.state().instances.get(name, 0) < fewest:
                # The checks ask for the release on its way: of another one it is enough that it is healthy.
                coming = name == plan.release.name
                self._again(Start(name, fewest, former=not coming), settle=coming)
        seen = self.target.state()
        # Of a roll that is under way the traffic is wherever it has come to.
        amid = begun > done and isinstance(plan.moves[begun - 1], Roll)
        if not amid and not any(_alike(seen.shares, each.shares) for each in (wanted, half)):
            self._again(Shift(wanted.shares))
        if seen.steering not in (wanted.steering, half.steering):
            self._again(wanted.steering)

    def _again(self, move: Move, *, settle: bool = False) -> None:
        self._make(0, move, partial(self._act, move, settle=settle))

    def back(self, plan: Sequence[Move]) -> None:
        """The moves of the way back, none of which waits for anybody.

        Raises:
            MoveFailed: the target could not make one.
            LeaseLost: the lease has passed to someone else.
        """
        for number, move in enumerate(plan, 1):
            self._make(number, move, partial(self._act_back, move), back=True)

    def _act_back(self, move: Move) -> None:
        # Who runs already is not touched: with the settings of the release that failed it might not start again.
        with contextlib.suppress(OSError, TwinrailError):
            running = self.target.state().instances
            if isinstance(move, Start) and running.get(move.release, 0) >= move.count:
                return
        self.target.make(move, self.book.fence)

    def _act(self, move: Move, *, settle: bool = True) -> None:
        if isinstance(move, Roll) and not move.former:
            # The one that nobody meets stands beside it still: what it does now the others will do.
            self.target.make(move, self.book.fence, partial(self._look_on, move.release))
        else:
            self.target.make(move, self.book.fence)
        if settle and (isinstance(move, Start) or (isinstance(move, Roll) and not move.former)):
            self.watch.settle(move.release)

    def _look_on(self, release: str) -> None:
        if worse := self.watch.regression(release, 0.0, 0):
            raise GateShut("", Shut(note=worse), "")

    def _make(self, number: int, move: Move, act: Callable[[], None], *, back: bool = False) -> None:
        if self.lost.is_set():
            raise LeaseLost(
                f"The lease of {self.book.environment} has passed to someone else before: {say(move)}.",
                why="This deploy was silent for too long, and another took over.",
                todo="Look at what is live (twinrail status), then deploy again.",
            )
        self.progress(say(move))
        started = self.clock.now()
        self.book.making(number, move, back=back)
        self.begun.extend([] if back else [move])
        try:
            act()
        except OSError as error:
            raise MoveFailed(f"{say(move)}: {error.strerror or error} ({error.filename or 'no file'}).") from error
        self.book.made(number, move, self.clock.now() - started, back=back)
        self.book.saw(self.target)

    def _hold(self, hold: Hold, gates: Sequence[Gate], release: Release, expected: State) -> None:
        share = expected.shares.get(hold.release, 0.0)
        where = f" at {share:.3g} %" if 0 < share < 100 else ""  # noqa: PLR2004  # percent
        if worse := self._watched(hold, expected):
            raise GateShut("", Shut(note=worse), where)
        for gate in gates:
            self.progress(gate.name)
            answer = self._answer(gate, release, expected)
            self.book.asked(gate.name, answer, release.name)
            match answer:
                case Open():
                    self.readings.extend(answer.readings)
                    self.notes.update({gate.name: answer.note} if answer.note else {})
                case Wait():
                    raise GateWaits(gate.name, answer)
                case Shut():
                    raise GateShut(gate.name, answer, where)

    def _watched(self, hold: Hold, expected: State) -> str:
        """What went wrong while the release was held; the place is put right first where it was in the way itself."""
        wanted = expected.instances.get(hold.release, 0)
        worse = self.watch.regression(hold.release, hold.seconds, wanted)
        if worse and self._righted(expected):
            worse = self.watch.regression(hold.release, hold.seconds, wanted)
        trouble = self.target.state().trouble if worse else ""
        return f"{trouble} twice: {worse}" if trouble else worse

    def _answer(self, gate: Gate, release: Release, expected: State) -> Answer:
        self._righted(expected)
        answer = gate.ask(release)
        return gate.ask(release) if isinstance(answer, Shut) and self._righted(expected) else answer

    def _righted(self, expected: State) -> bool:
        """Whether the place itself was in the way, and shows its shares again."""
        if not self.target.state().trouble:
            return False
        self._again(Shift(expected.shares))
        return True
