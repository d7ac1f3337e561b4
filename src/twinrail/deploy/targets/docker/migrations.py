"""Changes of a database in a container of the release, which may outlive the deployer who began them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Event as Flag

from twinrail.deploy.moves import Phase
from twinrail.deploy.targets.docker.containing import create, options
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.hiding import hiding
from twinrail.deploy.targets.docker.launches import Launch, filled
from twinrail.deploy.targets.docker.lost import has_place
from twinrail.deploy.targets.docker.store import Store
from twinrail.project.settings import Service
from twinrail.system.errors import Interrupted

_EVERY = 0.5
"""Seconds between two looks at what runs still."""


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """The migrations of an environment.

    Attributes:
        name: of the container in which one runs.
        marks: tells the labels that it bears.
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    engine: Engine
    store: Store
    service: Service
    name: str
    marks: Callable[[], Mapping[str, str]]
    interrupted: Flag

    def run(self, release: str, launch: Launch, phase: Phase) -> None:
        """The service's command for that phase, ended well; nothing where it has none.

        Raises:
            MoveFailed: it failed.
        """
        words = self.service.migrate if phase == "expand" else self.service.contract
        if not words:
            return
        part = filled(launch)[0]
        # Of what a swarm has nobody outside of it can read the content.
        configs = {path: each for path, each in part.configs.items() if has_place(part.said, path)}
        part = replace(part, files=_readable(part.files), configs=_readable(configs))
        user = self.store.user(release)
        # It ends, and is not started again.
        asked = [word for word in options(part, self.marks(), user=user) if not word.startswith("--restart=")]
        own = (f"--name={self.name}", "--rm", "--label=twinrail.once=migration", *asked, "--entrypoint=")
        # One that was made and not started, because its deployer was killed, has the name.
        self.engine.ask("rm", "--force", "--volumes", self.name)
        create(self.engine, self.store.image(release), part, own, words, user=user)
        self.engine.attach(self.name, hiding((), [launch]))

    def await_end(self) -> None:
        """Nothing, as soon as none of an earlier deployer runs any more.

        Raises:
            Interrupted: somebody pressed Ctrl-C meanwhile.
        """
        said = False
        while self.engine.run("ps", "--quiet", "--filter", f"name=^/?{self.name}$", quiet=True).strip():
            if not said:
                self.engine.shell.say(f"waiting for a migration that an earlier deploy began ({self.name})")
            said = True
            if self.interrupted.wait(_EVERY):
                raise Interrupted("Interrupted while a migration of an earlier deploy was running still.")


def _readable(sources: Mapping[str, str]) -> dict[str, str]:
    return {name: each for name, each in sources.items() if not each.startswith("=")}
