"""What is run of a release, its service and its migrations: in its virtual environment, with little of the caller's."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twinrail.deploy.moves import Phase
from twinrail.deploy.targets.process.instances import INHERITED
from twinrail.deploy.targets.process.store import Store
from twinrail.project.environments import Environment
from twinrail.project.settings import Service
from twinrail.system.command import Command
from twinrail.system.files import digest


@dataclass(frozen=True)
class Programs:
    """The commands of the releases in the environment in `folder`."""

    folder: Path
    store: Store
    service: Service
    environment: Environment

    @cached_property
    def settings(self) -> str:
        """A digest of all that an instance is started with beside its release: one that differs is replaced."""
        # Of a secret's digest so little that nobody could guess the value from it.
        secrets = [digest(str(self.folder), os.environ.get(name, ""))[:4] for name in self.environment.secrets]
        variables = sorted(self.environment.variables.items())
        return digest(repr((self.service.command, variables, self.environment.secrets, secrets)))[:12]

    def serve(self, release: str, port: int) -> Command:
        """What starts an instance of a release that listens on `port` of 127.0.0.1."""
        return self._command(release, self.service.command, port)

    def migrate(self, release: str, phase: Phase) -> Command | None:
        """What changes the database for a release; None where nothing does."""
        words = self.service.migrate if phase == "expand" else self.service.contract
        return self._command(release, words, 0) if words else None

    def _command(self, release: str, words: tuple[str, ...], port: int) -> Command:
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        programs = self.store.venv(release).python.parent
        filled = tuple(word.replace("{host}", "127.0.0.1").replace("{port}", str(port)) for word in words)
        program = programs / filled[0]
        return Command(
            argv=(str(program) if program.exists() else filled[0], *filled[1:]),
            cwd=data,
            env={"HOST": "127.0.0.1", "PORT": str(port), **self.environment.variables},
            secrets=self.environment.secrets,
            inherited=INHERITED,
        )
