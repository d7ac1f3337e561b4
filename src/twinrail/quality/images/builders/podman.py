"""podman: builds as buildah does, and shares its store."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from twinrail.quality.images.builders.words import build_words
from twinrail.quality.images.interface import Plan
from twinrail.system.command import Command
from twinrail.system.shell import Shell


@dataclass(frozen=True)
class Podman:
    """podman.

    Attributes:
        root: the folder that commands run in.
        version: its version.
    """

    root: Path
    version: str = ""
    secrets: bool = True
    name: ClassVar[str] = "podman"

    @property
    def title(self) -> str:
        """`podman 4.3.1`."""
        return f"podman {self.version}".strip()

    def inspect(self, reference: str) -> Command:
        """`podman image inspect`."""
        return self._podman("image", "inspect", reference)

    def pull(self, reference: str) -> Command:
        """`podman pull`."""
        return self._podman("pull", "--quiet", reference)

    def build(self, plan: Plan) -> Command:
        """`podman build`, in Docker's format: the other one knows no HEALTHCHECK."""
        fetch = () if plan.fetch else ("--pull=never",)
        stamp = (f"--timestamp={plan.when}",) if plan.stamped else ()
        words = ("--format=docker", "--layers", *stamp, *fetch)
        return self._podman("build", *words, *build_words(plan, plan.secrets), str(plan.context))

    def save(self, reference: str, name: str, to: Path) -> Command:
        """`podman save`."""
        return self._podman("save", "--quiet", "--format=docker-archive", f"--output={to}", reference, name)

    def load(self, archive: Path) -> Command:
        """`podman load`."""
        return self._podman("load", "--quiet", f"--input={archive}")

    def _podman(self, *words: str) -> Command:
        return Command(argv=("podman", *words), cwd=self.root, tool=self.title)


def find_podman(shell: Shell, root: Path) -> Podman | str:
    """podman, where it answers; else what is missing."""
    done = shell.run(Command(argv=("podman", "--version"), cwd=root), ok=(), quiet=True)
    if done.returncode:
        return f"it does not answer: {' '.join(done.tail.split())}"
    return Podman(root, version=(done.stdout.split() + [""] * 3)[2])
