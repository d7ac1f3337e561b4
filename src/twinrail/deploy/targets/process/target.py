"""The target `process`: makes moves with real processes behind a real proxy."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event as Flag
from typing import ClassVar, Literal

from twinrail.deploy.fence import Fence
from twinrail.deploy.interface import Address, Samples, State
from twinrail.deploy.moves import Bring, Look, Migrate, Move, Prune, Shift, Start, Steer, Stop, unseen
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.process.access import AccessLog
from twinrail.deploy.targets.process.instances import Instance, Instances
from twinrail.deploy.targets.process.launches import Launch
from twinrail.deploy.targets.process.migrations import Migrations
from twinrail.deploy.targets.process.programs import Programs
from twinrail.deploy.targets.process.proxy import PROXY, Proxy
from twinrail.deploy.targets.process.servers import Servers
from twinrail.deploy.targets.process.store import Store
from twinrail.deploy.targets.proxied.backend import tail
from twinrail.deploy.targets.proxied.fleet import Fleet
from twinrail.deploy.targets.proxied.routes import RELEASE
from twinrail.deploy.targets.proxied.shown import shown
from twinrail.project.environments import Environment
from twinrail.project.settings import Service
from twinrail.project.strategies import Analysis
from twinrail.project.venv import VirtualEnvironments
from twinrail.system.errors import MoveFailed
from twinrail.system.shell import Shell

_LOGS = 8
"""Of how many instances the last words are told: each has a log of its own."""


@dataclass(frozen=True, kw_only=True)
class ProcessTarget:
    """Releases as processes on this machine, in `folder`, behind a proxy on `port`.

    Attributes:
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    folder: Path
    port: int
    service: Service
    environment: Environment
    venvs: VirtualEnvironments
    shell: Shell
    interrupted: Flag = field(default_factory=Flag)
    name: ClassVar[str] = "process"
    runs: ClassVar[Literal["wheel", "image"]] = "wheel"
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})

    @classmethod
    def of(cls, opening: Opening) -> "ProcessTarget":
        """The target, opened."""
        return cls(
            folder=opening.folder,
            port=opening.port,
            service=opening.service,
            environment=opening.environment,
            venvs=opening.venvs,
            shell=opening.shell,
            interrupted=opening.interrupted,
        )

    @cached_property
    def instances(self) -> Instances:
        """The processes."""
        return Instances(self.folder)

    @cached_property
    def proxy(self) -> Proxy:
        """The proxy."""
        analysis = self.environment.analysis
        logged = isinstance(analysis, Analysis) and analysis.traffic == "live"
        return Proxy(self.folder, self.port, lambda: self.venvs.for_tools("deploy").program("traefik"), logged)

    @cached_property
    def access(self) -> AccessLog:
        """What the proxy wrote down of requests."""
        return AccessLog(self.folder, lambda: self.instances.of(PROXY))

    @cached_property
    def store(self) -> Store:
        """The releases that stand ready."""
        return Store(self.folder / "releases", self.venvs)

    @cached_property
    def programs(self) -> Programs:
        """What is run of the releases."""
        return Programs(self.folder, self.store, self.service, self.environment)

    @cached_property
    def migrations(self) -> Migrations:
        """What changes the database."""
        return Migrations(folder=self.folder, shell=self.shell, interrupted=self.interrupted)

    @cached_property
    def fence(self) -> Fence:
        """What keeps out whoever slept past their lease."""
        return Fence(self.folder)

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: they name another port than the one on which people are served.
        """
        self.proxy.check_port()

    def make(self, move: Move, fence: int, look: Look = unseen) -> None:  # noqa: ARG002  # it replaces none itself
        """Observes, then acts.

        Raises:
            MoveFailed: the move could not be made.
            PlaceTaken: someone else listens on the environment's port, or is changing the place.
            LeaseLost: the lease of `fence` has passed to someone else.
            Interrupted: somebody pressed Ctrl-C.
        """
        with self.fence.guard(fence):  # who comes too late does not even look
            self.instances.tidy()
        self.migrations.await_end()
        fleet = self._fleet(fence)
        match move:
            case Bring():
                self.admit()
                fleet.ensure()
                self.store.bring(move.release)
            case Migrate():
                if command := self.programs.migrate(move.release, move.phase):
                    self.migrations.run(command)
            case Start():
                fleet.ensure()
                fleet.start(move.release, move.count, former=move.former)
            case Shift():
                fleet.shift(move.shares)
            case Steer():
                fleet.route(self.proxy.shares(), move)
            case Stop():
                fleet.stop(move.release, move.keep, former=move.former)
            case Prune():
                with self.fence.guard(fence):
                    self.store.set_aside(move.keep)
                self.store.empty()
            case _:
                raise MoveFailed(f"The target process cannot {move}.")

    def state(self) -> State:
        """What the place shows now."""
        there = self._servers.all()
        return shown(self.store.names(), there, self.proxy.routing, trouble=self.proxy.trouble, answering=there)

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """The environment's address, with a header that leads to the release where asked for."""
        host = {"Host": self.service.host} if self.service.host else {}
        return Address(url=self.proxy.url, headers={**host, **({RELEASE: release} if past_weights else {})})

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:
        """What the release answered since then, in seconds since 1970: to probes past the weights, or to people.

        Raises:
            ToolError: the proxy writes no log.
        """
        return self.access.samples(release, since, probes=probes)

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where nobody knows."""
        return self.access.rate()

    def answers(self) -> bool:
        """Whether the proxy shows the routes that were written last."""
        return self.proxy.answers()

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""
        return self.store.commit(release)

    def memory(self, release: str) -> dict[str, int]:
        """How many bytes of memory each instance of the release holds, its workers' among them."""
        return {each.name: self.instances.memory(each) for each in self.instances.of(release)}

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""
        hide = self.hide(release)
        logs = sorted((self.folder / "logs").glob(f"{release}-*.log"), key=lambda log: log.stat().st_mtime)
        return tuple(hide(line) for log in logs[-_LOGS:] for line in tail(log))

    def looked(self) -> None:
        """Somebody looks at a release that is held: what is written down of people's requests stays bounded."""
        self.access.rotate()

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret of the release into a text."""
        return self.programs.hide(release)

    def down(self, fence: int = 0) -> int:
        """Ends every process of the environment; how many there were. Its data and its ledger stay.

        Args:
            fence: the number of the lease under which it is done; 0 where nobody else can be there.

        Raises:
            LeaseLost: that lease has passed to someone else.
        """
        number = fence or self.fence.seen
        with self.fence.guard(number):
            self.instances.tidy()
            fleet, there = self._fleet(number), self._servers.all()
        fleet.end(there)
        # They may have taken their time to drain, and the lease may be someone else's by now.
        with self.fence.guard(number):
            proxies = self.proxy.close()
        fleet.end(proxies)
        return len(there) + len(proxies)

    @cached_property
    def _servers(self) -> Servers:
        return Servers(self.instances, self.programs)

    def _fleet(self, number: int) -> Fleet[Instance, Launch]:
        return Fleet(
            instances=self._servers,
            proxy=self.proxy,
            programs=self.programs,
            service=self.service,
            environment=self.environment,
            shell=self.shell,
            fence=self.fence,
            number=number,
            interrupted=self.interrupted,
        )
