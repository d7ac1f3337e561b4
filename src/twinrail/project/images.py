"""The settings of the image: `[tool.twinrail.image]`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from twinrail.project.scalars import TABLE, Flag, Size, Words

UserNumber = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
ImageName = Annotated[str, StringConstraints(strict=True, pattern=r"^([a-z0-9]+([._/-]+[a-z0-9]+)*)?$")]
REGISTRY = r"^(([a-z0-9-]+[.:][a-z0-9.:-]*[a-z0-9]|localhost)(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?$"
"""What a registry, and a folder in it, is written like."""
RegistryName = Annotated[str, StringConstraints(strict=True, pattern=REGISTRY)]
PLATFORM = r"^linux/[a-z0-9]+(/v[0-9]+)?$"
"""What a platform is written like."""
PlatformName = Annotated[str, StringConstraints(strict=True, pattern=PLATFORM)]
Platforms = tuple[PlatformName, ...]
OpenPort = Annotated[int, Field(strict=True, ge=1, le=65535)]


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Image:
    """What the session `image` builds, and what must be true of it."""

    base: Literal["slim", "alpine", "full", "distroless"] = "slim"
    """What stands below the virtual environment: `slim` and `full` are Debian, `alpine` is Alpine; `distroless` is
    nothing but the interpreter and the libraries that it loads, taken out of `slim`: no shell, no package manager."""
    from_: str = ""
    """The image with Python that stands for the base, best by digest: `registry.example/python@sha256:…`. Empty: the
    official one of the base's kind for the Python that the session runs on, pinned by the digest that it has now."""
    builder: Literal["auto", "docker", "buildah", "podman"] = "auto"
    """What builds; auto: the first of these that answers."""
    dockerfile: str = ""
    """The project's own Dockerfile; empty: `Dockerfile` where there is one, else the pack's."""
    hermetic: Flag = False
    """Whether nothing is fetched while it is built: what the lock names is downloaded before, as wheels, by hash."""
    user: UserNumber = 10001
    """The number of the user and of the group that it runs as; never root."""
    port: OpenPort = 8000
    """The port that the service listens on in it."""
    name: ImageName = ""
    """What it is called; empty: the project's name."""
    platforms: Platforms = ()
    """What it is made for, `linux/amd64`, `linux/arm64`: one image each, pushed under one digest. The first is the one
    that runs where it was not pushed. Empty: what the builder runs on."""
    registry: RegistryName = ""
    """Where it is pushed to, with the folder there: `registry.example/team`. Empty: nowhere."""
    signing_key: str = ""
    """The file with the private key (PEM, Ed25519 or ECDSA P-256) that signs where a pushed image came from, outside of
    the repository; empty: the variable TWINRAIL_SIGNING_KEY holds it, or nothing is signed."""
    signers: Words = ()
    """The files of public keys (PEM) in the repository; where there are any, nothing is deployed that none of them has
    signed: `keys/release.pub`."""
    size: Size | None = None
    """The largest size that it may have, all layers unpacked: "250MB". Not set: any."""
    files: Words = ()
    """Paths that must be in it: `/app/bin/shopfront`."""
    without_files: Words = ()
    """Paths or patterns of what must not be in it: `*.pem`, `/root/.ssh`."""
    reproducible: Flag | None = None
    """Whether to build twice and refuse two results that differ. Not set: true for the pack's own Dockerfile, false for
    one of the project's."""
