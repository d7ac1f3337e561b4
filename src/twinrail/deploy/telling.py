"""A plan in words: what a person reads before anything is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Prune, Shift, Stage, Start, Steer, Stop
from twinrail.deploy.plans import Plan
from twinrail.deploy.release import version_of
from twinrail.system.units import show_duration


@dataclass(frozen=True, kw_only=True)
class Step:
    """One move in words.

    Attributes:
        verb: the kind of move.
        what: what it is about.
        note: what is asked meanwhile, or how long it may take; may be empty.
    """

    verb: str
    what: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.what}"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long things may take, in seconds.

    Attributes:
        start: until an instance is healthy.
        drain: until one that was asked to end has ended.
    """

    start: float
    drain: float


def tell_plan(plan: Plan, limits: Limits, gates: Mapping[Stage, str]) -> tuple[Step, ...]:
    """The moves of a plan, those left out that have nothing to do here.

    Args:
        plan: the plan.
        limits: how long things may take.
        gates: what is asked where the rollout holds; a stage at which nothing is has none.
    """
    running: dict[str, int] = {plan.old: plan.replicas} if plan.old else {}
    return tuple(_steps(plan.moves, running, limits, gates))


def tell_retreat(plan: Plan) -> str:
    """The way back on one line."""
    said = []
    for move in plan.retreat:
        match move:
            case Start():
                said.append(f"start {version_of(move.release)} to {move.count}")
            case Shift() if not move.shares:
                said.append("shift nobody")
            case _:
                said.append(str(_step(move, {}, Limits(start=0, drain=0), {})))
    return " · ".join(said) or f"{plan.release.version} stays as it is"


def say(move: Move) -> str:
    """A move in a few words, for the screen."""
    step = _step(move, {}, Limits(start=0, drain=0), {})
    what = step.what.replace("the database", "").strip() if isinstance(move, Migrate) else step.what
    return f"{step.verb} {what}".strip()


def _steps(
    moves: Sequence[Move], running: dict[str, int], limits: Limits, gates: Mapping[Stage, str]
) -> Iterator[Step]:
    for move in moves:
        if isinstance(move, Hold) and not move.seconds and move.stage not in gates:
            continue
        yield _step(move, running, limits, gates)
        if isinstance(move, Start):
            running[move.release] = move.count
        elif isinstance(move, Stop):
            running[move.release] = move.keep


def _step(move: Move, running: Mapping[str, int], limits: Limits, gates: Mapping[Stage, str]) -> Step:
    what, note = "", ""
    match move:
        case Bring():
            what = move.release.wheel.name
        case Migrate():
            what = f"the database to {version_of(move.release)}"
            note = "no way leads back" if move.phase == "contract" else ""
        case Start():
            more = move.count - running.get(move.release, 0)
            what = f"{version_of(move.release)} {f'× {more}' if more > 0 else f'to {move.count}'}"
            note = f"until healthy, at most {_seconds(limits.start)}"
        case Shift():
            shares = (f"{version_of(name)} {share:.3g} %" for name, share in move.shares.items())
            what = " · ".join(shares) or "nobody"
        case Steer():
            what = _steered(move)
        case Hold():
            what, note = _seconds(move.seconds) if move.seconds else "", _asked(move, gates)
        case Stop():
            fewer = running.get(move.release, 0) - move.keep
            left = f" down to {move.keep}" if move.keep else ""
            what = version_of(move.release) + (f" × {fewer}" if fewer > 0 else left)
            note = f"after at most {_seconds(limits.drain)} of drain" if limits.drain else ""
        case Prune():
            what = "old releases"
    verb = "contract" if isinstance(move, Migrate) and move.phase == "contract" else type(move).__name__.lower()
    return Step(verb=verb, what=what, note=note)


def _steered(move: Steer) -> str:
    if not move.release:
        return "nobody any more"
    if move.rules:
        return f"{version_of(move.release)} for {' or '.join(str(rule) for rule in move.rules)}"
    by = f"by the cookie {move.sticky}" if move.sticky else "by a hash of the address"
    return f"each person always to the same release, {by}"


def _asked(hold: Hold, gates: Mapping[Stage, str]) -> str:
    watched = "its checks" if hold.seconds else ""
    return "; ".join(part for part in (watched, gates.get(hold.stage, "")) if part)


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else show_duration(seconds)  # noqa: PLR2004
