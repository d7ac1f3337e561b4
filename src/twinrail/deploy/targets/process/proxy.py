"""Traefik in front of an environment: one process, its routes in a file that it watches.

Of the proxies that were measured it alone lost no request while its routes changed (docs/decisions/0004).
A change counts as made when the proxy itself answers under it: each set of routes has a number, and a
router on the same entry point answers for that number alone.
"""

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from twinrail.deploy.interface import Address
from twinrail.deploy.moves import Steer
from twinrail.deploy.probe import get
from twinrail.deploy.targets.process.access import flags
from twinrail.deploy.targets.process.instances import Instance, Instances, holder
from twinrail.deploy.targets.process.routes import INSTANCE, NUMBER, RELEASE, routes
from twinrail.system.called import again
from twinrail.system.command import Command
from twinrail.system.errors import MoveFailed, PlaceTaken
from twinrail.system.files import read_json, write_json

__all__ = ["INSTANCE", "PROXY", "RELEASE", "Proxy"]

PROXY = "proxy"
_SEEN_WITHIN = 20.0
_STEER = TypeAdapter(Steer)


@dataclass(frozen=True)
class Proxy:
    """The proxy of the environment in `folder`, on `port`.

    Attributes:
        program: says where Traefik is.
        logged: whether people's requests stand in the access log as long as they meet two releases.
    """

    folder: Path
    port: int
    program: Callable[[], Path]
    logged: bool = False

    @property
    def url(self) -> str:
        """The environment's address."""
        return f"http://127.0.0.1:{self.port}"

    def shares(self) -> dict[str, float]:
        """The share of traffic of each release, in percent, as it was last set."""
        return dict((read_json(self._file) or {}).get("shares", {}))

    def ensure(self) -> None:
        """The proxy runs.

        Raises:
            PlaceTaken: someone else listens on its port.
            MoveFailed: it does not come up.
        """
        if running := self._instances.of(PROXY):
            if running[0].port == self.port:
                return
            raise PlaceTaken(
                f"The environment {self.folder.name} answers on port {running[0].port}, not on {self.port}.",
                why="Its port was changed in the settings while it was running.",
                todo=f"Stop it first:  {again('down')}",
            )
        if who := holder(self.port):
            raise PlaceTaken(
                f"Port {self.port} of 127.0.0.1 is taken by {who}.",
                why=f"The environment {self.folder.name} answers there.",
                todo=f"End it, or set another port:  [tool.twinrail.environments.{self.folder.name}] port = …",
            )
        self.write([], self.shares())
        self._instances.start(PROXY, self._next(), self._command(), self.port)
        self.await_seen()

    def steering(self) -> Steer:
        """How people are told apart beside the shares, as it was last set."""
        told = (read_json(self._file) or {}).get("steering")
        return _STEER.validate_python(told) if told else Steer()

    def write(self, instances: list[Instance], shares: Mapping[str, float], steering: Steer | None = None) -> None:
        """Writes down where traffic goes; `await_seen` tells when it does.

        Args:
            instances: all that may be reached, past the weights at least.
            shares: the share of traffic of each release, in percent.
            steering: how people are told apart beside them; None: as before.
        """
        steer = self.steering() if steering is None else steering
        number = int((read_json(self._file) or {}).get("number", 0)) + 1
        write_json(self._file, {"number": number, "shares": dict(shares), "steering": dataclasses.asdict(steer)})
        # JSON is YAML, and Traefik's watched folder takes no other ending.
        write_json(self._routes / "routes.yml", {"http": routes(number, instances, shares, steer, logged=self.logged)})

    def end(self) -> None:
        """The proxy runs no longer, and no release has a share."""
        self.write([], {}, Steer())
        for instance in self._instances.of(PROXY):
            self._instances.end(instance, within=10.0)

    @property
    def _instances(self) -> Instances:
        return Instances(self.folder)

    @property
    def _file(self) -> Path:
        return self.folder / "proxy" / "state.json"

    @property
    def _routes(self) -> Path:
        return self.folder / "proxy" / "routes"

    def _next(self) -> int:
        return int((read_json(self._file) or {}).get("number", 0))

    def _running(self) -> bool:
        return bool(self._instances.of(PROXY))

    def _command(self) -> Command:
        words = (
            f"--entrypoints.web.address=127.0.0.1:{self.port}",
            f"--providers.file.directory={self._routes}",
            "--providers.file.watch=true",
            "--providers.providersthrottleduration=100ms",
            "--ping=true",
            "--ping.manualrouting=true",
            "--global.checknewversion=false",
            "--global.sendanonymoususage=false",
            "--log.level=WARN",
            *flags(self.folder),
        )
        return Command(argv=(str(self.program()), *words), cwd=self.folder)

    def await_seen(self) -> None:
        """Nothing, as soon as the proxy itself answers for the routes that were written last.

        Raises:
            MoveFailed: it does not take them.
        """
        number = str((read_json(self._file) or {})["number"])
        address = Address(url=self.url, headers={NUMBER: number})
        end = time.monotonic() + _SEEN_WITHIN
        while (reply := get(address, "/", timeout=2.0)).status != 200:  # noqa: PLR2004
            if time.monotonic() > end or not self._running():
                log = self._instances.folder / "logs"
                raise MoveFailed(
                    f"The proxy on port {self.port} does not show its routes: {reply}.",
                    todo=f"Its log stands in {log}.",
                )
            time.sleep(0.02)
