"""What a run on GitHub is going to do: whether it deploys, which jobs it has, and why the others are left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from twinrail.deploy.github import approvals, refused
from twinrail.pipeline.graph import JOBS, beyond
from twinrail.project.departure import Decision, deploys
from twinrail.project.repository import Project
from twinrail.project.settings import Settings
from twinrail.system.github import Trigger

_SYSTEMS = {
    "Operating System :: MacOS": "macos-latest",
    "Operating System :: MacOS :: MacOS X": "macos-latest",
    "Operating System :: Microsoft :: Windows": "windows-latest",
    "Operating System :: Microsoft": "windows-latest",
}
_PYTHON = re.compile(r"Programming Language :: Python :: (3\.(\d+))")


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Where the tests run once more: a runner (empty: the one that runs the rest) and Pythons, one a line."""

    runner: str
    pythons: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is going to do.

    Attributes:
        jobs: those that are to run.
        left_out: why each other one does not.
        platforms: where else the tests run.
        approvals: the protected environments that must agree before production, without a prefix.
        refused: what GitHub, or this runner, cannot do for these settings: the dotted key and a sentence.
    """

    jobs: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[Platform, ...] = ()
    approvals: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a plan depends on beside the project and its settings.

    Attributes:
        trigger: why the run began.
        until: the last session that is wanted.
        python: what `verify` runs on: `3.13`.
        hosted: whether the runner is gone after each job.
        without: the sessions that the project's noxfile leaves out.
    """

    trigger: Trigger
    until: str
    python: str
    hosted: bool
    without: frozenset[str] = frozenset()


def plan(project: Project, settings: Settings, here: Circumstances) -> Plan:
    """What a run does for `project`."""
    leaving = deploys(here.trigger, settings.deploy.on)
    legs = platforms(project, here.python, settings.test.pythons)
    left_out = cut_off(here.until)
    if not legs:
        left_out.setdefault("platforms", f"the project names no Python but {here.python}, and no other system")
    if lacking := _acceptance(project, settings, here.without | beyond(here.until)):
        left_out.setdefault("accept", lacking)
    for name in ("staging", "production"):
        if lacking := _stage(project, settings, name, leaving, here.without):
            left_out.setdefault(name, lacking)
    people = () if "production" in left_out else approvals(settings)
    if not people:
        left_out.setdefault("approval", left_out.get("production", "nobody need agree"))
    stages = [(name, settings.environments[name]) for name in ("staging", "production") if name not in left_out]
    return Plan(
        jobs=tuple(job.name for job in JOBS if job.name not in left_out),
        left_out={job.name: left_out[job.name] for job in JOBS if job.name in left_out},
        platforms=() if "platforms" in left_out else legs,
        approvals=people,
        refused=tuple(each for name, stage in stages for each in refused(name, stage, hosted=here.hosted)),
    )


def platforms(project: Project, python: str, wanted: tuple[str, ...] = ()) -> tuple[Platform, ...]:
    """Where else the tests run: other Pythons in one job, each further system of the classifiers in one of its own.

    The Pythons are those `wanted`, or those of the classifiers.

    One job a system and not a Python: a job costs its set-up and a rounded-up minute.
    """
    classifiers = [str(each) for each in project.data["project"].get("classifiers", ())]
    found = sorted({int(hit[2]): hit[1] for each in classifiers if (hit := _PYTHON.fullmatch(each))}.items())
    pythons = list(wanted) or [name for _, name in found] or [python]
    others = "\n".join(name for name in pythons if name != python)
    systems = dict.fromkeys(_SYSTEMS[each] for each in classifiers if each in _SYSTEMS)
    here = (Platform(runner="", pythons=others),) if others else ()
    return (*here, *(Platform(runner=runner, pythons="\n".join(pythons)) for runner in systems))


def cut_off(until: str) -> dict[str, str]:
    """The jobs that a run up to the session `until` does not have, and why."""
    cut = beyond(until)
    # Approval is asked for production.
    return {job.name: f"it ends after {until}" for job in JOBS if set(job.sessions or ("production",)) <= cut}


def _acceptance(project: Project, settings: Settings, without: frozenset[str]) -> str:
    if "build-system" not in project.data:
        return "nothing is built"
    asked = {"integration": "tests/integration", **({"e2e": "tests/e2e"} if "test" in settings.environments else {})}
    there = [name for name, folder in asked.items() if name not in without and (project.root / folder).is_dir()]
    return "" if there else "there are no tests/integration, and no tests/e2e with an environment test"


def _stage(project: Project, settings: Settings, name: str, leaving: Decision, without: frozenset[str]) -> str:
    if name not in settings.environments:
        return f"there is no [tool.twinrail.environments.{name}]"
    if "build-system" not in project.data:
        return "nothing is built"
    if name in without:
        return "the noxfile leaves it out"
    return "" if leaving.yes else leaving.why
