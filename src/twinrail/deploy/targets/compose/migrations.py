"""Changes of a database in a container of the release, which may outlive the deployer who began them."""

from dataclasses import dataclass
from threading import Event as Flag

from twinrail.deploy.moves import Phase
from twinrail.deploy.targets.compose.containers import Containers
from twinrail.deploy.targets.compose.engine import Engine
from twinrail.deploy.targets.compose.launches import Launch, filled
from twinrail.project.settings import Service
from twinrail.system.errors import Interrupted

_EVERY = 0.5
"""Seconds between two looks at what runs still."""
_LABEL = "migration"


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """The migrations of an environment.

    Attributes:
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    engine: Engine
    service: Service
    interrupted: Flag

    def run(self, containers: Containers, release: str, launch: Launch, phase: Phase) -> None:
        """The service's command for that phase, ended well; nothing where it has none.

        Raises:
            MoveFailed: it failed.
        """
        words = self.service.migrate if phase == "expand" else self.service.contract
        if words:
            containers.run_once(release, filled(launch)[0], words, _LABEL)

    def await_end(self, name: str) -> None:
        """Nothing, as soon as none of an earlier deployer runs any more.

        Args:
            name: of the container in which one runs.

        Raises:
            Interrupted: somebody pressed Ctrl-C meanwhile.
        """
        said = False
        while self.engine.run("ps", "--quiet", "--filter", f"name=^/?{name}$", quiet=True).strip():
            if not said:
                self.engine.shell.say(f"waiting for a migration that an earlier deploy began ({name})")
            said = True
            if self.interrupted.wait(_EVERY):
                raise Interrupted("Interrupted while a migration of an earlier deploy was running still.")
