"""The rollout: one release on its way into one environment, by a plan that outlives its deployer."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Flag

from twinrail.deploy.beforehand import ask_before
from twinrail.deploy.clock import SystemClock
from twinrail.deploy.databases import check_bridge, check_contract
from twinrail.deploy.endings import turned_back
from twinrail.deploy.execution import Execution, Rolled
from twinrail.deploy.interface import Check, Clock, Gate, Ledger, Passage, State, Strategy, Target
from twinrail.deploy.lease import LEASE, Heartbeat
from twinrail.deploy.logbook import Logbook
from twinrail.deploy.making import GatesAt, Maker
from twinrail.deploy.plans import Plan, as_plan, check_plan, make_plan
from twinrail.deploy.release import Release
from twinrail.deploy.standing import Unfinished, unfinished
from twinrail.deploy.terms import Terms
from twinrail.deploy.watch import Watch
from twinrail.report.events import Event
from twinrail.system.errors import Interrupted, MoveFailed, RecordError


def _nobody(_: Passage) -> Sequence[Gate]:
    """Asks no gate."""
    return ()


def _anything(_: Plan) -> None:
    """Refuses no plan."""


def _plain(text: str) -> str:
    """Hides nothing."""
    return text


def _nothing(_: str) -> Sequence[str]:
    """Tells no last words."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """One release on its way into one environment.

    Attributes:
        strategy: how it gets there.
        name: what the settings call the strategy.
        owner: who deploys, for the lease and the journal.
        tell: takes events for the run record.
        progress: takes a word for the screen.
        checks: what a started release is asked, and one that is held again and again.
        gates: what is asked where the rollout holds.
        before: what is asked, under the lease, before it sets out.
        others: all strategies that there are, by name: one of them may be possible where this one is not.
        possible: raises PlanRefused where a plan that the target can make is of no use.
        expand: whether there is anything that expands the database for the release.
        contract: whether the database is contracted once the release serves alone.
        rollback: whether this is a way back to a release that was live before.
        last_words: the last lines that a release said.
        hide: puts `***` for secrets into what the release answers.
        looked: is called at every look while the release is held.
        interrupted: set when somebody pressed Ctrl-C; it is cleared for the way back.
        keep: how many releases that were live stay at the place.
        terms: the settings that it is made from; written down, and judge whatever is left unfinished.
        by: the rollout that other terms make: what was left unfinished goes on by those that it set out with.
    """

    session: str
    environment: str
    target: Target
    ledger: Ledger
    strategy: Strategy
    name: str
    replicas: int
    owner: str
    tell: Callable[[Event], None]
    progress: Callable[[str], None]
    checks: tuple[Check, ...] = ()
    gates: GatesAt = _nobody
    before: tuple[Gate, ...] = ()
    others: Mapping[str, Strategy] = field(default_factory=dict)
    possible: Callable[[Plan], None] = _anything
    expand: bool = True
    contract: bool = False
    rollback: bool = False
    last_words: Callable[[str], Sequence[str]] = _nothing
    hide: Callable[[str], str] = _plain
    looked: Callable[[], object] = object
    interrupted: Flag = field(default_factory=Flag)
    clock: Clock = field(default_factory=SystemClock)
    keep: int = 3
    terms: Terms | None = None
    by: "Callable[[Terms], Rollout] | None" = None

    def run(self, release: Release) -> Rolled:
        """The release serves all traffic of the environment, or the one before does.

        What an earlier deployer left unfinished is taken back first; where it is this very release and waits for
        somebody, or this very way back, it goes on.

        Raises:
            PlanRefused: the target cannot make one of the moves, or the database stands in the way; nothing was done.
            PlaceTaken: someone else deploys here right now; nothing was done.
            TurnedBack: a gate is shut before it sets out; nothing was done.
            Waiting: a gate waits before it sets out; nothing was done.
            ReleaseTurnedBack: the release failed, and the one before serves.
            RolloutPaused: a gate waits.
            RecordError: the lease cannot be written; nothing was done.
        """
        left = unfinished(self.ledger.read())
        if not (left and left.goes_on(release.name, rollback=self.rollback)):
            self.plan(release)
        with self._leased() as held:
            execution = self.execution(*held)
            ask_before(self.before, release, execution.maker.book)
            if self.interrupted.is_set():
                raise Interrupted(f"Interrupted before {release.version} set out for {self.environment}.")
            left = unfinished(self.ledger.read())
            if left and left.goes_on(release.name, rollback=self.rollback):
                return self._by(left).execution(*held).go_on(left)
            if left:
                why = f"{release.version} takes its place" if left.paused else "its deployer died"
                execution.take_back(left, left.back or why)
            # What is live may have changed before the lease was ours.
            return execution.set_out(self.plan(release))

    def resume(self) -> Rolled | None:
        """What an earlier deployer left unfinished is brought to its end; None where there is nothing.

        Raises:
            ReleaseTurnedBack: it was on its way back, or failed now; the release before serves.
            RolloutPaused: a gate still waits.
        """
        if not unfinished(self.ledger.read()):
            return None
        with self._leased() as held:
            left = unfinished(self.ledger.read())
            if left is None:
                return None
            if left.back:
                self.execution(*held).take_back(left, left.back)
                raise turned_back(as_plan(left), MoveFailed(left.back))
            return self._by(left).execution(*held).go_on(left)

    def take_back(self, why: str) -> Unfinished | None:
        """What an earlier deployer left unfinished, now taken back; None where there was nothing.

        Raises:
            PlanRefused: the database may have been contracted.
        """
        if not unfinished(self.ledger.read()):
            return None
        with self._leased() as held:
            if left := unfinished(self.ledger.read()):
                self.execution(*held).take_back(left, left.back or why)
            return left

    def plan(self, release: Release) -> Plan:
        """What would be done now, after what is unfinished was taken back.

        Raises:
            PlanRefused: the strategy finds no way, the target cannot make it, or the database stands in the way.
        """
        entries, state = self.ledger.read(), self.target.state()
        if left := unfinished(entries):
            shares = {left.old: 100.0} if left.old else {}
            state = State(releases=state.releases, instances=left.instances, shares=shares)
        if self.rollback:
            check_bridge(release, entries, self.environment)
        if self.contract:
            check_contract(release, state.live, entries, self.environment, self.terms)
        plan = make_plan(
            self.name,
            self.strategy,
            state,
            release,
            replicas=self.replicas,
            expand=self.expand,
            contract=self.contract,
        )
        check_plan(plan, self.target, self.others)
        self.possible(plan)
        return plan

    @contextlib.contextmanager
    def _leased(self) -> Iterator[tuple[int, Flag]]:
        try:
            fence = self.ledger.lease(self.owner, LEASE)
        except OSError as error:
            raise RecordError(
                f"The lease of {self.environment} cannot be written: {error.strerror or error}.",
                todo="Make room there, then deploy again; nothing was changed.",
            ) from error
        try:
            # A gate may take longer than a lease, and a full disk may keep every entry from being written.
            with Heartbeat(self.ledger, fence) as heartbeat:
                yield fence, heartbeat.lost
        finally:
            self.ledger.give_back(fence)

    def _by(self, left: Unfinished) -> "Rollout":
        return self.by(left.terms) if self.by and left.terms else self

    def execution(self, fence: int, lost: Flag) -> Execution:
        """What carries a plan out under the lease of `fence`; `lost` is set when that has passed to someone else."""
        return Execution(
            maker=self._maker(fence, lost),
            ledger=self.ledger,
            keep=self.keep,
            last_words=self.last_words,
            rollback=self.rollback,
            terms=self.terms,
        )

    def _maker(self, fence: int, lost: Flag) -> Maker:
        book = Logbook(
            session=self.session,
            environment=self.environment,
            owner=self.owner,
            ledger=self.ledger,
            tell=self.tell,
            fence=fence,
        )
        return Maker(
            target=self.target,
            book=book,
            watch=Watch(target=self.target, checks=self.checks, clock=self.clock, hide=self.hide, looked=self.looked),
            gates=self.gates,
            clock=self.clock,
            progress=self.progress,
            interrupted=self.interrupted,
            lost=lost,
        )
