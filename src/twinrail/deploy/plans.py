"""The plan of a rollout: all its moves before the first one is made, or why there can be none."""

from collections.abc import Mapping
from dataclasses import dataclass

from twinrail.deploy.interface import State, Strategy, Target
from twinrail.deploy.moves import Hold, Migrate, Move, Steer, Stop
from twinrail.deploy.release import Release
from twinrail.deploy.retreat import retreat
from twinrail.system.errors import PlanRefused


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a rollout is going to do.

    Attributes:
        old: the release that is live; empty where none is.
        release: the one that is to be.
        strategy: the strategy's name.
        replicas: how many instances are wanted.
        moves: from the one to the other.
    """

    old: str
    release: Release
    strategy: str
    replicas: int
    moves: tuple[Move, ...]

    @property
    def steered(self) -> bool:
        """Whether people are told apart on the way."""
        return any(isinstance(move, Steer) for move in self.moves)

    @property
    def retreat(self) -> tuple[Move, ...]:
        """The moves back."""
        return tuple(retreat(self.old, self.release.name, replicas=self.replicas, steered=self.steered))


def make_plan(
    name: str, strategy: Strategy, state: State, release: Release, *, replicas: int, contract: bool = False
) -> Plan:
    """The plan of a strategy from what the place shows.

    What neither is live nor is to be, a set that stood by for example, ends first. With `contract` the database is
    contracted at the very end, when nothing older runs any more.

    Raises:
        PlanRefused: the strategy finds no way.
    """
    old = state.live
    strays = tuple(Stop(each) for each in sorted(state.instances) if each not in {old, release.name})
    closing = (Migrate(release.name, "contract"),) if contract else ()
    moves = (*strays, *strategy(old, release, replicas=replicas), *closing)
    return Plan(old=old, release=release, strategy=name, replicas=replicas, moves=moves)


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
        name
        for name, strategy in others.items()
        if name != plan.strategy
        and not _missing(tuple(strategy(plan.old, plan.release, replicas=plan.replicas)), target)
    ]
    raise PlanRefused(
        f"The target {target.name} cannot {', '.join(missing)}, which the strategy {plan.strategy} asks for.",
        why=f"It could make {' or '.join(possible)} instead." if possible else "It can make no other strategy either.",
        todo="Choose another strategy or target; nothing was changed.",
    )


def _missing(moves: tuple[Move, ...], target: Target) -> list[str]:
    return sorted({type(each).__name__.lower() for each in moves if type(each) not in {*target.moves, Hold}})
