"""The target `compose`: makes moves with containers of a stack, behind a proxy beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from twinrail.deploy.interface import Address, Samples, State
from twinrail.deploy.moves import Bring, Migrate, Move, Prune, Shift, Start, Steer, Stop
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.compose.parts import Parts
from twinrail.deploy.targets.compose.weights import weights
from twinrail.deploy.targets.proxied.requests import answers, counted, rate
from twinrail.deploy.targets.proxied.routes import RELEASE
from twinrail.deploy.targets.proxied.shown import shown
from twinrail.system.errors import MoveFailed, PlaceTaken

_LATE = 2.0
"""How far lines may be out of the order in which their requests ended, in seconds."""


@dataclass(frozen=True)
class ComposeTarget(Parts):
    """Releases as containers beside the other services of a stack."""

    name: ClassVar[str] = "compose"
    runs: ClassVar[Literal["wheel", "image"]] = "image"
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})

    @classmethod
    def of(cls, opening: Opening) -> "ComposeTarget":
        """The target, opened."""
        return cls(opening)

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: people are served elsewhere than the settings say, or the stack is deployed from elsewhere.
            SettingsError: the compose file is wrong.
            ToolError: the engine does not answer.
        """
        marks = '{{.Label "twinrail.place"}}'
        label = f"label=twinrail.stack={self.name_of_stack}"
        there = self.engine.run("ps", "--all", "--filter", label, "--format", marks, quiet=True).split()
        if {*there} - {self.place}:
            raise PlaceTaken(
                f"The stack {self.name_of_stack} is deployed from another folder or machine.",
                why=f"What it did stands in a journal that {self.opening.folder} does not have.",
                todo="Deploy from there, say its folder (environments.NAME.folder), or name another compose.project.",
            )
        self.proxy.check_port()

    def make(self, move: Move, fence: int) -> None:
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
        self.migrations.await_end(containers.called("migration"))
        fleet = self.fleet(containers)
        match move:
            case Bring():
                self.admit()
                self.take_place()
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
        containers = self.containers_under(number)
        with self.fence.guard(number):
            containers.tidy()
            there = containers.all()
        self.fleet(containers).end(there)
        # They may have taken their time to drain, and the lease may be someone else's by now.
        with self.fence.guard(number):
            return sum(len(each.containers) for each in there) + self.proxy.close() + self.stack.stop()
