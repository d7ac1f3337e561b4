"""All that a session is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event as Flag

from twinrail.project.manager import NoLock, find_manager
from twinrail.project.managers.interface import DependencyManager
from twinrail.project.repository import Commit, Project, read_commit
from twinrail.project.settings import Settings
from twinrail.project.tools import Toolbox
from twinrail.project.venv import VirtualEnvironments
from twinrail.report.events import Event, Progress
from twinrail.session.artifacts import Artifacts
from twinrail.system.errors import ProjectError
from twinrail.system.shell import Shell


def _nobody(_: str) -> str | None:
    """Answers no question: there is no terminal."""
    return None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one session works with.

    Attributes:
        session: its name.
        project: the project at hand.
        settings: the project's settings.
        shell: runs commands, and logs them under the session's name.
        folder: a folder of its own for what it leaves behind (reports of tools), below the run record.
        run: the run's name.
        words: what stood after `--`, for its tool.
        environment: the environment that the command line names, or empty.
        to: the release that it names, or empty.
        end: whether it ends what waits for somebody to end it.
        action: for a session that does one of several things: which.
        flags: how.
        services: the services that it is about; none: as the action means.
        approved: environments that were approved on the command line.
        without: sessions of the pipeline that this project does not have, or does itself.
        ask: asks the person at the terminal; it answers None when there is nobody.
        tell: takes an event for the run record.
        interrupted: set when somebody pressed Ctrl-C.
    """

    session: str
    project: Project
    settings: Settings
    shell: Shell
    folder: Path
    run: str
    tell: Callable[[Event], None]
    words: tuple[str, ...] = ()
    environment: str = ""
    to: str = ""
    end: bool = False
    action: str = ""
    flags: frozenset[str] = frozenset()
    services: tuple[str, ...] = ()
    approved: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    ask: Callable[[str], str | None] = _nobody
    interrupted: Flag = field(default_factory=Flag)

    @cached_property
    def manager(self) -> DependencyManager:
        """The project's dependency manager.

        Raises:
            ProjectError: there is no lock.
        """
        return find_manager(self.project.root)

    @cached_property
    def venvs(self) -> VirtualEnvironments:
        """The project's virtual environments."""
        try:
            manager = self.manager
        except ProjectError as error:
            manager = NoLock(error)
        return VirtualEnvironments(self.project, manager, self.shell)

    @cached_property
    def tools(self) -> Toolbox:
        """The tools of the project and of the pack."""
        return Toolbox(self.venvs)

    @cached_property
    def artifacts(self) -> Artifacts:
        """What sessions make for later ones, with digests."""
        return Artifacts(self.project.root)

    @cached_property
    def commit(self) -> Commit:
        """The commit that the project stands at."""
        return read_commit(self.project, self.shell)

    def requirements(self, name: str, *, groups: bool) -> Path:
        """A requirements file of what is locked: all of it, or what the service runs with.

        Raises:
            ProjectError: there is no lock.
            ToolError: it cannot be exported.
        """
        path = self.report(name)
        for command in self.manager.export(path, groups=groups, extras=self.settings.service.extras):
            self.shell.run(command)
        return path

    def progress(self, text: str) -> None:
        """Tells the screen where the session stands."""
        self.tell(Progress(session=self.session, text=text))

    def report(self, name: str) -> Path:
        """The path of a file that a tool is to write, in a folder that exists."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / name
