"""The target `process`: makes moves with real processes behind a real proxy."""

import os
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Event as Flag
from typing import ClassVar

from twinrail.deploy.interface import Address, State
from twinrail.deploy.moves import Bring, Migrate, Move, Prune, Shift, Start, Steer, Stop
from twinrail.deploy.probe import get
from twinrail.deploy.targets.process.instances import INHERITED, Instance, Instances, free_port
from twinrail.deploy.targets.process.proxy import INSTANCE, PROXY, RELEASE, Proxy
from twinrail.deploy.targets.process.store import Store
from twinrail.project.environments import Environment
from twinrail.project.settings import Service
from twinrail.project.venv import VirtualEnvironments
from twinrail.system.command import Command
from twinrail.system.errors import Interrupted, MoveFailed
from twinrail.system.files import digest
from twinrail.system.shell import Shell

_TAIL = 20


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
    moves: ClassVar[frozenset[type[Move]]] = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})

    @cached_property
    def settings(self) -> str:
        """A digest of all that an instance is started with beside its release: one that differs is replaced."""
        # Of a secret's digest so little that nobody could guess the value from it.
        secrets = [digest(str(self.folder), os.environ.get(name, ""))[:4] for name in self.environment.secrets]
        variables = sorted(self.environment.variables.items())
        return digest(repr((self.service.command, variables, self.environment.secrets, secrets)))[:12]

    @cached_property
    def instances(self) -> Instances:
        """The processes."""
        return Instances(self.folder)

    @cached_property
    def proxy(self) -> Proxy:
        """The proxy."""
        return Proxy(self.folder, self.port, lambda: self.venvs.for_tools("deploy").program("traefik"))

    @cached_property
    def store(self) -> Store:
        """The releases that stand ready."""
        return Store(self.folder / "releases", self.venvs)

    def make(self, move: Move, fence: int) -> None:  # noqa: ARG002  # one machine: the lease is enough
        """Observes, then acts.

        Raises:
            MoveFailed: the move could not be made.
            PlaceTaken: someone else listens on the environment's port.
            Interrupted: somebody pressed Ctrl-C.
        """
        match move:
            case Bring():
                self.proxy.ensure()
                self.store.bring(move.release)
            case Migrate():
                self._migrate(move)
            case Start():
                self.proxy.ensure()
                self._start(move.release, move.count)
            case Shift():
                self.proxy.route(self._services(), move.shares)
            case Steer():
                self.proxy.route(self._services(), self.proxy.shares(), move)
            case Stop():
                self._stop(move.release, move.keep)
            case Prune():
                self.store.prune(move.keep)
            case _:
                raise MoveFailed(f"The target process cannot {move}.")

    def state(self) -> State:
        """What the place shows now."""
        healthy = [each.release for each in self._services() if each.healthy]
        counts = {name: healthy.count(name) for name in sorted(set(healthy))}
        shares = {name: share for name, share in self.proxy.shares().items() if name in counts}
        steering = self.proxy.steering()
        return State(
            releases=self.store.names(),
            instances=counts,
            shares=shares,
            steering=steering if steering.release in counts else Steer(),
        )

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """The environment's address, with a header that leads to the release where asked for."""
        host = {"Host": self.service.host} if self.service.host else {}
        return Address(url=self.proxy.url, headers={**host, **({RELEASE: release} if past_weights else {})})

    def memory(self, release: str) -> dict[str, int]:
        """How many bytes of memory each instance of the release holds, its workers' among them."""
        return {each.name: self.instances.memory(each) for each in self.instances.of(release)}

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""
        hide = self._command(release, self.service.command, port=0).hide
        logs = sorted((self.folder / "logs").glob(f"{release}-*.log"))
        return tuple(hide(line) for log in logs for line in _tail(log))

    def down(self) -> int:
        """Ends every process of the environment; how many there were. Its data and its ledger stay."""
        services = self._services()
        for instance in services:
            self._end(instance)
        running = bool(self.instances.of(PROXY))
        self.proxy.end()
        return len(services) + running

    def _services(self) -> list[Instance]:
        return [each for each in self.instances.all() if each.release != PROXY]

    def _migrate(self, move: Migrate) -> None:
        if words := self.service.migrate if move.phase == "expand" else self.service.contract:
            self.shell.run(self._command(move.release, words, port=0))

    def _start(self, release: str, count: int) -> None:
        # Whoever was ending them died over it.
        self._retire([each for each in self.instances.of(release) if each.going])
        number = 0
        while len(running := self._fresh(release)) < count:
            taken = {each.name for each in self.instances.of(release)}
            number = next(each for each in range(number + 1, 10_000) if f"{release}-{each}" not in taken)
            port, command = free_port(), self.service.command
            self.instances.start(
                release, number, self._command(release, command, port=port), port, settings=self.settings
            )
        waiting = [each for each in running if not each.healthy]
        self.proxy.route(self._services(), self.proxy.shares())
        for instance in waiting:
            self._until_healthy(instance)
            self.instances.write(replace(instance, healthy=True))
        self.proxy.route(self._services(), self.proxy.shares())
        stale = [each for each in self.instances.of(release) if each.settings != self.settings]
        self._retire(stale[max(self.environment.replicas - count, 0) :])

    def _fresh(self, release: str) -> list[Instance]:
        return [each for each in self.instances.of(release) if each.settings == self.settings]

    def _until_healthy(self, instance: Instance) -> None:
        address = Address(url=self.proxy.url, headers={INSTANCE: instance.name})
        end = time.monotonic() + self.environment.start
        for route in (self.service.health, self.service.ready):
            while (reply := get(address, route, timeout=2.0)).status != 200:  # noqa: PLR2004
                dead = instance not in self.instances.all()
                if dead or time.monotonic() > end:
                    raise MoveFailed(self._unhealthy(instance, f"{route} said {reply}", dead=dead))
                if self.interrupted.wait(0.05):
                    raise Interrupted(f"Interrupted while {instance.name} was starting.")

    def _unhealthy(self, instance: Instance, last: str, *, dead: bool) -> str:
        fate = "ended by itself" if dead else f"was not healthy after {self.environment.start:g} s"
        log = self.instances.log(instance)
        hide = self._command(instance.release, self.service.command, port=instance.port).hide
        words = "\n".join(f"    {hide(line)}" for line in _tail(log)) or "    (nothing)"
        return f"{instance.name} {fate}: {last}.\n  Its last words ({log}):\n{words}"

    def _stop(self, release: str, keep: int) -> None:
        running = self.instances.of(release)
        staying = [each for each in running if not each.going][:keep]
        self._retire([each for each in running if each not in staying])

    def _retire(self, going: list[Instance]) -> None:
        if not going:
            return
        for instance in going:
            self.instances.write(replace(instance, healthy=False, going=True))
        staying = [each for each in self._services() if each.name not in {one.name for one in going}]
        shares = {
            name: share for name, share in self.proxy.shares().items() if any(each.release == name for each in staying)
        }
        self.proxy.route(staying, shares)
        for instance in going:
            self._end(instance)

    def _end(self, instance: Instance) -> None:
        if not self.instances.end(instance, within=self.environment.drain):
            self.shell.say(f"warning: {instance.name} did not end within {self.environment.drain:g} s and was killed")

    def _command(self, release: str, words: tuple[str, ...], *, port: int) -> Command:
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        programs = self.store.venv(release).python.parent
        filled = tuple(word.replace("{host}", "127.0.0.1").replace("{port}", str(port)) for word in words)
        program = programs / filled[0]
        return Command(
            argv=(str(program) if program.exists() else filled[0], *filled[1:]),
            cwd=data,
            env={"HOST": "127.0.0.1", "PORT": str(port), **self.environment.variables},
            secrets=self.environment.secrets,
            inherited=INHERITED,
        )


def _tail(log: Path) -> tuple[str, ...]:
    return tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:])
