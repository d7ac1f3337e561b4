"""What is run of a release, its service and its migrations: in its virtual environment, with little of the caller's."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twinrail.deploy.moves import Phase
from twinrail.deploy.targets.process.instances import INHERITED
from twinrail.deploy.targets.process.launches import Launch, read_launch
from twinrail.deploy.targets.process.store import Store
from twinrail.deploy.targets.proxied.launches import Launches
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
    def now(self) -> Launch:
        """With what an instance is started by the settings of now: one that runs with anything else is replaced."""
        # Of a secret's digest so little that nobody could guess the value from it.
        secrets = [digest(str(self.folder), os.environ.get(name, ""))[:4] for name in self.environment.secrets]
        variables = sorted(self.environment.variables.items())
        return Launch(
            command=self.service.command,
            variables=tuple(variables),
            secrets=self.environment.secrets,
            settings=digest(repr((self.service.command, variables, self.environment.secrets, secrets)))[:12],
        )

    @cached_property
    def launches(self) -> Launches[Launch]:
        """With what the releases were started."""
        return Launches(self.store.folder, read_launch)

    def former(self, release: str) -> Launch:
        """With what a release was started last; the settings of now where that is not known."""
        return self.launches.last(release) or self.now

    def serve(self, release: str, port: int, launch: Launch) -> Command:
        """What starts an instance of a release that listens on `port` of 127.0.0.1."""
        return self._command(release, launch.command, port, launch)

    def migrate(self, release: str, phase: Phase) -> Command | None:
        """What changes the database for a release; None where nothing does."""
        words = self.service.migrate if phase == "expand" else self.service.contract
        return self._command(release, words, 0, self.now) if words else None

    def remember(self, release: str, launch: Launch) -> None:
        """The release is started with that launch from now on."""
        self.launches.remember(release, launch)

    def keep(self, release: str, settings: set[str]) -> None:
        """Of the release's launches those stay with which instances run on."""
        self.launches.keep(release, settings)

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret with which a release runs, or ran, into what it says."""
        secrets = {*self.now.secrets, *self.former(release).secrets}
        variables = dict(self.now.variables)
        return Command(argv=(release,), cwd=self.folder, env=variables, secrets=tuple(sorted(secrets))).hide

    def _command(self, release: str, words: tuple[str, ...], port: int, launch: Launch) -> Command:
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        programs = self.store.venv(release).python.parent
        filled = tuple(word.replace("{host}", "127.0.0.1").replace("{port}", str(port)) for word in words)
        program = programs / filled[0]
        return Command(
            argv=(str(program) if program.exists() else filled[0], *filled[1:]),
            cwd=data,
            env={"HOST": "127.0.0.1", "PORT": str(port), **dict(launch.variables)},
            secrets=launch.secrets,
            inherited=INHERITED,
        )
