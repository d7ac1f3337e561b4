"""A task of a swarm, read off what Docker tells as JSON: an instance of a service, and what became of it; pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

RELEASE = "twinrail.release"
"""The label that tells of which release a service or a task is."""

_DEAD = frozenset({"failed", "rejected", "complete"})
"""The states of a task that ended by itself and should not have; one that was asked to, because it is unhealthy, and
ended well, is complete."""
_OVER = frozenset({"shutdown", "remove", "orphaned", *_DEAD})
"""The states of a task of which nothing runs any more."""
_OF_ITSELF = re.compile(r"non-zero exit \((?!137\)|143\))\d+\)$")
"""How swarm ends what it says of a program that ended with a code of its own: 137 and 143 are those of a program that
was killed or asked to end, and of one that it asked because it is unhealthy more is said."""
_TOLD = 8
"""How many tasks of a release are asked for what they said."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """An instance of a service; swarm puts another one in its place when it ends.

    Attributes:
        release: the release that it is of.
        state: as swarm says it: `starting` until it is healthy, then `running`.
        wanted: whether it is to run.
        error: why it ended.
        container: the id of its container; empty before there is one.
        slot: whose place it took, or takes: tasks of one slot and several services are one instance.
    """

    id: str
    release: str
    state: str
    wanted: bool
    error: str = ""
    container: str = ""
    slot: int = 0

    @property
    def healthy(self) -> bool:
        """Whether it may get traffic."""
        return self.wanted and self.state == "running"

    @property
    def failed(self) -> bool:
        """Whether it ended and should not have."""
        return self.state in _DEAD

    @property
    def crashed(self) -> bool:
        """Whether its program ended by itself: what it said last tells more than what was wrong with its health."""
        return self.failed and bool(_OF_ITSELF.search(self.error))

    @property
    def over(self) -> bool:
        """Whether nothing of it runs any more."""
        return self.state in _OVER


def read_task(told: Json) -> Task:
    """A task, as `docker inspect --type task` tells it."""
    status, labels = told["Status"], told["Spec"]["ContainerSpec"].get("Labels") or {}
    return Task(
        id=str(told["ID"]),
        release=str(labels.get(RELEASE, "")),
        state=str(status["State"]),
        wanted=told["DesiredState"] == "running",
        error=str(status.get("Err", "")),
        container=str((status.get("ContainerStatus") or {}).get("ContainerID", "")),
        slot=int(told.get("Slot", 0)),
    )


def speaking(tasks: Iterable[Task]) -> list[Task]:
    """The tasks whose words help to see what went wrong: at most eight, those that failed last, and the newest last.

    Args:
        tasks: those of a service newest first.
    """
    oldest_first = [*tasks][::-1]
    return sorted(oldest_first, key=lambda task: task.failed)[-_TOLD:]
