"""The target `compose`: makes moves with containers of a stack, behind a proxy beside them."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from twinrail.deploy.fence import Fence
from twinrail.deploy.interface import Address, Samples, State
from twinrail.deploy.moves import Bring, Migrate, Move, Prune, Shift, Start, Steer, Stop
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.compose import definition
from twinrail.deploy.targets.compose.containers import Container, Containers
from twinrail.deploy.targets.compose.engine import Engine
from twinrail.deploy.targets.compose.front import Front
from twinrail.deploy.targets.compose.launches import Launch
from twinrail.deploy.targets.compose.migrations import Migrations
from twinrail.deploy.targets.compose.programs import Programs
from twinrail.deploy.targets.compose.proxy_image import ProxyImage
from twinrail.deploy.targets.compose.stack import Stack
from twinrail.deploy.targets.compose.store import Store
from twinrail.deploy.targets.compose.weights import weights
from twinrail.deploy.targets.proxied.fleet import Fleet
from twinrail.deploy.targets.proxied.requests import answers, counted, rate
from twinrail.deploy.targets.proxied.routes import RELEASE
from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.deploy.targets.proxied.shown import shown
from twinrail.project.compose import Compose
from twinrail.project.strategies import Analysis
from twinrail.system.errors import MoveFailed, PlaceTaken
from twinrail.system.files import read_json, write_json

_LATE = 2.0
"""How far lines may be out of the order in which their requests ended, in seconds."""


@dataclass(frozen=True)
class ComposeTarget:
    """Releases as containers beside the other services of a stack."""

    opening: Opening
    name: ClassVar[str] = "compose"
    runs: ClassVar[Literal["wheel", "image"]] = "image"
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})

    @classmethod
    def of(cls, opening: Opening) -> "ComposeTarget":
        """The target, opened."""
        return cls(opening)

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs it all."""
        return Engine(shell=self.opening.shell, folder=self.opening.project.root, host=self._compose.host)

    @cached_property
    def stack(self) -> Stack:
        """What the compose file says."""
        return Stack(
            engine=self.engine,
            root=self.opening.project.root,
            file=self._compose.file,
            name=self._stack,
            rolled=self._compose.services,
        )

    @cached_property
    def store(self) -> Store:
        """The releases that stand ready."""
        return Store(self.opening.folder, self.engine)

    @cached_property
    def programs(self) -> Programs:
        """What is started of the releases."""
        return Programs(self.opening.folder, self.stack, self.opening.environment)

    @cached_property
    def containers(self) -> Containers:
        """The instances."""
        return self._containers(0)

    @cached_property
    def proxy(self) -> Front:
        """The proxy."""
        analysis = self.opening.environment.analysis
        logged = isinstance(analysis, Analysis) and analysis.traffic == "live"
        program = lambda: self.opening.venvs.for_tools("deploy").program("traefik")  # noqa: E731
        return Front(
            engine=self.engine,
            name=f"{self._stack}-proxy",
            environment=self.opening.name,
            compose=self._compose,
            port=self.opening.port,
            marks=self._marks,
            networks=lambda: self._networks,
            image=ProxyImage(self.engine, self._compose.proxy, program),
            routing=Routing(self.opening.folder, logged),
            there=self.containers.all,
        )

    @cached_property
    def fence(self) -> Fence:
        """What keeps out whoever slept past their lease."""
        return Fence(self.opening.folder)

    @cached_property
    def migrations(self) -> Migrations:
        """What changes the database."""
        return Migrations(engine=self.engine, service=self.opening.service, interrupted=self.opening.interrupted)

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: people are served elsewhere than the settings say, or the stack is deployed from elsewhere.
            SettingsError: the compose file is wrong.
            ToolError: the engine does not answer.
        """
        self.proxy.check_port()
        marks = '{{.Label "twinrail.place"}}'
        label = f"label=twinrail.stack={self._stack}"
        there = self.engine.run("ps", "--all", "--filter", label, "--format", marks, quiet=True).split()
        if {*there} - {self._place}:
            raise PlaceTaken(
                f"The stack {self._stack} is deployed from another folder or machine: {len(there)} containers there.",
                why=f"What it did stands in a journal that {self.opening.folder} does not have.",
                todo="Deploy from there, say its folder (environments.NAME.folder), or name another compose.project.",
            )

    def make(self, move: Move, fence: int) -> None:
        """Observes, then acts.

        Raises:
            MoveFailed: the move could not be made.
            PlaceTaken: someone else listens on the environment's port, or is changing the place.
            LeaseLost: the lease of `fence` has passed to someone else.
            ToolError: the engine does not answer.
            Interrupted: somebody pressed Ctrl-C.
        """
        containers = self._containers(fence)
        with self.fence.guard(fence):  # who comes too late does not even look
            containers.tidy()
        self.migrations.await_end(containers.called("migration"))
        fleet = self._fleet(containers)
        match move:
            case Bring():
                self.admit()
                _ = self.programs.now  # all mistakes of the compose file, before anything changes
                self.stack.up()
                fleet.ensure()
                self.store.bring(move.release)
            case Migrate():
                self.migrations.run(containers, move.release, self.programs.now, move.phase)
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
                    self.store.prune(move.keep)
            case _:
                raise MoveFailed(f"The target compose cannot {move}.")

    def state(self) -> State:
        """What the place shows now."""
        there = self.containers.all()
        trouble = self.proxy.trouble if there else ""
        return shown(self.store.names(), there, self.proxy.routing, trouble=trouble)

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """The environment's address, with a header that leads to the release where asked for."""
        host = {"Host": self.opening.service.host} if self.opening.service.host else {}
        return Address(url=self.proxy.url, headers={**host, **({RELEASE: release} if past_weights else {})})

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:
        """What the release answered since then, in seconds since 1970: to probes past the weights, or to people."""
        return counted(answers(self.proxy.lines(max(since - _LATE, 0.0)), release, since, probes=probes))

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where nobody knows."""
        return rate(self.proxy.lines())

    def answers(self) -> bool:
        """Whether the proxy shows the routes that were written last."""
        return self.proxy.answers()

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""
        return self.store.commit(release)

    def memory(self, release: str) -> dict[str, int]:
        """How many bytes of memory each instance of the release holds, all its containers together."""
        return weights(self.engine, [each for each in self.containers.all() if each.release == release])

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""
        hide = self.hide(release)
        return tuple(map(hide, self.containers.log(release)))

    def looked(self) -> None:
        """Somebody looks at a release that is held; the engine itself keeps the proxy's log small."""

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret of the release into a text."""
        return self.programs.hide(release)

    def down(self, fence: int = 0) -> int:
        """Ends every container of the stack; how many there were. Volumes stay, and so do the other services, stopped.

        Args:
            fence: the number of the lease under which it is done; 0 where nobody else can be there.

        Raises:
            LeaseLost: that lease has passed to someone else.
        """
        number = fence or self.fence.seen
        containers = self._containers(number)
        with self.fence.guard(number):
            containers.tidy()
            there = containers.all()
        self._fleet(containers).end(there)
        # They may have taken their time to drain, and the lease may be someone else's by now.
        with self.fence.guard(number):
            return sum(len(each.containers) for each in there) + self.proxy.close() + self.stack.stop()

    def _fleet(self, containers: Containers) -> Fleet[Container, Launch]:
        return Fleet(
            instances=containers,
            proxy=self.proxy,
            programs=self.programs,
            service=self.opening.service,
            environment=self.opening.environment,
            shell=self.opening.shell,
            fence=self.fence,
            number=containers.fence,
            interrupted=self.opening.interrupted,
        )

    def _containers(self, fence: int) -> Containers:
        return Containers(
            engine=self.engine,
            folder=self.opening.folder,
            store=self.store,
            stack=self._stack,
            marks=self._marks,
            port=self._compose.port,
            fence=fence,
        )

    @property
    def _compose(self) -> Compose:
        return self.opening.environment.compose

    @property
    def _stack(self) -> str:
        usual = re.sub(r"[^a-z0-9_-]+", "-", f"{self.opening.project.name}-{self.opening.name}".lower()).strip("-_")
        return self._compose.project or usual

    @cached_property
    def _marks(self) -> dict[str, str]:
        return {
            "twinrail.project": self.opening.project.name,
            "twinrail.environment": self.opening.name,
            "twinrail.stack": self._stack,
            "twinrail.place": self._place,
        }

    @cached_property
    def _place(self) -> str:
        path = self.opening.folder / "place.json"
        if not (told := read_json(path)):
            told = {"id": uuid.uuid4().hex}
            write_json(path, told)
        return str(told["id"])

    @property
    def _networks(self) -> tuple[str, ...]:
        first = self.stack.service(self._compose.services[0])
        return tuple(self.stack.names.networks[each] for each in definition.networks(first))
