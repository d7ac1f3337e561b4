"""What a swarm shows of a stack, read off what Docker tells as JSON: sets of services, and their tasks; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.swarm.tasks import RELEASE, Json, Task, read_task


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of the swarm: one of those that a set consists of.

    Attributes:
        id: swarm's own.
        name: by which swarm calls it.
        part: the compose file's name of it.
        release: the one that its tasks are of, or are becoming.
        was: the one that it was rolled from; empty where it was not.
        settings: a digest of what it was made with beside its release.
        replicas: how many tasks are wanted.
        update: how its last change fares: `updating`, `completed`, `rollback_started`, …; empty where none began.
        before: the release of the definition to which `docker service rollback` leads; empty where there is none.
        tasks: newest first.
    """

    id: str
    name: str
    part: str
    release: str
    was: str
    settings: str
    replicas: int
    update: str
    before: str
    tasks: tuple[Task, ...] = ()

    def healthy(self, release: str) -> int:
        """How many of its tasks are of the release, and may get traffic."""
        return sum(each.healthy for each in self.tasks if each.release == release)

    @property
    def settled(self) -> bool:
        """Whether all that is wanted runs, and nothing of anything else."""
        alone = all(each.release == self.release for each in self.tasks if each.healthy)
        return alone and self.healthy(self.release) == self.replicas and self.update in {"", "completed", _BACK}

    @property
    def going_back(self) -> bool:
        """Whether swarm is turning it back to what it was."""
        return self.update == "rollback_started"

    @property
    def stuck(self) -> bool:
        """Whether swarm waits for somebody: the way back failed too."""
        return self.update.endswith("paused")


_BACK = "rollback_completed"


@dataclass(frozen=True, kw_only=True)
class Set(Backend):
    """Instances of a release that are started and ended together: a service for each part, the first one answers.

    Attributes:
        number: unique in the environment; the youngest has the highest.
        services: of which it consists, in the order of the parts.
        port: on which the first one answers.
    """

    number: int
    services: tuple[Service, ...]
    port: int

    @property
    def url(self) -> str:
        """Where the proxy reaches its healthy tasks: the name is looked up anew for each connection."""
        return f"http://tasks.{self.services[0].name}:{self.port}"

    @property
    def weight(self) -> int:
        """As many as answer; one at least, since whoever is last to become healthy is there already."""
        return max(sum(each.healthy for each in self.services[0].tasks), 1)

    @property
    def replicas(self) -> int:
        """How many instances are wanted."""
        return self.services[0].replicas

    @property
    def launch(self) -> str:
        """The digest of the launch that it was made with."""
        return self.settings.partition(".")[0]

    @property
    def was(self) -> str:
        """The release that it was rolled from; empty where it was not."""
        return self.services[0].was

    @property
    def answering(self) -> dict[str, int]:
        """How many of its tasks may get traffic of each release, whatever is the matter with other parts."""
        return dict(sorted(Counter(task.release for task in self.services[0].tasks if task.healthy).items()))

    @property
    def counts(self) -> dict[str, int]:
        """How many healthy instances it has of each release, by who answers; two while it is rolled.

        Where another part has fewer, instances of the release that it is or becomes are not whole.
        """
        alive = [[task.release for task in each.tasks if task.healthy] for each in self.services]
        counts = Counter(alive[0])
        counts[self.services[0].release] -= len(alive[0]) - min(len(alive[0]), *map(len, alive))
        return {name: count for name, count in sorted(counts.items()) if count > 0}


def read_sets(services: Iterable[Json], tasks: Iterable[Json], port: int) -> list[Set]:
    """The sets, oldest first.

    Args:
        services: as `docker service inspect` tells them.
        tasks: as `docker inspect --type task` tells them.
        port: on which the first service of a set answers.
    """
    known = sorted(tasks, key=lambda each: str(each["CreatedAt"]), reverse=True)
    found: dict[int, dict[int, Service]] = {}
    for told in services:
        labels = told["Spec"]["Labels"]
        of = tuple(read_task(each) for each in known if each["ServiceID"] == told["ID"])
        found.setdefault(int(labels[NUMBER]), {})[int(labels[ORDER])] = _service(told, of)
    return [_set(number, [parts[order] for order in sorted(parts)], port) for number, parts in sorted(found.items())]


WAS, SETTINGS = "twinrail.was", "twinrail.settings"
NUMBER, ORDER, PART = "twinrail.number", "twinrail.order", "twinrail.service"
"""The labels by which a service is known again, beside that of its release."""


def _set(number: int, services: Sequence[Service], port: int) -> Set:
    first = services[0]
    healthy = bool(sum(each.healthy for each in first.tasks))
    return Set(
        name=f"set-{number}",
        release=first.release,
        healthy=healthy,
        settings=first.settings,
        number=number,
        services=tuple(services),
        port=port,
    )


def _service(told: Json, tasks: tuple[Task, ...]) -> Service:
    spec, before = told["Spec"], told.get("PreviousSpec") or {}
    labels = spec["Labels"]
    return Service(
        id=str(told["ID"]),
        name=str(spec["Name"]),
        part=str(labels[PART]),
        release=str(labels[RELEASE]),
        was=str(labels.get(WAS, "")),
        settings=str(labels.get(SETTINGS, "")),
        replicas=int(spec["Mode"]["Replicated"]["Replicas"]),
        update=str((told.get("UpdateStatus") or {}).get("State", "")),
        before=str((before.get("Labels") or {}).get(RELEASE, "")),
        tasks=tasks,
    )
