"""Which builder builds: the one that the settings name, or the first that is there."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from twinrail.quality.images.builders.buildah import find_buildah
from twinrail.quality.images.builders.docker import find_docker
from twinrail.quality.images.builders.podman import find_podman
from twinrail.quality.images.interface import Builder
from twinrail.system.errors import ToolError
from twinrail.system.shell import Shell

Find = Callable[[Shell, Path], Builder | str]

FINDERS: Mapping[str, Find] = {"docker": find_docker, "buildah": find_buildah, "podman": find_podman}
"""Every builder, in the order in which they are asked."""
_INSTALL = {
    "docker": "Install Docker, or start its engine:  https://docs.docker.com/engine/install",
    "buildah": "Install buildah:  apt-get install buildah",
    "podman": "Install podman:  apt-get install podman",
}


class NoBuilder(ToolError):
    """Nothing that could build an image is there."""


def choose(wanted: str, shell: Shell, root: Path, *, there: Callable[[str], object] = shutil.which) -> Builder:
    """The builder that the settings want, or with `auto` the first that answers.

    Raises:
        NoBuilder: none does; with what each of them lacks.
    """
    missing = {}
    for name in FINDERS if wanted == "auto" else (wanted,):
        found = FINDERS[name](shell, root) if there(name) else "it is not installed"
        if not isinstance(found, str):
            return found
        missing[name] = found
    raise NoBuilder(
        f"Nothing builds the image: {wanted} is not there." if wanted != "auto" else "Nothing here builds images.",
        why="; ".join(f"{name}: {reason}" for name, reason in missing.items()),
        todo=_INSTALL["docker" if wanted == "auto" else wanted],
    )
