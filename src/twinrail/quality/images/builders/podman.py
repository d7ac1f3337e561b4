"""podman: builds as buildah does, and shares its store."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from twinrail.quality.images.builders.buildah import Buildah
from twinrail.system.command import Command
from twinrail.system.shell import Shell


@dataclass(frozen=True)
class Podman(Buildah):
    """podman, where its words are other ones."""

    name: ClassVar[str] = "podman"
    never: ClassVar[str] = "--pull=never"

    def inspect(self, reference: str) -> Command:
        """`podman image inspect`."""
        return self._command("image", "inspect", reference)

    def save(self, reference: str, name: str, to: Path) -> Command:
        """`podman save`."""
        return self._command("save", "--quiet", "--format=docker-archive", f"--output={to}", reference, name)

    def load(self, archive: Path) -> Command:
        """`podman load`."""
        return self._command("load", "--quiet", f"--input={archive}")


def find_podman(shell: Shell, root: Path) -> Podman | str:
    """podman, where it answers; else what is missing."""
    done = shell.run(Command(argv=("podman", "--version"), cwd=root), ok=(), quiet=True)
    if done.returncode:
        return f"it does not answer: {' '.join(done.tail.split())}"
    return Podman(root, version=(done.stdout.split() + [""] * 3)[2])
