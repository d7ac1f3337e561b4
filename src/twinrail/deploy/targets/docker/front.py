"""Traefik before the instances: a container on the stack's network, its routes in a volume that it watches.

The routes are put there as an archive with two names of one file: the second name, on which Traefik has an eye,
appears with all of the content at once. A file that is copied into place would be read half written.
"""

import io
import json
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinrail.deploy.interface import Address
from twinrail.deploy.moves import Steer
from twinrail.deploy.probe import Reply, get
from twinrail.deploy.targets.docker.engine import Engine, private_file
from twinrail.deploy.targets.docker.proxy_image import ProxyImage
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.requests import FLAGS
from twinrail.deploy.targets.proxied.routes import NUMBER
from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.project.compose import Compose
from twinrail.system.called import again
from twinrail.system.errors import MoveFailed, PlaceTaken, TwinrailError

_SEEN_WITHIN = 20.0
_OK = 200
_INSIDE = 8080
"""The port in its container: nobody but root may listen below 1024."""
_HARDENED = (
    "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--user=65532:65532",
    "--memory=512m", "--pids-limit=256", "--restart=unless-stopped",
    # Its log holds people's requests: two files of 32 MB, whoever fills them.
    "--log-driver=json-file", "--log-opt=max-size=32m", "--log-opt=max-file=2",
)  # fmt: skip
_WORDS = (
    f"--entrypoints.web.address=:{_INSIDE}",
    "--providers.file.filename=/routes/routes.yml",
    "--providers.file.watch=true",
    "--providers.providersthrottleduration=100ms",
    "--ping=true",
    "--ping.manualrouting=true",
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.level=WARN",
    "--serverstransport.forwardingtimeouts.idleconntimeout=1s",
    *FLAGS,
)
"""Idle connections end before any server ends them, as before processes: docs/decisions/0025."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """The proxy `name` of an environment.

    Attributes:
        routing: where traffic goes.
        networks: tells what the engine calls the networks on which instances stand.
        there: tells the instances that live.
        kept: whether connections to instances may be used again.
    """

    engine: Engine
    name: str
    environment: str
    compose: Compose
    port: int
    marks: Callable[[], Mapping[str, str]]
    networks: Callable[[], Sequence[str]]
    image: ProxyImage
    routing: Routing
    there: Callable[[], Sequence[Backend]]
    kept: bool = True

    @property
    def url(self) -> str:
        """The environment's address: where the proxy listens, or will."""
        return f"http://{self.compose.public}:{self.port}"

    def check_port(self) -> None:
        """Nothing, where the proxy listens as the settings say, or does not run.

        Raises:
            PlaceTaken: it listens elsewhere.
        """
        told = self._told
        if not (told and _runs(told)) or (bound := _bound(told)) == f"{self.compose.listen}:{self.port}":
            return
        raise PlaceTaken(
            f"The environment {self.environment} answers at {bound}, not at {self.compose.listen}:{self.port}.",
            why="Its address was changed in the settings while it was running.",
            todo=f"Stop it first:  {again('down')}",
        )

    def shares(self) -> dict[str, float]:
        """The share of traffic of each release, in percent, as it was last set."""
        return self.routing.shares()

    def begin(self) -> bool:
        """The proxy runs, or has just been started with the routes of whoever lives; whether it was.

        Raises:
            PlaceTaken: someone else listens on its port.
            MoveFailed: the engine refuses.
        """
        told = self._told
        if told and _runs(told):
            return False
        if told:
            self.engine.run("rm", "--force", self.name, data=True)
        self._create()
        self.write(list(self.there()), self.shares())
        try:
            self.engine.run("start", self.name, data=True)
        except TwinrailError as error:
            self.engine.ask("rm", "--force", self.name)
            if isinstance(error, PlaceTaken):
                raise self._taken(error) from error
            raise
        return True

    def join(self) -> None:
        """It stands on the networks on which the first service is to be reached from now on, beside those of before.

        Raises:
            MoveFailed: the engine refuses.
        """
        there = (self._told or {}).get("NetworkSettings", {}).get("Networks", {})
        for network in self.networks():
            if network not in there:
                self.engine.run("network", "connect", network, self.name)

    @property
    def trouble(self) -> str:
        """That it does not run, as a clause; empty while it does."""
        told = self._told
        return "" if told and _runs(told) else f"the proxy of {self.environment} ended"

    def answers(self) -> bool:
        """Whether the proxy shows the routes that were written last."""
        return self._shown().status == _OK

    def write(self, instances: list[Backend], shares: dict[str, float], steering: Steer | None = None) -> None:
        """Writes down where traffic goes; `await_seen` tells when it does."""
        # JSON is YAML, and Traefik takes no other ending.
        text = json.dumps(self.routing.change(instances, shares, steering))
        with private_file(at_once(text.encode())) as archive:
            self.engine.run("cp", "-", f"{self.name}:/routes", data=True, stdin=archive)

    def await_seen(self) -> None:
        """Nothing, as soon as the proxy itself answers for the routes that were written last.

        Raises:
            MoveFailed: it does not take them.
        """
        end = time.monotonic() + _SEEN_WITHIN
        while (reply := self._shown()).status != _OK:
            if time.monotonic() > end or (not reply.status and self.trouble):
                raise MoveFailed(
                    f"The proxy on {self.url} does not show its routes: {reply}.", todo=f"See:  docker logs {self.name}"
                )
            time.sleep(0.02)

    def close(self) -> int:
        """The proxy ends; whether it was there. No release has a share any more."""
        there = self._told is not None
        self.routing.change([], {}, Steer())
        if there:
            self.engine.run("rm", "--force", self.name, data=True)
        return int(there)

    def lines(self, since: float = 0.0) -> list[bytes]:
        """What it wrote down of requests that ended since then, in seconds since 1970."""
        words = [f"--since={since:.3f}"] if since else []
        return [line.encode() for line in self.engine.ask("logs", *words, self.name, data=True).stdout.splitlines()]

    def _create(self) -> None:
        marks = [f"--label={key}={value}" for key, value in self.marks().items()]
        published = f"--publish={self.compose.listen}:{self.port}:{_INSIDE}"
        volume = f"--volume={self.name}:/routes"
        first, *others = self.networks()
        where = (f"--name={self.name}", f"--network={first}", published, volume)
        self.engine.run("create", *where, *marks, *_HARDENED, self.image.ready(), *self._words, data=True)
        for network in others:
            self.engine.run("network", "connect", network, self.name)

    @property
    def _words(self) -> tuple[str, ...]:
        return _WORDS if self.kept else (*_WORDS, "--serverstransport.maxidleconnsperhost=-1")

    def _taken(self, error: PlaceTaken) -> PlaceTaken:
        return PlaceTaken(
            f"Port {self.port} of {self.compose.listen} is taken.",
            why=f"The environment {self.environment} answers there. {error.what}",
            todo=f"End it, or set another port:  [tool.twinrail.environments.{self.environment}] port = …",
        )

    @property
    def _told(self) -> Mapping[str, Any] | None:
        return self.engine.inspect("container", self.name).get(self.name)

    def _shown(self) -> Reply:
        return get(Address(url=self.url, headers={NUMBER: str(self.routing.number)}), "/", timeout=2.0)


def _runs(told: Mapping[str, Any]) -> bool:
    return bool(told["State"]["Running"] and not told["State"]["Restarting"])


def _bound(told: Mapping[str, Any]) -> str:
    for bindings in (told["HostConfig"].get("PortBindings") or {}).values():
        for each in bindings:
            return f"{each['HostIp']}:{each['HostPort']}"
    return "nowhere"


def at_once(content: bytes) -> bytes:
    """An archive of one file with two names, of which the second one appears with the whole content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        file = tarfile.TarInfo("next")
        file.size, file.mode = len(content), 0o644
        tar.addfile(file, io.BytesIO(content))
        name = tarfile.TarInfo("routes.yml")
        name.type, name.linkname, name.mode = tarfile.LNKTYPE, "next", 0o644
        tar.addfile(name)
    return packed.getvalue()
