"""The target `swarm`: makes moves with the services of a swarm, behind a proxy on their network."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from twinrail.deploy.interface import State
from twinrail.deploy.moves import Bring, Look, Migrate, Move, Prune, Roll, Shift, Start, Steer, Stop, unseen
from twinrail.deploy.release import Release
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.docker.definition import Service
from twinrail.deploy.targets.docker.site import DockerSite
from twinrail.deploy.targets.docker.weights import weights
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.swarm.objects import Objects
from twinrail.deploy.targets.swarm.rolling import Rolling
from twinrail.deploy.targets.swarm.sets import Sets
from twinrail.deploy.targets.swarm.shown import shown
from twinrail.deploy.targets.swarm.squad import Squad, standing
from twinrail.deploy.targets.swarm.stack_file import looked_at, unknown
from twinrail.system.errors import MoveFailed, SettingsError


@dataclass(frozen=True)
class SwarmTarget(DockerSite):
    """Releases as services of a swarm, beside the other services of a stack."""

    name: ClassVar[str] = "swarm"
    runs: ClassVar[Literal["wheel", "image"]] = "image"
    overlay: ClassVar[bool] = True
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Roll, Shift, Steer, Stop, Prune})

    @classmethod
    def of(cls, opening: Opening) -> "SwarmTarget":
        """The target, opened."""
        return cls(opening)

    @cached_property
    def sets(self) -> Sets:
        """The instances."""
        return Sets(
            engine=self.engine,
            folder=self.opening.folder,
            store=self.store,
            objects=self.objects,
            stack=self.name_of_stack,
            marks=self.marks,
            port=self.settings.port,
            interrupted=self.opening.interrupted,
        )

    @cached_property
    def objects(self) -> Objects:
        """The secrets and configs."""
        return Objects(engine=self.engine, folder=self.opening.folder, stack=self.name_of_stack, marks=self.marks)

    def squad(self, fence: int) -> Squad:
        """The instances behind the proxy, in the hands of whoever holds that lease."""
        return Squad(
            proxy=self.proxy,
            fence=self.fence,
            number=fence,
            sets=self.sets,
            programs=self.programs,
            environment=self.opening.environment,
        )

    def unknown(self, service: Service) -> list[str]:
        """The keys of a service that would get lost here."""
        return unknown(service)

    def backends(self) -> Sequence[Backend]:
        """What answers for releases behind the proxy."""
        return standing(self.sets.all(), self.routing.shares())

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: people are served elsewhere than the settings say, or the stack is deployed from elsewhere.
            SettingsError: the compose file is wrong.
            ToolError: the engine does not answer, or is no manager of a swarm.
        """
        self.engine.run("node", "ls", "--quiet", quiet=True)
        super().admit()

    def make(self, move: Move, fence: int, look: Look = unseen) -> None:
        """Observes, then acts.

        Raises:
            MoveFailed: the move could not be made.
            PlaceTaken: someone else listens on the environment's port, or is changing the place.
            LeaseLost: the lease of `fence` has passed to someone else.
            ToolError: the engine does not answer, or is no manager of a swarm.
            Interrupted: somebody pressed Ctrl-C.
        """
        with self.fence.guard(fence):
            pass  # who comes too late does not even look
        self.migrations.await_end()
        squad = self.squad(fence)
        match move:
            case Bring():
                self._bring(move.release, squad)
            case Migrate():
                self.migrations.run(move.release, self.programs.now, move.phase)
            case Start():
                squad.ensure()
                squad.start(move.release, move.count, former=move.former)
            case Roll():
                squad.ensure()
                rolling = Rolling(squad=squad, shell=self.opening.shell, look=look)
                rolling.back(move) if move.former else rolling.roll(move)
            case Shift():
                squad.shift(move.shares)
            case Steer():
                squad.route(self.proxy.shares(), move)
            case Stop():
                squad.stop(move.release, move.keep, former=move.former)
            case Prune():
                with self.fence.guard(fence):
                    self.store.prune(move.keep)
                    self.objects.prune(self.sets.told())
            case _:
                raise MoveFailed(f"The target swarm cannot {move}.")

    def state(self) -> State:
        """What the place shows now."""
        there = self.sets.all()
        trouble = self.proxy.trouble if there else ""
        return shown(self.store.names(), there, self.routing, trouble=trouble)

    def memory(self, release: str) -> dict[str, int]:
        """How many bytes of memory each instance of the release holds, of those on the machine that is asked."""
        here = {*self.engine.run("ps", "--no-trunc", "--quiet", quiet=True).split()}
        mine: dict[str, list[str]] = {}
        for each in self.sets.all():
            for task in (task for one in each.services for task in one.tasks if task.healthy):
                if task.release == release and task.container in here:
                    mine.setdefault(f"{each.name}.{task.slot}", []).append(task.container)
        return weights(self.engine, mine)

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""
        hide = self.hide(release)
        return tuple(map(hide, self.sets.log(release)))

    def down(self, fence: int = 0) -> int:
        """Ends every service of the stack; how much there was. Volumes stay, and so do the other services, stopped.

        Args:
            fence: the number of the lease under which it is done; 0 where nobody else can be there.

        Raises:
            LeaseLost: that lease has passed to someone else.
        """
        number = fence or self.fence.seen
        with self.fence.guard(number):
            there = self.sets.all()
        self.sets.end(there, within=self.opening.environment.drain)
        # They may have taken their time to drain, and the lease may be someone else's by now.
        with self.fence.guard(number):
            self.objects.prune(())
            tasks = sum(len(each.services) * each.replicas for each in there)
            ended = tasks + self.proxy.close() + self.stack.stop()
            self.leave_place()
            return ended

    def _bring(self, release: Release, squad: Squad) -> None:
        self.admit()
        self.take_place()
        now = self.programs.now  # all mistakes of the compose file, before anything changes
        self.stack.up()
        squad.ensure()
        self.proxy.join()
        self.store.bring(release)
        if not looked_at(now.parts[0].said, own=self.store.looks(release.name)):
            key = f"services.{now.parts[0].service}"
            says = "Neither it nor its image has a healthcheck: swarm would lead people to instances that only start."
            raise SettingsError((self.stack.mistake(key, says),))
