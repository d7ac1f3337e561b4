"""A container engine, spoken to by `docker`: here, or on another machine over ssh."""

import contextlib
import json
import re
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from twinrail.system.command import Command, Finished
from twinrail.system.errors import Interrupted, MoveFailed, PlaceTaken, ToolError
from twinrail.system.shell import Shell

_GONE = re.compile(
    r"^(?:\w+: )?(?:got )?(?:cannot connect to the docker daemon|error during connect"
    r"|failed to connect to the docker api|permission denied while trying to connect)",
    re.IGNORECASE,
)
"""What a client says by itself where nobody answers it."""
_CUT = re.compile(r"connection refused|context deadline exceeded|connection reset", re.IGNORECASE)
"""What it passes on of why; a container, or a registry that an engine asked, may say the same of somebody else."""
_ANSWERED = "Error response from daemon:"
TAKEN = re.compile(r"port is already allocated|address already in use", re.IGNORECASE)
"""What an engine says where a port is someone else's."""
_UNKNOWN = re.compile(
    r"no such (?:container|image|object|network|volume|secret|config|service|task)"
    r"|(?:network|volume|secret|config|service|task) \S+ not found",
    re.IGNORECASE,
)
"""What is not there, in the words of Docker up to 20.10 and of those after it."""
_NO_SWARM = re.compile(r"not a swarm manager|not part of a swarm", re.IGNORECASE)
_LONG = frozenset({"pull", "load", "import", "compose", "start", "stop", "stack", "logs"})
"""What takes as long as an image or a log is large, a service takes to drain, or a migration has to do."""
_LAST_LINES = 10.0
"""How long last words are waited for, in seconds: `docker service logs` has been seen to hang for good."""
_NO_IMAGE = re.compile(r"unable to find image|no such image", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Docker, or what speaks as it does.

    Attributes:
        shell: runs the client.
        folder: the directory that it runs in.
        host: `ssh://user@host`; empty: as the client is set up.
        patience: how many seconds an answer may take, where it is not known to take long.
    """

    shell: Shell
    folder: Path
    host: str = ""
    patience: float = 60.0

    @property
    def env(self) -> dict[str, str]:
        """What tells a client which engine is meant."""
        return {"DOCKER_HOST": self.host} if self.host else {}

    def run(
        self,
        *words: str,
        quiet: bool = False,
        data: bool = False,
        stdin: Path | None = None,
        config: Path | None = None,
    ) -> str:
        """What `docker` prints.

        Args:
            words: what it is told.
            quiet: whether it is a look-up, no step.
            data: whether what it prints is for a program to read.
            stdin: a file that it reads.
            config: the folder of the client's settings; None: its own.

        Raises:
            ToolError: it is not installed, or the engine does not answer.
            PlaceTaken: a port is someone else's.
            MoveFailed: the engine refuses, in its own words.
        """
        done = self.ask(*words, quiet=quiet, data=data, stdin=stdin, config=config)
        if done.returncode:
            self.refuse(done)
        return done.stdout

    def attach(self, container: str, hide: Callable[[str], str]) -> None:
        """The container runs, from its start to its end; what it says is said, as `hide` leaves it.

        Raises:
            ToolError: the engine does not answer.
            MoveFailed: it did not end well.
        """
        done = self.ask("start", "--attach", container, quiet=False, spoken=hide)
        if done.returncode:
            said = (done.tail.splitlines() or ["it said nothing"])[-1].rstrip(".")
            raise MoveFailed(f"docker start: {container} ended with {done.returncode}: {said}.")

    def ask(
        self,
        *words: str,
        quiet: bool = True,
        data: bool = False,
        stdin: Path | None = None,
        config: Path | None = None,
        spoken: Callable[[str], str] | None = None,
    ) -> Finished:
        """`docker`, ended as it may, where the engine answered.

        With `spoken` a container's own words stand in what it prints, and this hides what nobody is to see of them.

        Raises:
            ToolError: it is not installed, or the engine does not answer.
            Interrupted: a Ctrl-C has ended it.
        """
        within = 0.0 if {*words[:2]} & _LONG else self.patience
        env = {**self.env, **({"DOCKER_CONFIG": str(config)} if config else {})}
        command = Command(argv=("docker", *words), cwd=self.folder, env=env, stdin=stdin, within=within, spoken=spoken)
        done = self.shell.run(command, ok=(), quiet=quiet, data=data)
        if done.returncode == -signal.SIGINT:
            raise Interrupted(f"Interrupted while running {command.argv[0]}.")
        if done.late:
            raise ToolError(
                f"{self._called} does not answer: it was asked `{command}` {within:g} s ago.",
                todo="See how it is:  docker info; then run this again.",
            )
        if done.returncode:
            self._judge(done, spoken=spoken is not None)
        return done

    def _judge(self, done: Finished, *, spoken: bool) -> None:
        lines = [line for line in done.stderr.splitlines() if not line.startswith(_ANSWERED)]
        silent = any(map(_GONE.search, lines)) or (not spoken and any(map(_CUT.search, lines)))
        if silent and (spoken or not TAKEN.search(done.stderr)):
            raise ToolError(
                f"{self._called} does not answer.",
                why=done.tail.splitlines()[-1],
                todo="Start it, or say where it is (DOCKER_HOST, or compose.host in the environment's settings).",
            )
        if not spoken and _NO_SWARM.search(done.stderr):
            raise ToolError(
                f"{self._called} is no manager of a swarm.",
                why=done.tail.splitlines()[-1],
                todo=f"Make it one:  docker {f'--host {self.host} ' if self.host else ''}swarm init",
            )

    def inspect(self, kind: str, *names: str) -> dict[str, Mapping[str, Any]]:
        """What the engine knows of things of a kind (container, image, task, …), by name, of those there are.

        Raises:
            ToolError: the engine does not answer.
            MoveFailed: it refuses.
        """
        if not names:
            return {}
        said = self.known(*(("inspect", "--type=task") if kind == "task" else (kind, "inspect")), *names)
        found: list[dict[str, Any]] = json.loads(said or "[]")
        if len(names) == len(found) == 1:
            # It may be told by another name than was asked for: `team/shop` for `docker.io/team/shop`.
            return {names[0]: found[0]}
        known = {label: each for each in found for label in _labels(each)}
        return {name: known[name] for name in names if name in known}

    def last_lines(self, *words: str) -> list[str]:
        """What `docker` prints within a few seconds, of both its streams; it may not come to its end by itself."""
        command = Command(argv=("docker", *words), cwd=self.folder, env=self.env, within=_LAST_LINES)
        done = self.shell.run(command, ok=(), quiet=True)
        return [*done.stdout.splitlines(), *done.stderr.splitlines()] if done.late or not done.returncode else []

    def known(self, *words: str) -> str:
        """What `docker` prints of the things named, of those there are.

        Raises:
            ToolError: the engine does not answer.
            MoveFailed: it refuses, or says nothing of those that it leaves out.
        """
        done = self.ask(*words)
        lines = done.stderr.strip().splitlines()
        # A client that was killed says nothing: that is no word of what is there.
        if done.returncode and not (lines and all(map(_UNKNOWN.search, lines))):
            self.refuse(done)
        return done.stdout

    @property
    def _called(self) -> str:
        return f"The container engine{f' on {self.host}' if self.host else ''}"

    def refuse(self, done: Finished) -> NoReturn:
        """Tells what an engine that answered said no with.

        Raises:
            PlaceTaken: a port is someone else's.
            MoveFailed: anything else.
        """
        lines = [line for line in done.tail.splitlines() if line.strip() and not line.startswith("See 'docker")]
        text = (lines or ["it says nothing"])[-1].removeprefix(f"{_ANSWERED} ").removeprefix("docker: ")
        if TAKEN.search(done.stderr):
            raise PlaceTaken(
                f"A port is taken: {text.rstrip('.')}.", todo="End who listens there, or set another port."
            )
        what = " ".join(word for word in done.command.argv[1:3] if not word.startswith("-"))
        if _NO_IMAGE.search(done.stderr):
            raise MoveFailed(f"docker {what}: the image is not there: {text.rstrip('.')}.", todo="Deploy it again.")
        raise MoveFailed(f"docker {what}: {text.rstrip('.')}.", todo=f"By hand:  {done.command}")


def _labels(found: Mapping[str, Any]) -> Sequence[str]:
    """All by which something can be called."""
    names = [str(found.get("Name", "")).lstrip("/"), str(found.get("Id", found.get("ID", "")))]
    names += [str((found.get("Spec") or {}).get("Name", ""))]  # what a swarm knows
    return [*names, *(found.get("RepoTags") or ()), *(found.get("RepoDigests") or ())]


@contextlib.contextmanager
def private_file(data: bytes) -> Iterator[Path]:
    """A file with mode 600 that is gone after the block."""
    with tempfile.NamedTemporaryFile(prefix="twinrail-") as file:
        file.write(data)
        file.flush()
        yield Path(file.name)
