"""An environment to measure in: a project with a service, releases of it in any mood, deploys as in sessions."""

import contextlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from benchmarks.strays import stray_processes
from benchmarks.watcher import Watcher
from twinrail.deploy.admission import gates_again
from twinrail.deploy.environments import Place, folder_of, open_place, service_of
from twinrail.deploy.execution import Rolled, RolloutPaused
from twinrail.deploy.launch import rollout_of
from twinrail.deploy.lease import LEASE
from twinrail.deploy.recovery import resume, rollback
from twinrail.deploy.release import Release, version_of
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.targets.process.instances import MARK
from twinrail.deploy.targets.process.ports import Claim, claim_port
from twinrail.project.environments import Environment
from twinrail.project.repository import Project, open_project
from twinrail.project.settings import Service, Settings
from twinrail.report.events import Event
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work
from twinrail.system.files import sha256
from twinrail.system.shell import Shell

EPOCH = 1_700_000_000
"""When the first commit of a bench was made, in seconds since 1970; each later one is a minute younger."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A service that can be measured.

    Attributes:
        name: as the client's mix is called.
        where: how another process finds it, `benchmarks.shop:SHOP`.
        files: what its project holds beside its wheels, by path.
        service: how it runs.
        wheel: makes its wheel of a version, in a mood, in a folder.
        requirements: what it runs with, as a file; written into a folder.
        database: its database, in the environment's data, unless a variable says where.
        database_variable: the environment variable that says where, and its value, in which {path} is filled in.
        rss: about how much memory an instance of it holds, in bytes.
    """

    name: str
    where: str
    files: Mapping[str, str]
    service: Service
    wheel: Callable[[Path, str, Mapping[str, object]], Path]
    requirements: Callable[[Path], Path]
    database: str
    database_variable: tuple[str, str]
    rss: int

    def project(self, root: Path) -> Project:
        """Its project in `root`: made once, then opened."""
        root.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            if not (root / name).exists():
                (root / name).write_text(text, encoding="utf-8")
        return open_project(root, tomllib.loads(self.files["pyproject.toml"]))


@dataclass(kw_only=True)
class Ground:
    """An environment of a service.

    Attributes:
        root: the project's folder.
        name: the environment's name.
        options: the environment's settings, where they are not those of a bench.
        host: the name under which people reach the service; empty: the address.
        elsewhere: where its database stands, if not in the environment's folder.
        events: what the rollouts told, for the run record.
        said: what was logged.
    """

    root: Path
    kind: Kind
    name: str
    options: dict[str, Any] = field(default_factory=dict)
    host: str = ""
    elsewhere: Path | None = None
    events: list[Event] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @cached_property
    def work(self) -> Work:
        """What a session of this environment is given."""
        project = self.kind.project(self.root)
        name, value = self.kind.database_variable
        variables = {name: value.replace("{path}", str(self.elsewhere))} if self.elsewhere else {}
        usual = {"port": self.claim.port, "replicas": 2, "start": "60s", "drain": "30s", "variables": variables}
        return Work(
            session="production",
            project=project,
            settings=Settings(
                service=replace(self.kind.service, host=self.host),
                environments={self.name: Environment(**{**usual, **self.options})},
            ),
            shell=Shell(say=self.said.append),
            folder=project.state / "runs" / "run-1" / "reports" / self.name,
            run="run-1",
            tell=self.events.append,
            environment=self.name,
        )

    @cached_property
    def claim(self) -> Claim:
        """The port that is its own, also before its proxy listens there: other parts may run beside this one."""
        return claim_port()

    @cached_property
    def place(self) -> Place:
        """The environment as deploys see it."""
        return open_place(self.work, self.name, self.work.settings.environments[self.name], service_of(self.work))

    @property
    def folder(self) -> Path:
        """Where it keeps what it has."""
        return folder_of(self.work.project, self.name, self.work.settings.environments[self.name])

    @property
    def database(self) -> Path:
        """The service's database."""
        return self.elsewhere or self.folder / "data" / self.kind.database

    @property
    def address(self) -> str:
        """Where people reach it."""
        return self.place.target.address("").url

    def watcher(self) -> Watcher:
        """Who watches that what has traffic can serve."""
        return Watcher(self.folder / "instances", self.folder / "proxy" / "routes" / "routes.yml")

    def strays(self) -> list[str]:
        """What runs, or holds a port, and should not."""
        return stray_processes(self.place, self.processes())

    def release(self, version: str, mood: Mapping[str, object] | None = None, *, commit: int = 0) -> Release:
        """A release of the service, from the commit of that number, counted as they were made."""
        folder = self.root / "wheels" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        requirements = self.kind.requirements(folder)
        wheel = self.kind.wheel(folder, version, mood or {"name": "well"})
        return Release(
            version=version,
            digest=sha256(wheel),
            wheel=wheel,
            requirements=requirements,
            commit=f"c{commit}",
            locked=sha256(requirements),
            when=EPOCH + 60 * commit,
        )

    def rollout(self, release: Release, *, end: bool = False) -> Rollout:
        """The rollout of a release, as a session makes it."""
        return rollout_of(self.work, self.place, release, before=gates_again(self.work, self.place), end=end)

    def deploy(self, release: Release, meanwhile: Callable[[], None] = lambda: None) -> Rolled:
        """The release is deployed; an experiment is ended by hand, after `meanwhile`."""
        try:
            return self.rollout(release).run(release)
        except RolloutPaused:
            meanwhile()
            rolled = self.rollout(release, end=True).resume()
            if rolled is None:
                raise
            return rolled

    def resume(self, *, end: bool = True) -> Outcome:
        """What was left unfinished is brought to its end, as by `twinrail resume`."""
        return resume(replace(self.work, end=end))

    def back(self, to: str = "") -> Outcome:
        """The release before serves again, as by `twinrail rollback`."""
        return rollback(replace(self.work, to=to))

    def serving(self) -> tuple[dict[str, int], dict[str, float]]:
        """Healthy instances and shares of traffic, by version."""
        state = self.place.target.state()
        return (
            {version_of(name): count for name, count in state.instances.items()},
            {version_of(name): share for name, share in state.shares.items()},
        )

    def capacity(self) -> int:
        """How many instances are healthy, of whatever release."""
        return sum(self.place.target.state().instances.values())

    def processes(self) -> list[psutil.Process]:
        """All processes of the environment that live, whatever is written down."""
        return [each for each in psutil.process_iter() if self._ours(each)]

    def down(self) -> None:
        """All of it stops in good order, as by `twinrail down`."""
        ledger = self.place.ledger
        fence = ledger.lease("bench", LEASE)
        self.place.target.down(fence)
        ledger.append("down", {"by": "bench"}, fence=fence)
        ledger.give_back(fence)

    def end(self) -> None:
        """Nothing of it runs any more, whatever is written down."""
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):  # it may have gone by itself
                process.kill()

    def _ours(self, process: psutil.Process) -> bool:
        try:
            mark = process.environ().get(MARK, "")
            return mark.startswith(f"{self.folder}#") and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False
