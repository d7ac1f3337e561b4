"""The instances of an environment, a container for each of its services: written down before they are made."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from twinrail.deploy.targets.docker import definition
from twinrail.deploy.targets.docker.containing import called, create, options
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.launches import Launch, Part, filled
from twinrail.deploy.targets.docker.store import Store
from twinrail.deploy.targets.proxied.backend import Backend, Words, tail
from twinrail.system.files import read_json, write_json, write_whole

_KILLED = 137
"""The exit code of what was made to end (128 + SIGKILL)."""
_PROVEN = 60.0
"""How long one that the engine started again must have run to count as before, in seconds."""
_SAVED = "200"
"""How many lines of a container are kept when it goes."""

Seen = Mapping[str, Mapping[str, Any]]
"""What the engine says of containers, by name."""


@dataclass(frozen=True, kw_only=True)
class Container(Backend):
    """An instance: a container for each rolled service.

    Attributes:
        containers: what they are called in the engine; the first one answers requests.
        port: on which it does.
        born: when it was written down, in seconds since 1970.
        restarts: how often the engine had to start them again, as far as whoever deployed knows.
    """

    containers: tuple[str, ...]
    port: int
    born: float
    restarts: int = 0

    @property
    def url(self) -> str:
        """Where the proxy reaches it: on the stack's network, by its name."""
        return f"http://{self.containers[0]}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Containers:
    """The instances of the environment in `folder`.

    Attributes:
        stack: the name of its stack, which begins the name of each container.
        marks: tells the labels that each container bears.
        port: on which the first service of an instance answers.
        fence: the number of the lease under which something is started.
    """

    engine: Engine
    folder: Path
    store: Store
    stack: str
    marks: Callable[[], Mapping[str, str]]
    port: int
    fence: int = 0

    def all(self) -> list[Container]:
        """Those that live and are whole, oldest first. Whoever only looks changes nothing of what is written down."""
        return self.shown()[0]

    def answering(self) -> list[Container]:
        """Those that may get traffic, oldest first: whose first container runs, whatever is the matter with others.

        Of a release of which none runs: those that the engine is about to start again.
        """
        return self.shown()[1]

    def shown(self) -> tuple[list[Container], list[Container]]:
        """Those that are whole, and those that may get traffic, as the engine tells them at one time."""
        noted = self.noted()
        seen = self._seen(noted)
        there = [each for each in noted if _running(seen.get(each.containers[0]))]
        soon = {each.release for each in noted} - {each.release for each in there}
        answering = [
            each
            for each in noted
            if each in there or (each.release in soon and _restarting(seen.get(each.containers[0])))
        ]
        return [each for each in there if self._lives(each, seen)], answering

    def noted(self) -> list[Container]:
        """All that are written down, oldest first, whether they live or not."""
        told = (read_json(path) for path in (self.folder / "instances").glob("*.json"))
        made = [Container(**{**each, "containers": tuple(each["containers"])}) for each in told if each]
        return sorted(made, key=lambda each: (each.born, each.name))

    def tidy(self) -> None:
        """What is left of dead ones goes; for whoever holds the place. One that the engine started again counts.

        One that answers still is not dead, though another container of it is.
        """
        noted = self.noted()
        seen = self._seen(noted)
        for each in noted:
            first, *others = (seen.get(name) for name in each.containers)
            if _running(first) and all(map(_running, others)):
                again = replace(each, restarts=_restarts(each, seen))
                self.write(again) if again != each else None
            elif not _running(first) and not any(map(_restarting, (first, *others))):
                self._remove(each)

    def write(self, instance: Container) -> None:
        """Writes down what is known of one."""
        write_json(self._note(instance), asdict(instance))

    def start(self, release: str, launch: Launch) -> Container:
        """One more of the release, all its containers started.

        Raises:
            MoveFailed: the engine refuses.
        """
        number = self._number(release)
        parts = filled(launch)
        names = tuple(called(self.stack, f"{part.service}-{release}-{number}") for part in parts)
        made = Container(
            name=f"{release}-{number}",
            release=release,
            settings=launch.settings,
            containers=names,
            port=self.port,
            born=time.time(),
        )
        self.write(made)
        for part, name in zip(parts, names, strict=True):
            self._create(part, name, release, number)
        self.engine.run("start", *names, data=True)
        return made

    def end(self, instance: Container, *, within: float) -> bool:
        """Asks one to end, and makes it after `within` seconds; whether it ended by itself."""
        self.engine.ask("stop", f"--time={max(round(within), 1)}", *instance.containers, quiet=False)
        seen = self.engine.inspect("container", *instance.containers)
        killed = [name for name, each in seen.items() if each["State"]["ExitCode"] == _KILLED]
        self._remove(instance)
        return not killed

    def words(self, instance: Container) -> Words:
        """What it said last: its containers one after the other."""
        said = [line for name in instance.containers for line in self._said(name, "20")]
        return Words(log=f"docker logs {instance.containers[0]}", lines=tuple(said))

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that instances of the release said, also of those that are gone."""
        kept = sorted((self.folder / "logs").glob(f"{release}-*.log"), key=lambda log: log.stat().st_mtime)
        lines = [line for log in kept[-8:] for line in tail(log)]
        there = [each for each in self.noted() if each.release == release]
        return (*lines, *(line for each in there[-8:] for line in self.words(each).lines))

    def _seen(self, noted: Sequence[Container]) -> Seen:
        return self.engine.inspect("container", *(name for each in noted for name in each.containers))

    def _lives(self, instance: Container, seen: Seen) -> bool:
        # One that ended and was started again by the engine has ended, until it has run for a while, or whoever holds
        # the place has taken note.
        told = [seen.get(name) for name in instance.containers]
        if not all(map(_running, told)):
            return False
        return _restarts(instance, seen) <= instance.restarts or self._proven(told)

    def _proven(self, told: Sequence[Mapping[str, Any] | None]) -> bool:
        began = max(datetime.fromisoformat(each["State"]["StartedAt"]) for each in told if each)
        # By the engine's own clock: it may be another machine.
        now = datetime.fromisoformat(self.engine.run("info", "--format", "{{.SystemTime}}", quiet=True).strip())
        return (now - began).total_seconds() > _PROVEN

    def _create(self, part: Part, name: str, release: str, number: int) -> None:
        marks = {"release": release, "number": str(number), "service": part.service, "fence": str(self.fence)}
        words = [f"--name={name}", *(f"--label=twinrail.{key}={value}" for key, value in marks.items())]
        user = self.store.user(release)
        first, *others = definition.entrypoint(part.said) or [""]
        words += [*options(part, self.marks(), user=user), *([f"--entrypoint={first}"] if first else [])]
        runs = [*others, *definition.command(part.said)]
        create(self.engine, self.store.image(release), part, words, runs, user=user)

    def _said(self, name: str, lines: str) -> list[str]:
        return self.engine.last_lines("logs", f"--tail={lines}", name)

    def _remove(self, instance: Container) -> None:
        lines = [line for name in instance.containers for line in self._said(name, _SAVED)]
        if lines:
            write_whole(self.folder / "logs" / f"{instance.name}.log", "".join(f"{line}\n" for line in lines))
        self.engine.ask("rm", "--force", "--volumes", *instance.containers, quiet=False)
        self._note(instance).unlink(missing_ok=True)

    def _number(self, release: str) -> int:
        path = self.folder / "numbers.json"
        numbers = read_json(path) or {}
        taken = numbers.get(release, 0)
        numbers[release] = taken + 1
        write_json(path, numbers)
        return int(numbers[release])

    def _note(self, instance: Container) -> Path:
        return self.folder / "instances" / f"{instance.name}.json"


def _running(told: Mapping[str, Any] | None) -> bool:
    return bool(told and told["State"]["Running"] and not told["State"]["Restarting"])


def _restarting(told: Mapping[str, Any] | None) -> bool:
    return bool(told and told["State"]["Restarting"])


def _restarts(instance: Container, seen: Seen) -> int:
    return sum(int(seen[name].get("RestartCount", 0)) for name in instance.containers if name in seen)
