"""What is started of a release: its instances by the compose file of now, or as it ran before."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twinrail.deploy.targets.docker import definition
from twinrail.deploy.targets.docker.hiding import hiding
from twinrail.deploy.targets.docker.launches import Launch, Part, exposed, make_launch, read_launch, texts
from twinrail.deploy.targets.docker.stack import Stack
from twinrail.deploy.targets.proxied.launches import Launches
from twinrail.project.environments import Environment
from twinrail.system.errors import SettingsError


@dataclass(frozen=True)
class Programs:
    """The launches of the environment in `folder`."""

    folder: Path
    stack: Stack
    environment: Environment

    @cached_property
    def now(self) -> Launch:
        """With what an instance is started by the compose file and the settings of now.

        Raises:
            SettingsError: the compose file is wrong, or would make an argument of a secret.
        """
        parts = [self._part(name) for name in self.stack.rolled]
        made = make_launch(parts, self.environment.secrets, str(self.folder))
        self._check(made)
        return made

    @cached_property
    def launches(self) -> Launches[Launch]:
        """With what the releases were started."""
        return Launches(self.folder / "releases", read_launch)

    def former(self, release: str) -> Launch:
        """With what a release was started last; by the settings of now where that is not known."""
        return self.launches.last(release) or self.now

    def remember(self, release: str, launch: Launch) -> None:
        """The release is started with that launch from now on."""
        self.launches.remember(release, launch)

    def keep(self, release: str, settings: set[str]) -> None:
        """Of the release's launches those stay with which instances run on."""
        self.launches.keep(release, settings)

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret with which a release runs, or ran, into what it says."""
        last = self.launches.last(release)
        return hiding(self.environment.secrets, [last] if last else [])

    def _check(self, launch: Launch) -> None:
        places = {(f"services.{service}.{key}", name) for service, key, name in exposed(launch)}
        # What a volume is made with stands in an argument, and whoever asks the engine is told it.
        values = [(name, value) for name in self.environment.secrets if (value := os.environ.get(name))]
        for key, said in self.stack.volumes.items():
            places |= {(f"volumes.{key}", name) for name, value in values if value in texts(said)}
        mistakes = [
            self.stack.mistake(key, f"The secret {name} would stand where all can read it.") for key, name in places
        ]
        if mistakes:
            raise SettingsError(tuple(sorted(mistakes)))

    def _part(self, name: str) -> Part:
        said = self.stack.service(name)
        own = {
            key: os.environ.get(key) if value is None else value for key, value in definition.environment(said).items()
        }
        given = {key: os.environ.get(key, "") for key in self.environment.secrets}
        variables = {key: value for key, value in own.items() if value is not None}
        wanted, names = definition.named_volumes(said), self.stack.names
        return Part(
            service=name,
            said={key: value for key, value in said.items() if key not in {"environment", "build", "image"}},
            environment={**variables, **self.environment.variables, **given},
            networks=tuple(names.networks[each] for each in definition.networks(said)),
            volumes={each: names.volumes[each] for each in wanted if each in names.volumes},
            files={target: self._source("secrets", name) for target, name in definition.secrets(said).items()},
            configs={target: self._source("configs", name) for target, name in definition.configs(said).items()},
        )

    def _source(self, kind: str, name: str) -> str:
        told = (self.stack.config.get(kind) or {}).get(name) or {}
        if there := told.get("external"):
            own = there.get("name") if isinstance(there, dict) else None  # the first Compose writes it so
            return f"={own or told.get('name') or name}"
        return f"${told['environment']}" if "environment" in told else str(self.stack.root / str(told.get("file", "")))
