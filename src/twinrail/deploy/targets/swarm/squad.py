"""The instances of an environment in the swarm, in and out of the traffic: sets that start, stand, and end as one."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from twinrail.deploy.last_words import last_words
from twinrail.deploy.targets.docker.programs import Programs
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.traffic import Traffic
from twinrail.deploy.targets.swarm.services import Set
from twinrail.deploy.targets.swarm.sets import Sets
from twinrail.deploy.targets.swarm.stack_file import Pace
from twinrail.deploy.targets.swarm.tasks import Task
from twinrail.project.environments import Environment
from twinrail.system.errors import MoveFailed


@dataclass(frozen=True, kw_only=True)
class Squad(Traffic):
    """The sets behind the proxy, in the hands of whoever holds the lease."""

    sets: Sets
    programs: Programs
    environment: Environment

    def there(self) -> list[Backend]:
        """Who lives, oldest first."""
        return list(standing(self.sets.all(), self.proxy.shares()))

    def start(self, release: str, count: int, *, former: bool = False) -> None:
        """At least `count` healthy instances of the release run, with the settings of now; others run on.

        With `former` whoever runs counts, and who is missing is started as the release ran before.

        Raises:
            MoveFailed: one did not become healthy.
            Interrupted: somebody pressed Ctrl-C.
            LeaseLost: the lease has passed to someone else.
        """
        mine = self.of(release)
        # Whoever was ending them died over it.
        self.retire([each for each in mine if not each.replicas])
        launch = self.programs.former(release) if former else self.programs.now
        settings = "" if former else self.sets.settings(launch)
        there = [each for each in mine if each.replicas and settings in {"", each.settings}]
        known = {task.id for task in _failed(there)}
        if (missing := count - sum(each.replicas for each in there)) > 0:
            with self.fence.guard(self.number):
                self.programs.remember(release, launch)
                if there:
                    # The youngest: an older one may have to become again what it was.
                    self.sets.scale(there[-1], there[-1].replicas + missing)
                else:
                    self.sets.make(release, launch, missing, self.pace())
        self._until_healthy(release, count, settings, known, former=former)
        self.route(self.proxy.shares())

    def stop(self, release: str, keep: int, *, former: bool = False) -> None:
        """At most `keep` instances of the release run: those with the settings of now, or those that ran first.

        Raises:
            LeaseLost: the lease has passed to someone else.
        """
        there = self.of(release)
        if not former and there:
            now = self.sets.settings(self.programs.now)
            there.sort(key=lambda each: each.settings != now)
        staying: list[Set] = []
        for each in there:
            left = max(keep - sum(one.replicas for one in staying), 0) if each.replicas else 0
            if 0 < left < each.replicas:
                with self.fence.guard(self.number):
                    self.sets.scale(each, left)
                self.sets.until_few(each, left, within=self.environment.drain)
            staying += [each] if left else []
        self.retire([each for each in there if each not in staying])
        self.programs.keep(release, {each.launch for each in staying})

    def retire(self, going: Sequence[Set]) -> None:
        """Sets leave the traffic, and end."""
        if not going:
            return
        with self.fence.guard(self.number):
            self.leave({each.name for each in going})
        self.proxy.await_seen()
        self.sets.end(going, within=self.environment.drain)

    def of(self, release: str) -> list[Set]:
        """The sets of a release, oldest first."""
        return [each for each in self.sets.all() if each.release == release]

    def pace(self, at_once: int = 1, seconds: float = 1.0) -> Pace:
        """How instances are replaced in place."""
        return Pace(at_once=at_once, seconds=seconds, drain=self.environment.drain)

    def failure(self, task: Task, fate: str) -> str:
        """What became of a task, with its last words."""
        said, hide = self.sets.words(task), self.programs.hide(task.release)
        lines = [hide(line) for line in said.lines]
        # What swarm says of it is no cause: that it ended, and with which code.
        illness, last = hide(self.sets.illness(task)), "".join(last_words(lines)[-1:]) if task.failed else ""
        known = (*((last, illness) if task.crashed else (illness, last)), task.error)
        cause = next((each for each in known if each), f"swarm says that it is {task.state}").strip().rstrip(".")
        error = f" ({task.error})" if task.error not in {"", cause} else ""
        words = "\n".join(f"    {line}" for line in lines) or "    (nothing)"
        return f"An instance of {task.release} {fate}: {cause}{error}.\n  Its last words ({said.log}):\n{words}"

    def _until_healthy(self, release: str, count: int, settings: str, known: set[str], *, former: bool) -> None:
        end = time.monotonic() + self.environment.start
        while True:
            there = [each for each in self.of(release) if settings in {"", each.settings}]
            # On a way back it is enough that one serves: what is missing of it may not start at all today.
            able = [each.answering if former else each.counts for each in there]
            if sum(each.get(release, 0) for each in able) >= count:
                return
            if failed := next((task for task in _failed(there) if task.id not in known), None):
                raise MoveFailed(self.failure(failed, "ended by itself"))
            if time.monotonic() > end:
                young = next((task for each in there for task in _tasks(each) if not task.healthy), None)
                fate = f"was not healthy after {self.environment.start:g} s"
                raise MoveFailed(self.failure(young, fate) if young else f"{release} {fate}: no task was made.")
            self.sets.pause(f"{release} was starting")


def standing(there: Sequence[Set], shares: Iterable[str]) -> list[Set]:
    """The sets by the releases for which they stand in the routes.

    One that is being rolled stands for the release that it was until the routes say otherwise.
    """
    named = {*shares}
    old = named - {each.release for each in there}
    return [replace(each, release=each.was) if each.was in old else each for each in there]


def _tasks(each: Set) -> list[Task]:
    return [task for service in each.services for task in service.tasks]


def _failed(there: Iterable[Set]) -> list[Task]:
    return [task for each in there for task in _tasks(each) if task.failed]
