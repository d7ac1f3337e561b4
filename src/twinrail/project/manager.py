"""Which dependency manager a project uses, read off its files."""

from pathlib import Path

from twinrail.project.managers.interface import DependencyManager
from twinrail.system.adapters import known, load
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError

_GROUP = "twinrail.managers"


def find_manager(root: Path) -> DependencyManager:
    """The manager whose files stand in `root`; `pip` only where no other one claims it.

    Raises:
        ProjectError: no lock that any known manager reads.
    """
    for name in sorted(known(_GROUP), key=lambda each: each == "pip"):
        manager: DependencyManager = load(_GROUP, name)(root)
        if manager.signs():
            return manager
    raise ProjectError(
        f"There is no lock in {root}.",
        why=f"Every session runs on what is locked. Known managers: {', '.join(sorted(known(_GROUP)))}.",
        todo="Make one:  uv lock   (or: uv pip compile --generate-hashes pyproject.toml -o requirements.txt)",
    )


def line_of(lock: Path, name: str) -> int:
    """The line, counted from 1, on which a lock begins to speak of a distribution; 0 where it never does."""
    signs = (f'name = "{name}"', f"{name}==", f"{name} ==", f"{name}[")
    lines = lock.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.lower().startswith(signs)), 0)


class NoLock:
    """Stands where a manager would: asked for anything it says that there is no lock.

    What needs none (what is live, stopping all of it) works all the same.
    """

    name = ""

    def __init__(self, error: ProjectError) -> None:
        self.error = error

    def signs(self) -> tuple[Path, ...]:
        """None to be had.

        Raises:
            ProjectError: there is no lock.
        """
        raise self.error

    def install(self, venv: Path) -> tuple[Command, ...]:  # noqa: ARG002  # the Protocol's
        """None to be had.

        Raises:
            ProjectError: there is no lock.
        """
        raise self.error

    def check_lock(self) -> tuple[Command, ...]:
        """None to be had.

        Raises:
            ProjectError: there is no lock.
        """
        raise self.error

    def export(self, to: Path, *, groups: bool, extras: tuple[str, ...] = ()) -> tuple[Command, ...]:  # noqa: ARG002
        """None to be had.

        Raises:
            ProjectError: there is no lock.
        """
        raise self.error
