"""The processes of an environment: each is written down before it starts, so that none is ever lost."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path

import psutil

from twinrail.deploy.targets.process.processes import born as born_at
from twinrail.deploy.targets.process.processes import gone
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.system.command import Command
from twinrail.system.files import read_json, write_json
from twinrail.system.shell import start_detached

MARK = "TWINRAIL_INSTANCE"
"""The environment variable by which a process is found again when its number was not written down."""

# How long the system may take to end what was killed, in seconds.
_KILLED_WITHIN = 5.0

# What a service sees of whoever deploys it: enough to run, no tokens.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")


@dataclass(frozen=True, kw_only=True)
class Instance(Backend):
    """A process of a release, or the proxy.

    Attributes:
        port: on 127.0.0.1.
        pid: its process id; 0 as long as it has not been written down.
        born: when the process was created, as the system says it: pids are used again, pairs are not.
    """

    port: int
    pid: int = 0
    born: float = 0.0

    @property
    def url(self) -> str:
        """Where the proxy reaches it."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Instances:
    """The processes of the environment in `folder`."""

    folder: Path

    def all(self) -> list[Instance]:
        """Those that live, oldest first. Whoever only looks changes nothing of what is written down."""
        living = (each for _, each in self._found() if each)
        return sorted(living, key=lambda each: (each.born, each.name))

    def tidy(self) -> None:
        """What is written down of dead ones is removed, and the numbers of those that were found again are added.

        For whoever holds the place: one who looks meanwhile could write what was so a moment ago.
        """
        for path, instance in self._found():
            if instance is None:
                path.unlink(missing_ok=True)
            elif read_json(path) != asdict(instance):
                self.write(instance)

    def of(self, release: str) -> list[Instance]:
        """Those of a release, oldest first."""
        return [each for each in self.all() if each.release == release]

    def start(self, release: str, number: int, command: Command, port: int, *, settings: str = "") -> Instance:
        """Starts a process, its output in a log of its own.

        Raises:
            ToolError: the program is not there.
        """
        instance = Instance(name=f"{release}-{number}", release=release, port=port, settings=settings)
        self.write(instance)
        marked = replace(command, env={**command.env, MARK: self._mark(instance)}, inherited=INHERITED)
        pid = start_detached(marked, log=self.log(instance))
        instance = replace(instance, pid=pid, born=born_at(pid))
        self.write(instance)
        return instance

    def number(self, release: str) -> int:
        """A number for the next instance of a release: one that none has had, whoever sleeps with it in mind."""
        path = self.folder / "numbers.json"
        numbers = read_json(path) or {}
        taken = numbers.get(release, 0)
        numbers[release] = next(each for each in count(taken + 1) if not self._path(f"{release}-{each}").exists())
        write_json(path, numbers)
        return int(numbers[release])

    def log(self, instance: Instance) -> Path:
        """The file that holds what the process said."""
        return self.folder / "logs" / f"{instance.name}.log"

    def write(self, instance: Instance) -> None:
        """Writes down what is known of a process."""
        write_json(self._file(instance), asdict(instance))

    def end(self, instance: Instance, *, within: float) -> bool:
        """Asks a process to end, and makes it and its workers after `within` seconds; whether it ended by itself."""
        family = self._family(instance)
        for process in family[:1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        if not (willing := gone(family, within)):
            family = list({*family, *self._family(instance)})
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            gone(family, _KILLED_WITHIN)
        self._forget(instance)
        return willing

    def memory(self, instance: Instance) -> int:
        """How many bytes of memory a process and its workers hold; 0 when it has ended."""
        held = 0
        for process in self._family(instance):
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
        return held

    def _found(self) -> Iterator[tuple[Path, Instance | None]]:
        # What is written down, and who lives of it.
        for path in (self.folder / "instances").glob("*.json"):
            instance = Instance(**(read_json(path) or {"name": path.stem, "release": "", "port": 0}))
            if not instance.pid:
                instance = self._find(instance)
            yield path, instance if self._lives(instance) else None

    def _lives(self, instance: Instance) -> bool:
        try:
            process = psutil.Process(instance.pid)
            # Where the machine's clock was set, the birth has moved too, and the mark alone tells.
            ours = process.create_time() == instance.born or process.environ().get(MARK) == self._mark(instance)
            return ours and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, ValueError):
            return False

    def _family(self, instance: Instance) -> list[psutil.Process]:
        family: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            if self._lives(instance):
                process = psutil.Process(instance.pid)
                family = [process, *process.children(recursive=True)]
        return family

    def _find(self, instance: Instance) -> Instance:
        # The deployer died between starting the process and writing its number down.
        for process in psutil.process_iter(["pid", "environ"]):
            if (process.info["environ"] or {}).get(MARK) == self._mark(instance):
                return replace(instance, pid=process.pid, born=born_at(process.pid))
        return instance

    def _mark(self, instance: Instance) -> str:
        return f"{self.folder}#{instance.name}"

    def _forget(self, instance: Instance) -> None:
        # Whoever slept while it ended finds what another wrote down since.
        told = read_json(self._file(instance)) or {}
        if (told.get("pid"), told.get("born")) == (instance.pid, instance.born):
            self._file(instance).unlink(missing_ok=True)

    def _file(self, instance: Instance) -> Path:
        return self._path(instance.name)

    def _path(self, name: str) -> Path:
        return self.folder / "instances" / f"{name}.json"
