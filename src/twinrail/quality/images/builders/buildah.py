"""buildah: builds with no engine, into a store of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from twinrail.quality.images.builders.words import build_words
from twinrail.quality.images.interface import Plan
from twinrail.system.command import Command
from twinrail.system.shell import Shell


@dataclass(frozen=True)
class Buildah:
    """buildah; how it keeps a step from the machine is its own setting, BUILDAH_ISOLATION.

    Attributes:
        root: the folder that commands run in.
        version: its version.
    """

    root: Path
    version: str = ""
    secrets: bool = True
    name: ClassVar[str] = "buildah"

    @property
    def title(self) -> str:
        """`buildah 1.28.2`."""
        return f"buildah {self.version}".strip()

    def inspect(self, reference: str) -> Command:
        """`buildah inspect`."""
        return self._buildah("inspect", "--type", "image", reference)

    def pull(self, reference: str) -> Command:
        """`buildah pull`."""
        return self._buildah("pull", "--quiet", reference)

    def build(self, plan: Plan) -> Command:
        """`buildah build`, in Docker's format: the other one knows no HEALTHCHECK."""
        fetch = () if plan.fetch else ("--pull-never",)
        stamp = (f"--timestamp={plan.when}",) if plan.stamped else ()
        words = ("--format=docker", "--layers", *stamp, *fetch)
        return self._buildah("build", *words, *build_words(plan, plan.secrets), str(plan.context))

    def save(self, reference: str, name: str, to: Path) -> Command:
        """`buildah push`, into a file."""
        return self._buildah("push", "--quiet", reference, f"docker-archive:{to}:{name}")

    def load(self, archive: Path) -> Command:
        """`buildah pull`, from a file."""
        return self._buildah("pull", "--quiet", f"docker-archive:{archive}")

    def _buildah(self, *words: str) -> Command:
        return Command(argv=("buildah", *words), cwd=self.root, tool=self.title)


def find_buildah(shell: Shell, root: Path) -> Buildah | str:
    """buildah, where it answers; else what is missing."""
    done = shell.run(Command(argv=("buildah", "--version"), cwd=root), ok=(), quiet=True)
    if done.returncode:
        return f"it does not answer: {' '.join(done.tail.split())}"
    return Buildah(root, version=(done.stdout.split() + [""] * 3)[2])
