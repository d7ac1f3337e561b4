"""buildah: builds with no engine, into a store of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from twinrail.quality.images.builders.words import build_words, for_platform
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
    fetches: bool = False
    name: ClassVar[str] = "buildah"
    never: ClassVar[str] = "--pull-never"
    """How it is told to fetch nothing."""

    @property
    def title(self) -> str:
        """`buildah 1.28.2`."""
        return f"{self.name} {self.version}".strip()

    def inspect(self, reference: str) -> Command:
        """`buildah inspect`."""
        return self._command("inspect", "--type", "image", reference)

    def pull(self, reference: str, platform: str = "") -> Command:
        """`buildah pull`."""
        return self._command("pull", "--quiet", *for_platform(platform), reference)

    def build(self, plan: Plan) -> Command:
        """`buildah build`, in Docker's format: the other one knows no HEALTHCHECK."""
        fetch = () if plan.fetch else (self.never,)
        stamp = (f"--timestamp={plan.when}",) if plan.stamped else ()
        words = ("--format=docker", "--layers", *stamp, *fetch)
        return self._command("build", *words, *build_words(plan, plan.secrets), str(plan.context))

    def save(self, reference: str, name: str, to: Path) -> Command:
        """`buildah push`, into a file."""
        return self._command("push", "--quiet", reference, f"docker-archive:{to}:{name}")

    def load(self, archive: Path) -> Command:
        """`buildah pull`, from a file."""
        return self._command("pull", "--quiet", f"docker-archive:{archive}")

    def _command(self, *words: str) -> Command:
        return Command(argv=(self.name, *words), cwd=self.root, tool=self.title)


def find_buildah(shell: Shell, root: Path) -> Buildah | str:
    """buildah, where it answers; else what is missing."""
    done = shell.run(Command(argv=("buildah", "--version"), cwd=root), ok=(), quiet=True)
    if done.returncode:
        return f"it does not answer: {' '.join(done.tail.split())}"
    return Buildah(root, version=(done.stdout.split() + [""] * 3)[2])
