"""Whose tool runs: the project's, at the version that its lock names, else the pack's."""

from dataclasses import dataclass
from pathlib import Path

from twinrail.project.manager import line_of
from twinrail.project.venv import Venv, VirtualEnvironments
from twinrail.system.command import Command
from twinrail.system.errors import ToolError


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool that can be run.

    Attributes:
        name: the distribution's name.
        version: its version.
        source: `project` when the project's lock names it, `pack` otherwise.
        argv: the words that start it.
        venv: the virtual environment that it runs in.
    """

    name: str
    version: str
    source: str
    argv: tuple[str, ...]
    venv: Venv

    def command(self, *words: str, cwd: Path, **env: str) -> Command:
        """The tool with some words, as a command that says in the run record whose tool it is."""
        return Command(argv=(*self.argv, *words), cwd=cwd, env=env, tool=f"{self.name} {self.version} ({self.source})")


@dataclass(frozen=True)
class Toolbox:
    """The tools of a project and of the pack."""

    venvs: VirtualEnvironments

    def standing_alone(self, name: str, *, lock: str = "check", program: str = "") -> Tool:
        """A tool that reads files and needs nothing of the project: ruff, bandit, build.

        Raises:
            ToolError: its virtual environment cannot be made.
        """
        # What no lock of the project names cannot be the project's: its virtual environment need not be made.
        named = any(line_of(each, name) for each in self.venvs.manager.signs())
        mine = named and name in self.venvs.for_project().installed
        venv = self.venvs.for_project() if mine else self.venvs.for_tools(lock)
        return self._tool(name, venv, mine=mine, argv=(str(venv.program(program or name)),))

    def among_project(self, name: str, *others: str, lock: str = "test") -> Tool:
        """A tool that runs among the project's packages, `python -m NAME`, with `others` importable beside it.

        Raises:
            ToolError: its virtual environment cannot be made.
        """
        project = self.venvs.for_project()
        complete = {name, *others} <= set(project.installed)
        venv = project if complete else self.venvs.laid_over(lock)
        return self._tool(name, venv, mine=name in project.installed, argv=(str(venv.python), "-m", name))

    def _tool(self, name: str, venv: Venv, *, mine: bool, argv: tuple[str, ...]) -> Tool:
        holder = self.venvs.for_project() if mine else venv
        if name not in holder.installed:
            raise ToolError(f"{name} is not in {holder.path}.", why="The virtual environment is damaged.",
                            todo=f"Remove it and run again:  rm -r {holder.path}")  # fmt: skip
        source = "project" if mine else "pack"
        return Tool(name=name, version=holder.installed[name], source=source, argv=argv, venv=venv)
