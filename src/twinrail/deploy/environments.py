"""The environments of a project: each with its target, its ledger and its checks."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from twinrail.deploy.checks.latency import Latency
from twinrail.deploy.checks.memory import Memory
from twinrail.deploy.checks.route import Route
from twinrail.deploy.checks.status import Status
from twinrail.deploy.checks.version import Version
from twinrail.deploy.deployed import check_target
from twinrail.deploy.interface import Check, Strategy
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.moves import Roll
from twinrail.deploy.release import Release
from twinrail.deploy.sites import Opener, Opening, Site
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.deploy.terms import changed
from twinrail.project.environments import PORTS, Environment
from twinrail.project.repository import Project
from twinrail.project.settings import Service
from twinrail.project.strategies import BAKE
from twinrail.project.strategies import Strategy as Chosen
from twinrail.session.work import Work
from twinrail.system.adapters import known, load
from twinrail.system.errors import ProjectError


@dataclass(frozen=True, kw_only=True)
class Place:
    """An environment with its parts; `opened` is its target by other settings."""

    name: str
    environment: Environment
    target: Site
    ledger: FileLedger
    opened: Callable[[Environment, Service], Site] | None = None

    @property
    def strategy(self) -> Strategy:
        """The strategy that the settings name, with its options, made for what the target can do."""
        made = strategy_of(self.environment.strategy.name, self.environment.strategy, self.bake)
        # Who is compared with another one must run beside it, behind the proxy.
        if isinstance(made, Rolling) and Roll in self.target.moves and not self.environment.analysis:
            return replace(made, in_place=True)
        return made

    @property
    def bake(self) -> float:
        """How long a new release is watched with all traffic, in seconds."""
        said = self.environment.strategy.bake
        return said if said is not None else BAKE.get(self.name, 0.0)


def strategy_of(name: str, settings: Chosen, bake: float) -> Strategy:
    """The strategy `name` by its settings, which watches for `bake` seconds at its end."""
    made: Strategy = load("twinrail.strategies", name).of(settings, bake)
    return made


def strategies(settings: Chosen) -> dict[str, Strategy]:
    """All strategies there are, by name, each with its own options as they are by default."""
    return {name: strategy_of(name, settings, 0.0) for name in sorted(known("twinrail.strategies"))}


def open_place(work: Work, name: str, environment: Environment, service: Service) -> Place:
    """The environment `name` of the project, where `service` runs.

    Raises:
        PlaceTaken: what runs there was deployed by another target.
    """
    folder = folder_of(work.project, name, environment)
    check_target(folder, environment)
    # Whoever is interrupted amid a rollout needs it for the way back.
    shell = work.shell.branch()

    def opened(environment: Environment, service: Service) -> Site:
        opener: Opener = load("twinrail.targets", environment.target)
        return opener.of(
            Opening(
                name=name,
                project=work.project,
                folder=folder,
                port=port_of(folder, environment),
                service=service,
                environment=environment,
                venvs=work.venvs,
                shell=shell,
                interrupted=work.interrupted,
            )
        )

    target, ledger = opened(environment, service), FileLedger(folder, run=work.run)
    return Place(name=name, environment=environment, target=target, ledger=ledger, opened=opened)


def check_secrets(name: str, environment: Environment) -> None:
    """Nothing, when whoever deploys to the environment `name` has what its service is to be given.

    Raises:
        ProjectError: something is missing.
    """
    if missing := [each for each in environment.secrets if each not in os.environ]:
        raise ProjectError(
            f"{name} needs {', '.join(missing)}, which is not in the environment.",
            why=f"[tool.twinrail.environments.{name}] secrets names it; the service would run without.",
            todo="Set it where you deploy; nothing was changed.",
        )


def checks_of(work: Work, place: Place, release: Release) -> tuple[Check, ...]:
    """What a started release is asked before it gets traffic, and as long as it is watched."""
    service = work.settings.service
    checks: list[Check] = [Status(service.ready)]
    if service.latency is not None:
        checks.append(Latency(service.ready, service.latency))
    if service.version:
        checks.append(Version(service.version, release.version))
    usual = Service().watch
    # A service without a page at / has said nothing of it.
    checks += [Route(route, missing=service.watch == usual) for route in service.watch]
    if place.environment.memory is not None:
        checks.append(Memory(place.environment.memory, lambda: place.target.memory(release.name)))
    return tuple(checks)


def service_of(work: Work) -> Service:
    """The service of the project, its command read off the project where the settings say none.

    Raises:
        ProjectError: there is not exactly one script to choose.
    """
    service = work.settings.service
    if service.command:
        return service
    if len(work.project.scripts) != 1:
        raise ProjectError(
            f"What starts the service? [project.scripts] has {len(work.project.scripts)} entries.",
            todo='Say it:  [tool.twinrail.service] command = ["…", "--host", "{host}", "--port", "{port}"]',
        )
    return changed(service, command=work.project.scripts)


def folder_of(project: Project, name: str, environment: Environment) -> Path:
    """The folder of an environment on this machine."""
    stays = environment.folder
    parent = project.root / Path(stays).expanduser() if stays else project.state / "environments"
    return parent / name


def port_of(folder: Path, environment: Environment) -> int:
    """The port of an environment; 0 for one that the settings no longer know, which has no address."""
    return environment.port or PORTS.get(folder.name, 0)
