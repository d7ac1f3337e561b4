"""Traefik in front of an environment: one process, its routes in a file that it watches.

Of the proxies that were measured it alone lost no request while its routes changed (docs/decisions/0004).
A change counts as made when the proxy itself answers under it: each set of routes has a number, and a
router on the same entry point answers for that number alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twinrail.deploy.interface import Address
from twinrail.deploy.moves import Steer
from twinrail.deploy.probe import Reply, get
from twinrail.deploy.targets.process.access import flags
from twinrail.deploy.targets.process.instances import Instance, Instances
from twinrail.deploy.targets.process.ports import NOBODY_KNOWN, holder
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.routes import NUMBER
from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.system.called import again
from twinrail.system.command import Command
from twinrail.system.errors import MoveFailed, PlaceTaken
from twinrail.system.files import write_json

PROXY = "proxy"
_SEEN_WITHIN = 20.0
_LETS_GO_WITHIN = 2.0
_IDLE = 1
"""How long a connection to an instance may be idle, in seconds: shorter than any server keeps one (gunicorn 2 s,
uvicorn 5 s). A request that is sent as the server ends it is lost, and an order is not sent twice: decisions/0025."""
_OK = 200


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

    @cached_property
    def routing(self) -> Routing:
        """Where traffic goes, as it was last set."""
        return Routing(self.folder, self.logged)

    @property
    def url(self) -> str:
        """The environment's address: where the proxy listens, or will."""
        return f"http://127.0.0.1:{self._listening or self.port}"

    def shares(self) -> dict[str, float]:
        """The share of traffic of each release, in percent, as it was last set."""
        return self.routing.shares()

    def check_port(self) -> None:
        """Nothing, where the proxy listens on the port of the settings, or does not run.

        Raises:
            PlaceTaken: it listens on another one.
        """
        if (there := self._listening) not in {0, self.port}:
            raise PlaceTaken(
                f"The environment {self.folder.name} answers on port {there}, not on {self.port}.",
                why="Its port was changed in the settings while it was running.",
                todo=f"Stop it first:  {again('down')}",
            )

    def ensure(self) -> None:
        """The proxy runs.

        Raises:
            PlaceTaken: someone else listens on its port.
            MoveFailed: it does not come up.
        """
        if self.begin():
            self.await_seen()

    def begin(self) -> bool:
        """The proxy runs, or has just been started with the routes of whoever lives; whether it was.

        Raises:
            PlaceTaken: someone else listens on its port.
        """
        if self._running():
            return False
        self._refuse_taken()
        self.write([each for each in self._instances.all() if each.release != PROXY], self.shares())
        self._instances.start(PROXY, self.routing.number, self._command(), self.port)
        return True

    @property
    def trouble(self) -> str:
        """That it does not run, as a clause; empty while it does."""
        return "" if self._running() else f"the proxy of {self.folder.name} ended"

    def answers(self) -> bool:
        """Whether the proxy shows the routes that were written last."""
        return self._running() and self._shown().status == _OK

    def write(self, instances: list[Backend], shares: dict[str, float], steering: Steer | None = None) -> None:
        """Writes down where traffic goes; `await_seen` tells when it does.

        Args:
            instances: all that may be reached, past the weights at least.
            shares: the share of traffic of each release, in percent.
            steering: how people are told apart beside them; None: as before.
        """
        # JSON is YAML, and Traefik's watched folder takes no other ending.
        write_json(self._routes / "routes.yml", self.routing.change(instances, shares, steering))

    def close(self) -> list[Instance]:
        """No release has a share any more; the proxies, which are to end."""
        self.write([], {}, Steer())
        return self._instances.of(PROXY)

    @property
    def _instances(self) -> Instances:
        return Instances(self.folder)

    @property
    def _routes(self) -> Path:
        return self.folder / "proxy" / "routes"

    @property
    def _listening(self) -> int:
        # The port of the proxy that runs; 0 where none does.
        return next((each.port for each in self._instances.of(PROXY)), 0)

    def _refuse_taken(self) -> None:
        if who := self._holder():
            raise PlaceTaken(
                f"Port {self.port} of 127.0.0.1 is taken by {who}.",
                why=f"The environment {self.folder.name} answers there.",
                todo=f"End it, or set another port:  [tool.twinrail.environments.{self.folder.name}] port = …",
            )

    def _holder(self) -> str:
        # A proxy that was killed holds its port until the last of its threads has gone.
        end = time.monotonic() + _LETS_GO_WITHIN
        while (who := holder(self.port)) == NOBODY_KNOWN and time.monotonic() < end:
            time.sleep(0.02)
        return who

    def _running(self) -> bool:
        return bool(self._listening)

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
            f"--serverstransport.forwardingtimeouts.idleconntimeout={_IDLE}s",
            *flags(self.folder),
        )
        return Command(argv=(str(self.program()), *words), cwd=self.folder)

    def await_seen(self) -> None:
        """Nothing, as soon as the proxy itself answers for the routes that were written last.

        Raises:
            PlaceTaken: it ended, and someone else listens on its port.
            MoveFailed: it does not take them.
        """
        end = time.monotonic() + _SEEN_WITHIN
        while (reply := self._shown()).status != _OK:
            runs = self._running()
            if not runs:
                # Whoever took the port between the look at it and the start answers instead.
                self._refuse_taken()
            if time.monotonic() > end or not runs:
                log = self._instances.folder / "logs"
                raise MoveFailed(
                    f"The proxy on {self.url} does not show its routes: {reply}.",
                    todo=f"Its log stands in {log}.",
                )
            time.sleep(0.02)

    def _shown(self) -> Reply:
        # What the proxy itself answers under the routes that were written last.
        return get(Address(url=self.url, headers={NUMBER: str(self.routing.number)}), "/", timeout=2.0)
