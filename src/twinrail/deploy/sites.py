"""A site: a target as a session holds it, opened with the settings of one environment, and what it is opened with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import Literal, Protocol

from twinrail.deploy.interface import Evidence, Target
from twinrail.project.environments import Environment
from twinrail.project.repository import Project
from twinrail.project.settings import Service
from twinrail.project.venv import VirtualEnvironments
from twinrail.system.shell import Shell


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a target is opened with.

    Attributes:
        name: the environment's name.
        project: the repository at hand.
        folder: where the environment keeps what must stay.
        port: of its address.
        service: how the service is started and asked.
        environment: its settings.
        venvs: makes virtual environments, and knows those of the pack's tools.
        shell: runs programs.
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    name: str
    project: Project
    folder: Path
    port: int
    service: Service
    environment: Environment
    venvs: VirtualEnvironments
    shell: Shell
    interrupted: Flag = field(default_factory=Flag)


class Insight(Protocol):
    """What a target tells to whoever looks at it; nothing of it changes what it shows."""

    def rate(self) -> float | None:
        """How many requests a second people made when two releases were compared last; None where nobody knows."""

    def answers(self) -> bool:
        """Whether people are answered at its address by the routes that were set last."""

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""

    def memory(self, release: str) -> Mapping[str, int]:
        """How many bytes of memory each instance of the release holds, by its name."""

    def looked(self) -> None:
        """Somebody looks at a release that is held: what is written down of people's requests stays bounded."""


class Site(Target, Evidence, Insight, Protocol):
    """A target in the hands of a session."""

    def admit(self) -> None:
        """Nothing, where the settings lead to what runs here.

        Raises:
            PlaceTaken: people are served elsewhere than the settings say.
        """

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret of the release into a text."""

    def down(self, fence: int = 0) -> int:
        """Ends all that runs of the releases; how much there was. Data and the ledger stay.

        Args:
            fence: the number of the lease under which it is done; 0 where nobody else can be there.

        Raises:
            LeaseLost: that lease has passed to someone else.
        """


class Opener(Protocol):
    """What an entry point of the group `twinrail.targets` names."""

    @property
    def runs(self) -> Literal["wheel", "image"]:
        """What it runs of a release."""

    def of(self, opening: Opening) -> Site:
        """The target, opened."""
