"""What a dependency manager can be asked."""

from pathlib import Path
from typing import Protocol

from twinrail.system.command import Command


class DependencyManager(Protocol):
    """A dependency manager: it returns commands and runs none, so it can be tested without one.

    A manager is made with the project's root folder. Its commands run there.
    """

    @property
    def name(self) -> str:
        """As a person calls it."""

    def signs(self) -> tuple[Path, ...]:
        """The files by which it is recognised, its lock among them; empty when the project is not its own."""

    def install(self, venv: Path) -> tuple[Command, ...]:
        """The commands that bring the virtual environment `venv` to the lock: all groups, all extras, the project."""

    def check_lock(self) -> tuple[Command, ...]:
        """The commands that fail when the lock does not match `pyproject.toml`.

        Raises:
            ProjectError: that can be seen without running anything.
        """

    def export(self, to: Path, *, groups: bool, extras: tuple[str, ...] = ()) -> tuple[Command, ...]:
        """The commands that write what is locked, without the project itself, as requirements with hashes.

        Args:
            to: the file to write.
            groups: with all development groups and extras, or what the project needs to run alone.
            extras: the extras that it runs with, where the lock tells them apart.
        """
