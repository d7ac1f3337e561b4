"""What a deploy would do now, without doing anything of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from twinrail.deploy.admission import preview
from twinrail.deploy.environments import Place, open_place, service_of
from twinrail.deploy.interface import Answer
from twinrail.deploy.launch import SMOKE, analysis_of, by_terms, live_steps, rollout_of, stages_of
from twinrail.deploy.moves import Stage
from twinrail.deploy.plans import Plan, as_plan
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.stages import release_of
from twinrail.deploy.standing import Unfinished, unfinished
from twinrail.deploy.telling import Limits, Step, tell_plan, tell_retreat
from twinrail.project.strategies import Analysis
from twinrail.session.work import Work
from twinrail.system.errors import ProjectError, UsageError
from twinrail.system.guess import did_you_mean
from twinrail.system.units import show_duration

_UNKNOWN = "0" * 64


Fate = Literal["goes on", "taken back", "refused"]
"""What becomes of what is unfinished: the deploy goes on with it, takes it back before it sets out, or does nothing."""


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """What would be done.

    Attributes:
        environment: where.
        target: where the releases run, by name.
        plan: the moves.
        before: what each gate says that stands before them, by its name.
        steps: the moves in words.
        retreat: the way back in words.
        built: whether the release was built; where it was not, its name is a guess.
        unfinished: the rollout that has not ended there, if there is one.
    """

    environment: str
    target: str
    plan: Plan
    before: tuple[tuple[str, Answer], ...]
    steps: tuple[Step, ...]
    retreat: str
    built: bool
    unfinished: Unfinished | None = None

    @property
    def fate(self) -> Fate:
        """What a deploy does about what is unfinished."""
        left = self.unfinished
        if left is None or left.goes_on(self.plan.release.name):
            return "goes on"
        return "refused" if left.contracted else "taken back"


def foresee(work: Work) -> Foresight:
    """What a deploy to the environment that the command line names would do.

    Raises:
        UsageError: there is no such environment.
        PlanRefused: there is no way to do it.
    """
    place = _place(work)
    release, built = _release(work)
    left = unfinished(place.ledger.read())
    goes_on = left is not None and left.goes_on(release.name)
    plan = as_plan(left) if left and goes_on else rollout_of(work, place, release).plan(release)
    by = by_terms(work, place, left.terms) if left and goes_on and left.terms else (work, place)
    limits = Limits(start=place.environment.start, drain=place.environment.drain)
    return Foresight(
        environment=place.name,
        target=place.target.name,
        plan=plan,
        before=tuple(preview(work, place, release)),
        steps=tell_plan(plan, limits, _asked(*by, plan), _needs(by[1], plan)),
        retreat=tell_retreat(plan),
        built=built,
        unfinished=left,
    )


def _place(work: Work) -> Place:
    known = work.settings.environments
    if work.environment not in known:
        guess = did_you_mean(work.environment, known)
        raise UsageError(f'"{work.environment}" is not an environment of this project.{guess}')
    return open_place(work, work.environment, known[work.environment], service_of(work))


def _release(work: Work) -> tuple[Release, bool]:
    try:
        return release_of(work), True
    except ProjectError:
        version = work.project.version or "the next version"
        wheel = Path(f"{work.project.name.replace('-', '_')}-{version}-py3-none-any.whl")
        made = Release(
            version=version,
            digest=_UNKNOWN,
            wheel=wheel,
            requirements=wheel,
            commit=work.commit.id,
            when=work.commit.when,
        )
        return made, False


def _asked(work: Work, place: Place, plan: Plan) -> Mapping[Stage, str]:
    """What is asked where the rollout holds, in words."""
    until, load = place.environment.strategy.until, place.environment.performance
    told: dict[Stage, list[str]] = {"step": [], "arrived": [], "end": []}
    told["end"].append(f"until {until}" if until else f"until somebody ends it: twinrail resume {place.name} --end")
    analysis = analysis_of(place)
    if analysis and plan.old not in {"", plan.release.name}:
        for stage in stages_of(place.environment.strategy.name, analysis):
            told[stage].append(_compared(analysis, plan.old))
            if _unseen(place, analysis):
                told[stage].append("no traffic was seen yet: nobody knows how long that takes")
    if place.name == "staging" and (work.project.root / SMOKE).is_dir():
        told["arrived"].append("smoke tests")
    told["arrived"] += [f"a load of {load.users} users for {show_duration(load.duration)}"] if load else []
    return {stage: "; ".join(parts) for stage, parts in told.items() if parts}


def _unseen(place: Place, analysis: Analysis) -> bool:
    return analysis.traffic == "live" and not analysis.prometheus and place.target.rate() is None


def _needs(place: Place, plan: Plan) -> dict[int, str]:
    """How long each hold must last for its analysis, by the traffic that was seen last."""
    return {
        number: f"takes {show_duration(each.needs)} at {each.rate:.3g} requests a second"
        for number, each in live_steps(place, plan).items()
        if not math.isinf(each.needs)
    }


def _compared(analysis: Analysis, old: str) -> str:
    who = "probes" if analysis.traffic == "probe" else "people's requests"
    return f"errors and latency against {version_of(old)}, {analysis.requests:,} {who} a side"
