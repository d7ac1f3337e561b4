"""Compose itself: `docker compose` or docker-compose of either version, told which stack is meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.places import place
from twinrail.system.command import Command, Finished
from twinrail.system.errors import Mistake, ProjectError, ToolError

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What a compose file is called where nobody says it; the first that is there."""
_LINE = re.compile(r"line (\d+)(?:, column (\d+))?")
_NONE: Mapping[str, str] = MappingProxyType({})
_KEY = re.compile(r"services\.[A-Za-z0-9_.-]+")


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Compose for the stack `name` of the project in `root`."""

    engine: Engine
    root: Path
    name: str

    @property
    def program(self) -> tuple[str, ...]:
        """The words that run it.

        Raises:
            ToolError: none is there.
        """
        return self._found[0]

    @property
    def config_words(self) -> tuple[str, ...]:
        """The words that print what its files say."""
        # The first Compose writes YAML and nothing else, the second both.
        return ("config",) if self._found[1].startswith("1.") else ("config", "--format", "json")

    def run(
        self,
        files: Sequence[Path],
        *words: str,
        env: Mapping[str, str] = _NONE,
        secrets: tuple[str, ...] = (),
        quiet: bool = True,
        data: bool = False,
    ) -> Finished:
        """Compose on some files, ended as it may.

        Args:
            files: what it reads, the later over the earlier.
            words: what it is told.
            env: variables that the files fill in, on top of the caller's.
            secrets: the names of those that no log shows, nor what is given back.
            quiet: whether it is a look-up, no step.
            data: whether what it prints is for a program to read.

        Raises:
            ToolError: none is there.
        """
        given = [word for file in files for word in ("-f", str(file))]
        where = ("--project-directory", str(self.root), "-p", self.name, *given)
        command = Command(
            argv=(*self.program, *where, *words),
            cwd=self.root,
            env={**self.engine.env, **env},
            secrets=secrets,
        )
        return self.engine.shell.run(command, ok=(), quiet=quiet, data=data)

    @cached_property
    def _found(self) -> tuple[tuple[str, ...], str]:
        """The words that run Compose, and its version."""
        if not (found := self.engine.ask("compose", "version", "--short")).returncode:
            return ("docker", "compose"), found.stdout.strip().removeprefix("v")
        try:
            command = Command(argv=("docker-compose", "version", "--short"), cwd=self.root)
            return ("docker-compose",), self.engine.shell.run(command, quiet=True).stdout.strip().removeprefix("v")
        except ToolError as error:
            raise ToolError(
                "Neither `docker compose` nor docker-compose is there.",
                why=error.why,
                todo="Install Compose where you deploy.",
            ) from error


def compose_file(root: Path, said: str, *, why: str, todo: str) -> Path:
    """The compose file of the project in `root`: the one that was said, or the first that is there.

    Args:
        root: the project's folder.
        said: its path below that, or empty.
        why: who wants it.
        todo: how another is named.

    Raises:
        ProjectError: there is none.
    """
    names = (said,) if said else FILES
    if found := next((root / name for name in names if (root / name).is_file()), None):
        return found
    raise ProjectError(f"There is no {' or '.join(names)} in {root}.", why=why, todo=todo)


def mistake_in(file: Path, done: Finished) -> Mistake:
    """What Compose found wrong with a file, as near to its place as can be told."""
    said, text = done.tail, file.read_text(encoding="utf-8")
    named, at = _KEY.search(said), _LINE.search(said)
    line, column = (int(at[1]), int(at[2] or 1)) if at else place(text, named[0] if named else "services")
    key = named[0] if named else "-"
    return Mistake(line, column, file.name, key, said.strip().replace("\n", "\n  "))
