"""A project whose service is tinyweb, and one environment of it on this machine."""

import contextlib
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
from tinyweb import LOCK, PYPROJECT, make_wheel

from twinrail.deploy.environments import Place, checks_of, folder_of, open_place, service_of
from twinrail.deploy.execution import Rolled
from twinrail.deploy.probe import Reply, get
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.targets.process.instances import MARK
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.environments import Environment
from twinrail.project.repository import Project, open_project
from twinrail.project.settings import Service, Settings
from twinrail.report.events import Event
from twinrail.session.work import Work
from twinrail.system.files import sha256
from twinrail.system.shell import Shell


def make_project(root: Path) -> Project:
    """The project of tinyweb, with a lock that locks nothing; made once, then opened."""
    root.mkdir(parents=True, exist_ok=True)
    if not (root / "pyproject.toml").exists():
        (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
        (root / "uv.lock").write_text(LOCK, encoding="utf-8")
    return open_project(root, tomllib.loads(PYPROJECT))


@dataclass(kw_only=True)
class Town:
    """An environment of the project, with what a test wants to know of it."""

    project: Project
    name: str
    options: dict[str, Any]
    service: Service = field(default_factory=Service)
    approved: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @cached_property
    def work(self) -> Work:
        """What a session of this environment would be given."""
        environment = Environment(**{"port": free_port(), "start": "20s", "drain": "10s", **self.options})
        return Work(
            session=self.name,
            project=self.project,
            settings=Settings(service=self.service, environments={self.name: environment}),
            shell=Shell(say=self.said.append),
            folder=self.project.state / "runs" / "run-1" / "reports" / self.name,
            run="run-1",
            tell=self.events.append,
            approved=self.approved,
        )

    @cached_property
    def place(self) -> Place:
        """The environment as deploys see it."""
        return open_place(self.work, self.name, self.work.settings.environments[self.name], service_of(self.work))

    @property
    def folder(self) -> Path:
        return folder_of(self.project, self.name, self.work.settings.environments[self.name])

    def release(self, version: str) -> Release:
        """A release of tinyweb."""
        wheel = self.project.root / "wheels" / f"tinyweb-{version}-py3-none-any.whl"
        if not wheel.exists():
            make_wheel(wheel.parent, version)
        requirements = wheel.with_name("requirements.txt")
        requirements.touch()
        return Release(version=version, digest=sha256(wheel), wheel=wheel, requirements=requirements, commit="c0ffee")

    def deploy(self, version: str, **more: Any) -> Rolled:
        """Deploys a version, as a session does."""
        release = self.release(version)
        usual = {
            "owner": "ada, run 7",
            "ledger": self.place.ledger,
            "strategy": self.place.strategy,
            "checks": checks_of(self.work, self.place, release),
            "progress": lambda _: None,
            "hide": self.place.target.hide(release.name),
        }
        return Rollout(
            session=self.name,
            environment=self.name,
            target=self.place.target,
            name=self.place.environment.strategy.name,
            replicas=self.place.environment.replicas,
            tell=self.events.append,
            interrupted=self.work.interrupted,
            keep=self.place.environment.keep,
            **usual | more,
        ).run(release)

    def get(self, route: str = "/") -> Reply:
        """What people get at the environment's address."""
        return get(self.place.target.address(""), route)

    def processes(self) -> list[psutil.Process]:
        """All processes of the environment that live, whatever is written down."""
        return [each for each in psutil.process_iter() if self._ours(each)]

    def serving(self) -> tuple[dict[str, int], dict[str, float]]:
        """Healthy instances and shares, by version."""
        state = self.place.target.state()
        return (
            {name.rpartition("-")[0]: count for name, count in state.instances.items()},
            {name.rpartition("-")[0]: share for name, share in state.shares.items()},
        )

    def ports(self) -> set[int]:
        """The ports that the environment's processes listen on."""
        found = set()
        for each in self.processes():
            with contextlib.suppress(psutil.Error):
                found |= {one.laddr.port for one in each.net_connections() if one.status == psutil.CONN_LISTEN}
        return found

    def _ours(self, process: psutil.Process) -> bool:
        try:
            mark = process.environ().get(MARK, "")
            return mark.startswith(f"{self.folder}#") and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


@dataclass
class Load:
    """People who keep asking over connections that they keep; bounded by a count, not by time.

    Attributes:
        rest: how long one waits between an answer and the next question, in seconds.
    """

    port: int
    least: int
    people: int = 4
    rest: float = 0.002
    answers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """They ask while the block runs, and afterwards until all together asked `least` times."""
        ended = threading.Event()
        askers = [threading.Thread(target=self._ask, args=(ended,)) for _ in range(self.people)]
        for asker in askers:
            asker.start()
        try:
            yield
        finally:
            ended.set()
            for asker in askers:
                asker.join()

    def _ask(self, ended: threading.Event) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while len(self.answers) + len(self.failures) < self.least or not ended.is_set():
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                body = answer.read().decode()
                (self.answers if answer.status == 200 else self.failures).append(body)
            except (OSError, HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            ended.wait(self.rest)
        connection.close()
