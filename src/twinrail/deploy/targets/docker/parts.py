"""Of what a target consists that runs a stack: the engine, the stack, the releases, the proxy."""

import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from twinrail.deploy.deployed import place_file
from twinrail.deploy.fence import Fence
from twinrail.deploy.sites import Opening
from twinrail.deploy.targets.docker import definition, lost
from twinrail.deploy.targets.docker.containing import called
from twinrail.deploy.targets.docker.definition import Service
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.front import Front
from twinrail.deploy.targets.docker.migrations import Migrations
from twinrail.deploy.targets.docker.programs import Programs
from twinrail.deploy.targets.docker.proxy_image import ProxyImage
from twinrail.deploy.targets.docker.stack import Stack
from twinrail.deploy.targets.docker.store import Store
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.project.compose import Compose
from twinrail.project.strategies import Analysis
from twinrail.system.files import read_json, write_json


@dataclass(frozen=True)
class Parts(ABC):
    """The parts, made from what the target was opened with as they are needed.

    Attributes:
        overlay: whether it runs in a swarm, on networks that reach over all its machines.
    """

    opening: Opening
    name: ClassVar[str]
    overlay: ClassVar[bool] = False

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs it all."""
        return Engine(shell=self.opening.shell, folder=self.opening.project.root, host=self.settings.host)

    @cached_property
    def stack(self) -> Stack:
        """What the compose file says."""
        return Stack(
            engine=self.engine,
            root=self.opening.project.root,
            file=self.settings.file,
            name=self.name_of_stack,
            rolled=self.settings.services,
            target=self.name,
            unknown=self.unknown,
            overlay=self.overlay,
            interrupted=self.opening.interrupted,
        )

    @cached_property
    def store(self) -> Store:
        """The releases that stand ready."""
        return Store(self.opening.folder, self.engine, self.name_of_stack)

    @cached_property
    def programs(self) -> Programs:
        """What is started of the releases."""
        return Programs(self.opening.folder, self.stack, self.opening.environment)

    @cached_property
    def proxy(self) -> Front:
        """The proxy."""
        return Front(
            engine=self.engine,
            name=f"{self.name_of_stack}-proxy",
            environment=self.opening.name,
            compose=self.settings,
            port=self.opening.port,
            marks=self.marks,
            networks=lambda: self._networks,
            image=ProxyImage(self.engine, self.settings.proxy, self._traefik),
            routing=self.routing,
            there=self.backends,
            kept=not self.overlay,
        )

    @cached_property
    def routing(self) -> Routing:
        """Where traffic goes, as it was last set."""
        analysis = self.opening.environment.analysis
        return Routing(self.opening.folder, isinstance(analysis, Analysis) and analysis.traffic == "live")

    def unknown(self, service: Service) -> list[str]:
        """The keys of a service that would get lost here."""
        return lost.unknown(service)

    @abstractmethod
    def backends(self) -> Sequence[Backend]:
        """What answers for releases behind the proxy."""

    @cached_property
    def fence(self) -> Fence:
        """What keeps out whoever slept past their lease."""
        return Fence(self.opening.folder)

    @cached_property
    def migrations(self) -> Migrations:
        """What changes the database."""
        return Migrations(
            engine=self.engine,
            store=self.store,
            service=self.opening.service,
            name=called(self.name_of_stack, "migration"),
            marks=self.marks,
            interrupted=self.opening.interrupted,
        )

    @property
    def settings(self) -> Compose:
        """The settings of the stack."""
        return self.opening.environment.compose

    @property
    def name_of_stack(self) -> str:
        """What Compose calls the stack."""
        usual = re.sub(r"[^a-z0-9_-]+", "-", f"{self.opening.project.name}-{self.opening.name}".lower()).strip("-_")
        return self.settings.project or usual

    def marks(self) -> dict[str, str]:
        """The labels that tell all that belongs to it."""
        return {
            "twinrail.project": self.opening.project.name,
            "twinrail.environment": self.opening.name,
            "twinrail.stack": self.name_of_stack,
            "twinrail.place": self.place,
        }

    @property
    def place(self) -> str:
        """What tells this folder from another that deploys the same stack; empty where nothing was deployed."""
        return str((read_json(self._place) or {}).get("id", ""))

    def take_place(self) -> None:
        """The folder can be told from others; for whoever changes something, since who looks writes nothing."""
        told = {"target": self.name, "stack": self.name_of_stack, "host": self.settings.host}
        write_json(self._place, {"id": self.place or uuid.uuid4().hex, **told})

    def leave_place(self) -> None:
        """Nothing of ours runs any more: another target may have the folder."""
        self._place.unlink(missing_ok=True)

    def _traefik(self) -> Path:
        return self.opening.venvs.for_tools("deploy").program("traefik")

    @property
    def _place(self) -> Path:
        return place_file(self.opening.folder)

    @property
    def _networks(self) -> tuple[str, ...]:
        first = self.stack.service(self.settings.services[0])
        return tuple(self.stack.names.networks[each] for each in definition.networks(first))
