"""What stands where in a registry: a repository's name, and an image in it by its digest."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from twinrail.system.errors import RegistryError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+|/)[a-z0-9]+)*")
_HUB = "docker.io"
_SERVERS = {_HUB: "registry-1.docker.io"}
"""Where a registry answers, when that is not its name."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """Images of one name in one registry.

    Attributes:
        host: the registry, with its port where it has one: `registry.example`, `127.0.0.1:5000`.
        path: the name in it: `team/shopfront`.
    """

    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"

    @property
    def root(self) -> str:
        """The address that requests begin with; a registry on this machine's loopback speaks plain HTTP."""
        return f"{'http' if is_local(self.host) else 'https'}://{_SERVERS.get(self.host, self.host)}"

    def by(self, digest: str) -> str:
        """The reference of an image in it: `registry.example/team/shopfront@sha256:…`."""
        return f"{self}@{digest}"


def parse_repository(text: str) -> Repository:
    """The repository with a name; one without a registry is Docker's.

    Raises:
        RegistryError: it is no name of a repository.
    """
    first, slash, rest = text.partition("/")
    named = bool(slash) and (first == "localhost" or "." in first or ":" in first)
    host, path = (first, rest) if named else (_HUB, text if slash else f"library/{text}")
    if not _PATH.fullmatch(path) or not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", host):
        raise RegistryError(f"{text!r} does not name a repository of images.", todo="Look at image.registry.")
    return Repository(host=host, path=path)


def parse_reference(text: str) -> tuple[Repository, str]:
    """The repository and the digest of a reference by digest.

    Raises:
        RegistryError: it is none.
    """
    name, _, digest = text.partition("@")
    if not _DIGEST.fullmatch(digest):
        raise RegistryError(
            f"{text!r} does not name an image by its digest.", todo="Push it again, to learn its digest."
        )
    return parse_repository(name), digest


def is_local(host: str) -> bool:
    """Whether a host, with or without a port, is this machine's loopback."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
