"""The secrets and configs of a stack in the swarm: each version of one is a thing of its own, named by its content."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from twinrail.deploy.targets.docker.engine import Engine, private_file
from twinrail.deploy.targets.docker.launches import Part
from twinrail.deploy.targets.docker.secret_files import content
from twinrail.deploy.targets.swarm.tasks import Json
from twinrail.system.files import digest, read_json, write_json

Kind = Literal["secret", "config"]

_THEIRS = "="
"""How the source of one begins that somebody else made."""
_LONGEST = 64
"""How long a name may be in a swarm."""


@dataclass(frozen=True, kw_only=True)
class Objects:
    """The secrets and configs of the stack of that name.

    Attributes:
        folder: the environment's, where the word is kept without which no content can be guessed from a name.
        marks: tells the labels that each bears.
    """

    engine: Engine
    folder: Path
    stack: str
    marks: Callable[[], Mapping[str, str]]

    def version(self, parts: Iterable[Part]) -> str:
        """A digest of what all of them hold, read now.

        Raises:
            ProjectError: one is not there.
        """
        return digest(repr([(self.names("secret", part), self.names("config", part)) for part in parts]))[:12]

    def names(self, kind: Kind, part: Part) -> dict[str, str]:
        """What the swarm calls them, by their names in the container.

        Raises:
            ProjectError: one is not there.
        """
        return {target: self._name(target, source) for target, source in _sources(kind, part).items()}

    def make(self, kind: Kind, part: Part) -> dict[str, str]:
        """The same, and they are there.

        Raises:
            ProjectError: one is not there.
            MoveFailed: the engine refuses.
        """
        marks = [f"--label={key}={value}" for key, value in self.marks().items()]
        for target, source in _sources(kind, part).items():
            name = self._name(target, source)
            if not source.startswith(_THEIRS) and name not in self.engine.inspect(kind, name):
                with private_file(content(target, source)) as file:
                    self.engine.run(kind, "create", *marks, name, "-", data=True, stdin=file)
        return self.names(kind, part)

    def prune(self, services: Iterable[Json]) -> None:
        """Those go that no service has need of, be it for a way back."""
        needed = {name for told in services for name in used(told)}
        kinds: tuple[Kind, ...] = ("secret", "config")
        for kind in kinds:
            words = ("--filter", f"label=twinrail.stack={self.stack}", "--format", "{{.Name}}")
            there = self.engine.run(kind, "ls", *words, quiet=True).split()
            if idle := sorted({*there} - needed):
                self.engine.ask(kind, "rm", *idle)

    def _name(self, target: str, source: str) -> str:
        if source.startswith(_THEIRS):
            return source.removeprefix(_THEIRS)
        version = digest(self._word, content(target, source).hex())[:12]
        plain = "".join(each if each.isalnum() or each in "-_" else "-" for each in f"{self.stack}-{target}")
        return f"{plain[: _LONGEST - 13].rstrip('-_')}-{version}"

    @property
    def _word(self) -> str:
        path = self.folder / "objects.json"
        if told := read_json(path):
            return str(told["word"])
        write_json(path, {"word": uuid.uuid4().hex})
        return self._word


def used(service: Json) -> set[str]:
    """The names of what a service has, or had before its last change."""
    specs = (service.get("Spec") or {}, service.get("PreviousSpec") or {})
    containers = [(each.get("TaskTemplate") or {}).get("ContainerSpec") or {} for each in specs]
    secrets = {str(one["SecretName"]) for each in containers for one in each.get("Secrets") or ()}
    return secrets | {str(one["ConfigName"]) for each in containers for one in each.get("Configs") or ()}


def _sources(kind: Kind, part: Part) -> Mapping[str, str]:
    return part.files if kind == "secret" else part.configs
