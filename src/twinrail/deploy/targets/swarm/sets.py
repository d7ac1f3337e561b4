"""The sets of an environment in the swarm: made, changed and ended by `docker stack` and `docker service`."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

from twinrail.deploy.targets.docker.client_login import client_login
from twinrail.deploy.targets.docker.engine import Engine, private_file
from twinrail.deploy.targets.docker.launches import Launch, Part, filled
from twinrail.deploy.targets.docker.store import Store
from twinrail.deploy.targets.proxied.backend import Words, tail
from twinrail.deploy.targets.swarm.objects import Objects
from twinrail.deploy.targets.swarm.services import NUMBER, ORDER, PART, SETTINGS, WAS, Service, Set, read_sets
from twinrail.deploy.targets.swarm.stack_file import Pace, Wanted, stack_file
from twinrail.deploy.targets.swarm.tasks import RELEASE, Json, Task, speaking
from twinrail.system.errors import Interrupted
from twinrail.system.files import read_json, write_json, write_whole

EVERY = 1.0
"""Seconds between two looks at what is under way."""
_SAVED, _TOLD = "200", "20"
"""How many lines of a service are kept when it goes, and how many of a task are told."""
_LATE = 30.0
"""How much longer than its drain a task may take to be gone, in seconds: swarm waits for its network too."""


@dataclass(frozen=True, kw_only=True)
class Sets:
    """The sets of the environment in `folder`.

    Attributes:
        stack: the name of its stack, which begins the name of each service.
        marks: tells the labels of all that belongs to it.
        port: on which the first service of a set answers.
        interrupted: set when somebody pressed Ctrl-C; waiting ends then.
    """

    engine: Engine
    folder: Path
    store: Store
    objects: Objects
    stack: str
    marks: Callable[[], Mapping[str, str]]
    port: int
    interrupted: Flag

    def all(self) -> list[Set]:
        """Those that are there, oldest first."""
        services = self.told()
        ids = [str(each["ID"]) for each in services]
        # One that was removed a moment ago is told beside those that are there.
        tasks = self.engine.known("service", "ps", "--no-trunc", "--quiet", *ids).split() if ids else []
        return read_sets(services, self.engine.inspect("task", *tasks).values(), self.port)

    def told(self) -> list[Json]:
        """Its services, as Docker tells them."""
        label = f"label=twinrail.stack={self.stack}"
        ids = self.engine.run("service", "ls", "--quiet", "--filter", label, quiet=True).split()
        # A list tells short ids only.
        found = json.loads(self.engine.known("service", "inspect", *ids) or "[]") if ids else []
        return [each for each in found if NUMBER in each["Spec"]["Labels"]]

    def settings(self, launch: Launch) -> str:
        """What tells a set that was made with that launch from others of its release: what its secrets hold counts."""
        return f"{launch.settings}.{self.objects.version(filled(launch))}"

    def make(self, release: str, launch: Launch, count: int, pace: Pace) -> int:
        """A set of that many instances, whose number is returned; they need not run yet.

        Raises:
            MoveFailed: the engine refuses.
        """
        number = self._number()
        own = {RELEASE: release, NUMBER: str(number)}
        self._deploy(release, launch, pace, dict.fromkeys(range(len(launch.parts)), (own, count)))
        return number

    def become(self, each: Set, release: str, launch: Launch, pace: Pace, *, was: str) -> None:
        """The set is replaced by one of the release in its place; swarm goes about it from now on."""
        stale = {order: one for order, one in enumerate(each.services) if one.release != release}
        own = {RELEASE: release, WAS: was, NUMBER: str(each.number)}
        self._deploy(release, launch, pace, {order: (own, one.replicas) for order, one in stale.items()})

    def back(self, service: Service) -> None:
        """The service becomes what it was before its last change."""
        self.engine.run("service", "rollback", "--detach", service.name, data=True)

    def scale(self, each: Set, count: int) -> None:
        """So many instances of the set are wanted."""
        words = [f"{service.name}={count}" for service in each.services]
        self.engine.run("service", "scale", "--detach", *words, data=True)

    def end(self, going: Sequence[Set], *, within: float) -> None:
        """Sets that have left the traffic end, and are gone.

        Args:
            going: which.
            within: how long a task may take to end, in seconds.
        """
        names = {service.name for each in going for service in each.services}
        for each in going:
            self._save(each)
            self.scale(each, 0)
        deadline = time.monotonic() + within + _LATE
        while any(self._alive(names)) and time.monotonic() < deadline:
            self.pause("something was ending")
        if names:
            self.engine.run("service", "rm", *sorted(names), data=True)

    def until_few(self, each: Set, count: int, *, within: float) -> None:
        """Nothing, as soon as no more than so many instances of the set are there, and none that ends still."""
        deadline, names = time.monotonic() + within + _LATE, {service.name for service in each.services}
        while max(self._alive(names), default=0) > count and time.monotonic() < deadline:
            self.pause("something was ending")

    def pause(self, meanwhile: str, seconds: float = EVERY) -> None:
        """A little time passes.

        Raises:
            Interrupted: somebody pressed Ctrl-C.
        """
        if self.interrupted.wait(seconds):
            raise Interrupted(f"Interrupted while {meanwhile}.")

    def words(self, task: Task) -> Words:
        """What a task said last."""
        return Words(log=f"docker service logs {task.id}", lines=tuple(self._said(task.id, _TOLD)))

    def illness(self, task: Task) -> str:
        """What was wrong with its health last, in words; empty where nothing was, as far as is known here."""
        told = self.engine.inspect("container", task.container).get(task.container) if task.container else None
        looks = (((told or {}).get("State") or {}).get("Health") or {}).get("Log") or []
        if not (looks and looks[-1].get("ExitCode")):
            return ""
        said = " ".join(str(looks[-1].get("Output", "")).split()) or "nothing"
        return f"its healthcheck ended with {looks[-1].get('ExitCode')} and said {said}"

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that instances of the release said, also of those that are gone; who failed speaks last."""
        kept = sorted((self.folder / "logs").glob(f"{release}-*.log"), key=lambda log: log.stat().st_mtime)
        lines = [line for log in kept[-8:] for line in tail(log)]
        tasks = [task for each in self.all() for one in each.services for task in one.tasks if task.release == release]
        return (*lines, *(line for task in speaking(tasks) for line in self.words(task).lines))

    def _alive(self, names: set[str]) -> list[int]:
        """How many tasks of each of the services are not over."""
        services = (one for each in self.all() for one in each.services if one.name in names)
        return [count for one in services if (count := sum(not task.over for task in one.tasks))]

    def _deploy(
        self, release: str, launch: Launch, pace: Pace, which: Mapping[int, tuple[Mapping[str, str], int]]
    ) -> None:
        parts, settings = filled(launch), self.settings(launch)
        services = [
            self._wanted(release, parts[order], pace, {**own, ORDER: str(order), SETTINGS: settings}, count)
            for order, (own, count) in which.items()
        ]
        if not services:
            return
        made = private_file(json.dumps(stack_file(services)).encode())
        with made as file, client_login(self.store.image(release)) as config:
            # Machines that have the image need no registry; the others are given whoever deploys' login to it.
            words = ("--resolve-image=never", "--with-registry-auth", f"--compose-file={file}")
            self.engine.run("stack", "deploy", *words, self.stack, data=True, config=config)

    def _wanted(self, release: str, part: Part, pace: Pace, own: Mapping[str, str], count: int) -> Wanted:
        return Wanted(
            name=f"{part.service}-{own[NUMBER]}",
            part=part,
            image=self.store.image(release),
            user=self.store.user(release),
            replicas=count,
            labels={**self.marks(), PART: part.service, **own},
            marks={**self.marks(), PART: part.service, RELEASE: release},
            secrets=self.objects.make("secret", part),
            configs=self.objects.make("config", part),
            pace=pace,
        )

    def _save(self, each: Set) -> None:
        lines = [line for service in each.services for line in self._said(service.name, _SAVED)]
        if lines:
            path = self.folder / "logs" / f"{each.release}-{each.number}.log"
            write_whole(path, "".join(f"{line}\n" for line in lines))

    def _said(self, name: str, lines: str) -> list[str]:
        return self.engine.last_lines("service", "logs", "--raw", f"--tail={lines}", name)

    def _number(self) -> int:
        path = self.folder / "numbers.json"
        number = int((read_json(path) or {}).get("sets", 0)) + 1
        write_json(path, {"sets": number})
        return number
