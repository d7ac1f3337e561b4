"""Changes of a database, which may outlive the deployer who began them: whoever comes next waits for their end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as Flag

import psutil

from twinrail.deploy.targets.process.instances import MARK
from twinrail.system.command import Command
from twinrail.system.errors import Interrupted
from twinrail.system.shell import Shell

_EVERY = 0.1
"""Seconds between two looks at what runs still."""


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """The migrations of the environment in `folder`.

    Attributes:
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    folder: Path
    shell: Shell
    interrupted: Flag

    def run(self, command: Command) -> None:
        """The command, ended well; that it runs is written down as long as it does.

        Raises:
            ToolError: it failed.
            Interrupted: somebody pressed Ctrl-C.
        """
        self._note.touch()
        try:
            self.shell.run(replace(command, env={**command.env, MARK: self._mark}))
        finally:
            self._note.unlink()

    def await_end(self) -> None:
        """Nothing, as soon as none of an earlier deployer runs any more.

        Raises:
            Interrupted: somebody pressed Ctrl-C meanwhile.
        """
        if not self._note.exists():
            return
        said = False
        while pids := list(self._running()):
            if not said:
                self.shell.say(f"waiting for a migration that an earlier deploy began (pid {pids[0]})")
            said = True
            if self.interrupted.wait(_EVERY):
                raise Interrupted("Interrupted while a migration of an earlier deploy was running still.")
        self._note.unlink(missing_ok=True)

    def _running(self) -> Iterator[int]:
        for process in psutil.process_iter(["pid", "environ", "status"]):
            ours = (process.info["environ"] or {}).get(MARK) == self._mark
            if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
                yield process.pid

    @property
    def _mark(self) -> str:
        return f"{self.folder}#migration"

    @property
    def _note(self) -> Path:
        return self.folder / "migrating"
