"""The settings of the targets `compose` and `swarm`: `[tool.twinrail.environments.NAME.compose]`."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import StringConstraints
from pydantic.dataclasses import dataclass

from twinrail.project.scalars import TABLE, Port, Text, Words

STACKED = frozenset({"compose", "swarm"})
"""The targets that run a stack."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""How this machine calls itself."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Compose:
    """A stack of containers, of which some services are rolled and all others are left alone."""

    file: str = ""
    """The compose file; empty: `compose.yaml`, `compose.yml`, `docker-compose.yaml` or `docker-compose.yml`."""
    services: Words = ("web",)
    """The services of which an instance of a release consists, a container each; the first one answers requests. All
    others of the file are brought up once, and left alone from then on."""
    port: Port = 8000
    """The port on which the first service listens in its container."""
    project: Annotated[str, StringConstraints(strict=True, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")] = ""
    """What Compose calls the stack; empty: the project's name and the environment's, `shop-staging`."""
    host: Annotated[str, StringConstraints(strict=True, pattern=r"^(ssh://[^/\s]+)?$")] = ""
    """The machine whose engine runs it: `ssh://user@host`; empty: the engine that `docker` speaks with."""
    listen: Text = "127.0.0.1"
    """The address of that machine on which the proxy listens. What an engine publishes passes by many a firewall."""
    proxy: str = ""
    """The proxy's image, Traefik 3, best by digest; empty: the Traefik that the pack has locked, for Linux."""

    @property
    def public(self) -> str:
        """The host name by which whoever deploys reaches the proxy."""
        if self.listen not in {"0.0.0.0", "::", *LOOPBACK}:  # noqa: S104  # it is compared, not bound  # nosec B104
            return self.listen
        return (urlsplit(self.host).hostname or "127.0.0.1") if self.host else "127.0.0.1"


def compose_contradictions(compose: Compose) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each contradiction as the key to change and what is wrong with it."""
    if not compose.services:
        yield ("services",), "Nothing would be rolled: name the service that answers requests."
    if twice := sorted({name for name in compose.services if compose.services.count(name) > 1}):
        yield ("services",), f"{', '.join(twice)} is named twice."
    remote = compose.host and urlsplit(compose.host).hostname not in LOOPBACK
    if remote and compose.listen in LOOPBACK:
        yield ("listen",), f"On {compose.host} nobody but that machine would reach {compose.listen}: say which address."
