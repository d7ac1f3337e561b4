"""The plan of a rollout: all its moves before the first one is made, or why there can be none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twinrail.deploy.interface import State, Strategy, Target
from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Roll, Shift, Start, Steer, Stop
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.retreat import retreat
from twinrail.deploy.standing import Unfinished
from twinrail.system.errors import PlanRefused


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a rollout is going to do.

    Attributes:
        old: the release that is live; empty where none is.
        release: the one that is to be.
        strategy: the strategy's name.
        replicas: how many instances are wanted.
        instances: how many instances of each release run before.
        moves: from the one to the other.
    """

    old: str
    release: Release
    strategy: str
    replicas: int
    instances: Mapping[str, int]
    moves: tuple[Move, ...]

    @property
    def expands(self) -> bool:
        """Whether the database is expanded for the release."""
        return any(isinstance(move, Migrate) and move.phase == "expand" for move in self.moves)

    @property
    def contracts(self) -> bool:
        """Whether the database is contracted for the release."""
        return any(map(is_contract, self.moves))

    @property
    def retreat(self) -> tuple[Move, ...]:
        """The moves back."""
        return tuple(
            retreat(
                self.old,
                self.release.name,
                replicas=self.replicas,
                instances=self.instances,
                steered=any(isinstance(move, Steer) for move in self.moves),
                rolled=any(isinstance(move, Roll) for move in self.moves),
            )
        )

    def ended(self, begun: Sequence[Move]) -> tuple[Move, ...]:
        """Of the moves that were begun those that end what the way back does not touch: nothing is left half ended."""
        involved = {self.old, self.release.name}
        return tuple(move for move in begun if isinstance(move, Stop) and move.release not in involved)

    def shown(self, made: int) -> State:
        """What the place shows after the first `made` moves."""
        counts, shares, steering = dict(self.instances), {self.old: 100.0} if self.old else {}, Steer()
        for move in self.moves[:made]:
            match move:
                case Start():
                    counts[move.release] = max(counts.get(move.release, 0), move.count)
                case Stop():
                    counts[move.release] = min(counts.get(move.release, 0), move.keep)
                case Roll():
                    counts[move.release] = counts.get(move.release, 0) + counts.pop(move.old, 0)
                    shares[move.release] = shares.get(move.release, 0.0) + shares.pop(move.old, 0.0)
                case Shift():
                    shares = {name: share for name, share in move.shares.items() if share}
                case Steer():
                    steering = move
        instances = {name: count for name, count in counts.items() if count}
        return State(instances=instances, shares=shares, steering=steering)

    @property
    def serving(self) -> str:
        """What serves after the way back, as a sentence."""
        if self.old == self.release.name:
            return f"{self.release.version} was live before and still is."
        if not self.old:
            return "Nothing was live before, and nothing is now."
        return f"{version_of(self.old)} serves 100 % again."

    @property
    def untouched(self) -> str:
        """What serves where no instance was touched, as a sentence."""
        return f"{version_of(self.old)} serves on as before." if self.old else "Nothing is live, as before."


def is_contract(move: Move) -> bool:
    """Whether no way leads back across a move."""
    return isinstance(move, Migrate) and move.phase == "contract"


def as_plan(left: Unfinished) -> Plan:
    """The plan of a rollout that another deployer began."""
    return Plan(
        old=left.old,
        release=left.release,
        strategy=left.strategy,
        replicas=left.replicas,
        instances=left.instances,
        moves=left.plan,
    )


def make_plan(
    name: str,
    strategy: Strategy,
    state: State,
    release: Release,
    *,
    replicas: int,
    expand: bool = True,
    contract: bool = False,
) -> Plan:
    """The plan of a strategy from what the place shows.

    What neither is live nor is to be, a set that stood by for example, ends before anything new starts. With
    `contract` the database is contracted at the very end, when nothing older runs any more.

    Args:
        name: the strategy's name.
        strategy: says how the release takes over.
        state: what the place shows.
        release: the one that is to be.
        replicas: how many instances are wanted.
        expand: whether there is anything that expands the database.
        contract: whether it is contracted.

    Raises:
        PlanRefused: the strategy finds no way.
    """
    old = state.live
    moves = [move for move in strategy(old, release, replicas=replicas) if expand or not isinstance(move, Migrate)]
    _tidy(moves, state, {old, release.name})
    if contract:
        moves += _closed(moves, old, release.name)
    instances = dict(state.instances)
    return Plan(old=old, release=release, strategy=name, replicas=replicas, instances=instances, moves=tuple(moves))


def _tidy(moves: list[Move], state: State, involved: set[str]) -> None:
    first = next((number for number, move in enumerate(moves) if not isinstance(move, Bring | Migrate)), len(moves))
    moves[first:first] = _tidied(state, involved)


def _tidied(state: State, involved: set[str]) -> Iterator[Move]:
    """What a place shows that no finished rollout leaves, and what stands by."""
    if {*state.shares} - {state.live}:
        yield Shift({state.live: 100.0})
    if state.steering.release:
        yield Steer()
    yield from (Stop(each) for each in sorted(state.instances) if each not in involved)


def _closed(moves: list[Move], old: str, new: str) -> Iterator[Move]:
    if old not in {"", new} and Stop(old) not in moves:
        yield Stop(old)
    yield Migrate(new, "contract")


def check_plan(plan: Plan, target: Target, others: Mapping[str, Strategy]) -> None:
    """Nothing, when the target can make the plan.

    Args:
        plan: the plan.
        target: where it is to be made.
        others: all strategies that there are, by name: what the target could make instead is named.

    Raises:
        PlanRefused: the target cannot make one of the moves.
    """
    missing = _missing(plan.moves, target)
    if not missing:
        return
    possible = [
        name for name, strategy in others.items() if name != plan.strategy and _possible(plan, strategy, target)
    ]
    raise PlanRefused(
        f"The target {target.name} cannot {', '.join(missing)}, which the strategy {plan.strategy} asks for.",
        why=f"It could make {' or '.join(possible)} instead." if possible else "It can make no other strategy either.",
        todo="Choose another strategy or target; nothing was changed.",
    )


def _possible(plan: Plan, strategy: Strategy, target: Target) -> bool:
    try:
        moves = tuple(strategy(plan.old, plan.release, replicas=plan.replicas))
    except PlanRefused:
        return False
    migrates = plan.expands or plan.contracts
    return not _missing(tuple(move for move in moves if migrates or not isinstance(move, Migrate)), target)


def _missing(moves: tuple[Move, ...], target: Target) -> list[str]:
    return sorted({type(each).__name__.lower() for each in moves if type(each) not in {*target.moves, Hold}})
