"""The stack of a compose file: what it says, and the services that no rollout touches."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event as Flag
from typing import Any

import yaml

from twinrail.deploy.targets.docker import definition, lost
from twinrail.deploy.targets.docker.composer import Composer, compose_file, mistake_in
from twinrail.deploy.targets.docker.definition import Names, Service
from twinrail.deploy.targets.docker.engine import Engine, private_file
from twinrail.deploy.targets.docker.networks import Networks
from twinrail.deploy.targets.docker.places import place
from twinrail.deploy.targets.docker.volumes import Volumes
from twinrail.system.command import Finished
from twinrail.system.errors import Interrupted, Mistake, MoveFailed, SettingsError
from twinrail.system.guess import did_you_mean

_START, _EVERY = 60.0, 0.5
"""Seconds for which services that were brought up are waited for, and between two looks."""
_OWN = ("networks", "volumes", "secrets", "configs")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The stack `name` of a compose file.

    Attributes:
        root: the project's folder.
        file: the compose file, below it; empty: the first that is there of those that Compose knows.
        rolled: the services that releases replace.
        target: who runs it, as the settings call it.
        unknown: the keys of a service that would get lost there.
        overlay: whether the networks of the rolled services reach over all machines of a swarm.
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    engine: Engine
    root: Path
    file: str
    name: str
    rolled: tuple[str, ...]
    target: str = "compose"
    unknown: Callable[[Service], list[str]] = lost.unknown
    overlay: bool = False
    interrupted: Flag = field(default_factory=Flag)

    @cached_property
    def path(self) -> Path:
        """The compose file.

        Raises:
            ProjectError: there is none.
        """
        return compose_file(
            self.root,
            self.file,
            why=f"The target {self.target} runs the services of a compose file.",
            todo='Write one, or say where it is:  compose = { file = "…" }',
        )

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the file says, by Compose itself: variables filled in, files merged.

        Raises:
            SettingsError: the file is wrong, or says of a rolled service what would get lost.
            ToolError: no Compose is there.
        """
        done = self._compose(self.path, *self._composer.config_words, data=True)
        if done.returncode:
            raise SettingsError((mistake_in(self.path, done),))
        told: dict[str, Any] = yaml.safe_load(done.stdout)
        if mistakes := self._lost(told):
            raise SettingsError(tuple(mistakes))
        return told

    def service(self, name: str) -> Service:
        """A service of the file."""
        found: Service = definition.plain(self.config["services"][name])
        return found

    @property
    def volumes(self) -> Mapping[str, Mapping[str, Any] | None]:
        """What the file says of each volume."""
        found: dict[str, Any] = definition.plain(self.config.get("volumes") or {})
        return found

    @cached_property
    def names(self) -> Names:
        """What the engine calls the networks and volumes of the file."""
        networks = {"default": f"{self.name}_default", **self._named("networks")}
        return Names(networks=networks, volumes=self._named("volumes"))

    def up(self) -> None:
        """All services but the rolled ones run, as they ran before where they did; networks and volumes are there.

        Raises:
            SettingsError: a volume is there, made otherwise than the file says, or something external is not there.
            MoveFailed: they do not come up.
            Interrupted: somebody pressed Ctrl-C meanwhile.
        """
        wrong = {f"volumes.{key}": says for key, says in self._volumes.wrong().items()}
        wrong |= {f"networks.{key}": says for key, says in self._networks.wrong().items()}
        if wrong:
            raise SettingsError(tuple(sorted(self.mistake(key, says) for key, says in wrong.items())))
        others = {name: each for name, each in self.config["services"].items() if self._other(name, each)}
        if self.overlay:
            self._networks.make()  # Compose would make bridges
        if not {*others} <= self._running():
            kept = {name: _alone(each, self.rolled) for name, each in others.items()}
            top = {key: self.config[key] for key in ("version", "name", *_OWN) if key in self.config}
            top |= {"networks": self._joined()} if self.overlay else {}
            with private_file(json.dumps({**top, "services": kept}).encode()) as file:
                done = self._compose(file, "up", "--detach", "--no-recreate", *sorted(others), quiet=False)
            if done.returncode:
                says = (done.tail.splitlines() or ["Compose says nothing"])[-1]
                raise MoveFailed(
                    f"{', '.join(sorted(others))} of {self.path.name} did not come up: {says}",
                    todo=f"By hand:  {' '.join(self._composer.program)} -p {self.name} -f {self.path.name} up",
                )
            self._await_start()
        self._networks.make()
        self._volumes.make(key for name in self.rolled for key in definition.named_volumes(self.service(name)))

    def _await_start(self) -> None:
        """Those that tell their health are over their start, or a minute has passed: what comes next tells the rest."""
        until = time.monotonic() + _START
        label = f"label=com.docker.compose.project={self.name}"
        while self.engine.run("ps", "--quiet", "--filter", label, "--filter", "health=starting", quiet=True).strip():
            if time.monotonic() > until:
                return
            if self.interrupted.wait(_EVERY):
                raise Interrupted("Interrupted while other services were starting.")

    def mistake(self, key: str, says: str) -> Mistake:
        """A mistake at a key of the file, as near as it can be found there."""
        return Mistake(*place(self.path.read_text(encoding="utf-8"), key), self.path.name, key, says)

    def stop(self) -> int:
        """All that runs of the stack beside the releases stops, and is kept; how much there was."""
        running = self._running("{{.ID}}")
        if running:
            self.engine.run("stop", *sorted(running))
        return len(running)

    def _other(self, name: str, service: Service) -> bool:
        return name not in self.rolled and not service.get("profiles")

    def _running(self, shown: str = '{{.Label "com.docker.compose.service"}}') -> set[str]:
        label = f"label=com.docker.compose.project={self.name}"
        return {*self.engine.run("ps", "--filter", label, "--format", shown, quiet=True).split()}

    def _named(self, kind: str) -> dict[str, str]:
        named = {}
        for key, said in (self.config.get(kind) or {}).items():
            own = key if (said or {}).get("external") else f"{self.name}_{key}"
            named[key] = str((said or {}).get("name") or own)
        return named

    @cached_property
    def _networks(self) -> Networks:
        names = {key: self.names.networks[key] for key in self._wanted}
        said = definition.plain(self.config.get("networks") or {})
        return Networks(engine=self.engine, stack=self.name, said=said, names=names, overlay=self.overlay)

    @property
    def _wanted(self) -> set[str]:
        """The file's names of the networks on which instances stand."""
        return {key for name in self.rolled for key in definition.networks(self.service(name))}

    def _joined(self) -> dict[str, Any]:
        """The file's networks, as Compose is to see them: it makes none of those that are there already."""
        there = {key: {"external": True, "name": self.names.networks[key]} for key in self._wanted}
        return {**(self.config.get("networks") or {}), **there}

    @cached_property
    def _volumes(self) -> Volumes:
        return Volumes(engine=self.engine, stack=self.name, said=self.volumes, names=self.names.volumes)

    @cached_property
    def _composer(self) -> Composer:
        return Composer(engine=self.engine, root=self.root, name=self.name)

    def _compose(self, file: Path, *words: str, quiet: bool = True, data: bool = False) -> Finished:
        return self._composer.run((file,), *words, quiet=quiet, data=data)

    def _lost(self, told: dict[str, Any]) -> list[Mistake]:
        there = told.get("services") or {}
        found = []
        for name in self.rolled:
            if name not in there:
                says = f'There is no service "{name}", which compose.services names.{did_you_mean(name, there)}'
                found.append(self.mistake("services", says))
                continue
            says = f"The target {self.target} does not pass this on to an instance."
            found += [self.mistake(f"services.{name}.{key}", says) for key in self.unknown(there[name])]
        return sorted(found)


def _alone(service: Service, rolled: tuple[str, ...]) -> Service:
    """A service that waits for none of the rolled ones."""
    waits = service.get("depends_on") or {}
    if isinstance(waits, dict):
        return {**service, "depends_on": {name: how for name, how in waits.items() if name not in rolled}}
    return {**service, "depends_on": [name for name in waits if name not in rolled]}
