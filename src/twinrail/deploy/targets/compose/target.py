"""The target `compose`: makes moves with containers of a stack, behind a proxy beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from twinrail.deploy.interface import State
from twinrail.deploy.moves import Bring, Look, Migrate, Move, Prune, Shift, Start, Steer, Stop, unseen
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.compose.containers import Container, Containers
from twinrail.deploy.targets.docker.launches import Launch
from twinrail.deploy.targets.docker.site import DockerSite
from twinrail.deploy.targets.docker.weights import weights
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.fleet import Fleet
from twinrail.deploy.targets.proxied.shown import shown
from twinrail.system.errors import MoveFailed


@dataclass(frozen=True)
class ComposeTarget(DockerSite):
    """Releases as containers beside the other services of a stack."""

    name: ClassVar[str] = "compose"
    runs: ClassVar[Literal["wheel", "image"]] = "image"
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})

    @classmethod
    def of(cls, opening: Opening) -> "ComposeTarget":
        """The target, opened."""
        return cls(opening)

    @cached_property
    def containers(self) -> Containers:
        """The instances."""
        return self.containers_under(0)

    def backends(self) -> Sequence[Backend]:
        """What answers for releases behind the proxy."""
        return self.containers.answering()

    def containers_under(self, fence: int) -> Containers:
        """The instances, in the hands of whoever holds that lease."""
        return Containers(
            engine=self.engine,
            folder=self.opening.folder,
            store=self.store,
            stack=self.name_of_stack,
            marks=self.marks,
            port=self.settings.port,
            fence=fence,
        )

    def fleet(self, containers: Containers) -> Fleet[Container, Launch]:
        """The instances behind the proxy."""
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

    def make(self, move: Move, fence: int, look: Look = unseen) -> None:  # noqa: ARG002  # it replaces none itself
        """Observes, then acts.

        Raises:
            MoveFailed: the move could not be made.
            PlaceTaken: someone else listens on the environment's port, or is changing the place.
            LeaseLost: the lease of `fence` has passed to someone else.
            ToolError: the engine does not answer.
            Interrupted: somebody pressed Ctrl-C.
        """
        containers = self.containers_under(fence)
        with self.fence.guard(fence):  # who comes too late does not even look
            containers.tidy()
        self.migrations.await_end()
        fleet = self.fleet(containers)
        match move:
            case Bring():
                self.admit()
                self.take_place()
                _ = self.programs.now  # all mistakes of the compose file, before anything changes
                self.stack.up()
                fleet.ensure()
                self.proxy.join()
                self.store.bring(move.release)
            case Migrate():
                self.migrations.run(move.release, self.programs.now, move.phase)
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
        whole, answering = self.containers.shown()
        trouble = self.proxy.trouble if answering else ""
        return shown(self.store.names(), whole, self.proxy.routing, trouble=trouble, answering=answering)

    def memory(self, release: str) -> dict[str, int]:
        """How many bytes of memory each instance of the release holds, all its containers together."""
        return weights(
            self.engine, {each.name: each.containers for each in self.containers.all() if each.release == release}
        )

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""
        hide = self.hide(release)
        return tuple(map(hide, self.containers.log(release)))

    def down(self, fence: int = 0) -> int:
        """Ends every container of the stack; how many there were. Volumes stay, and so do the other services, stopped.

        Args:
            fence: the number of the lease under which it is done; 0 where nobody else can be there.

        Raises:
            LeaseLost: that lease has passed to someone else.
        """
        number = fence or self.fence.seen
        containers = self.containers_under(number)
        with self.fence.guard(number):
            containers.tidy()
            there = containers.noted()
        self.fleet(containers).end(there)
        # They may have taken their time to drain, and the lease may be someone else's by now.
        with self.fence.guard(number):
            ended = sum(len(each.containers) for each in there) + self.proxy.close() + self.stack.stop()
            self.leave_place()
            return ended
