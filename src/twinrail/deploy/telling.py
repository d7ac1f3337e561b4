"""A plan in words: what a person reads before anything is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Prune, Roll, Shift, Stage, Start, Steer, Stop
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


def tell_plan(
    plan: Plan, limits: Limits, gates: Mapping[Stage, str], needs: Mapping[int, str] | None = None
) -> tuple[Step, ...]:
    """The moves of a plan, those left out that have nothing to do here.

    Args:
        plan: the plan.
        limits: how long things may take.
        gates: what is asked where the rollout holds; a stage at which nothing is has none.
        needs: how long a hold must last to be of use, by the number of its move; where that is known.
    """
    return tuple(_steps(plan, limits, gates, needs or {}))


def tell_retreat(plan: Plan) -> str:
    """The way back on one line."""
    if plan.old == plan.release.name:
        return f"{plan.release.version} stays as it is"
    said = []
    for move in plan.retreat:
        match move:
            case Start():
                said.append(f"start {version_of(move.release)} to {move.count}")
            case Steer():
                said.append("steer nobody")
            case _:
                said.append(say(move))
    closed = "; no way leads back once the database is contracted" if plan.contracts else ""
    return " · ".join(said) + closed


def say(move: Move) -> str:
    """A move in a few words, for the screen."""
    step = _step(move, {}, Limits(start=0, drain=0), {})
    what = step.what.replace("the database", "").strip() if isinstance(move, Migrate) else step.what
    return f"{step.verb} {what}".strip()


def _steps(plan: Plan, limits: Limits, gates: Mapping[Stage, str], needs: Mapping[int, str]) -> Iterator[Step]:
    for made, move in enumerate(plan.moves):
        before, after = plan.shown(made), plan.shown(made + 1)
        idle = isinstance(move, Start | Roll | Shift | Steer | Stop) and before == after
        if not idle and not (isinstance(move, Hold) and not move.looks and move.stage not in gates):
            step = _step(move, before.instances, limits, gates)
            yield replace(step, note=f"{step.note}; {needs[made]}") if made in needs else step
    for name, count in plan.shown(len(plan.moves)).instances.items():
        if name != plan.release.name:
            yield Step(verb="keep", what=f"{version_of(name)} × {count}", note="stands by until the next deploy")


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
        case Roll():
            what = f"{version_of(move.old)} {'back ' if move.former else ''}to {version_of(move.release)}"
            watched = f", each watched for {_seconds(move.seconds)}" if move.seconds else ""
            note = f"{move.at_once} at a time{watched}"
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
    watched = "its checks" if hold.looks else ""
    return "; ".join(part for part in (watched, gates.get(hold.stage, "")) if part)


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else show_duration(seconds)  # noqa: PLR2004
