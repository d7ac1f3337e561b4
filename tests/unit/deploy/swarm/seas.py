"""A swarm in memory that goes about its updates a step at each pause, and a proxy that knows its routes."""

from dataclasses import dataclass, field, replace
from itertools import count
from types import SimpleNamespace

from fakes import Killed
from quays import Quay

from twinrail.deploy.fence import Fence
from twinrail.deploy.targets.proxied.backend import Words
from twinrail.deploy.targets.swarm.rolling import Rolling
from twinrail.deploy.targets.swarm.services import Service, Set
from twinrail.deploy.targets.swarm.squad import Squad
from twinrail.deploy.targets.swarm.tasks import Task

ONE, TWO = "1.0-1aaaaaaa", "2.0-2bbbbbbb"


@dataclass
class Sea:
    """The sets of a place, whose tasks come and go while somebody waits.

    Attributes:
        services: by their names.
        bad: releases whose tasks end by themselves as soon as they run.
        slow: releases whose tasks never become healthy.
        ill: what was wrong with the health of each task.
        asked: what was asked of it.
        until: the pause at which whoever waits dies; 0: at none.
        fewest: the fewest healthy tasks of a service that stood at a pause.
    """

    services: dict[str, Service] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    ill: str = ""
    asked: list[str] = field(default_factory=list)
    until: int = 0
    pauses: int = 0
    fewest: int = 99
    ids: count = field(default_factory=count)

    def add(self, number, release, replicas=2, parts=("web",), **more):
        """A set whose tasks are all healthy."""
        for part in parts:
            tasks = tuple(self._task(release, "running") for _ in range(replicas))
            usual = {"was": "", "settings": "now.x", "update": "", "before": "", **more}
            name = f"{part}-{number}"
            self.services[name] = Service(id=name, name=name, part=part, release=release, replicas=replicas,
                                          tasks=tasks, **usual)  # fmt: skip
        return self

    def all(self):
        numbers = sorted({self._number(each) for each in self.services})
        return [self._set([each for each in self.services.values() if self._number(each.name) == n]) for n in numbers]

    def settings(self, launch):
        return f"{launch.settings}.x"

    def make(self, release, launch, number, _pace):
        self.asked.append(f"make {release} {number}")
        taken = max((self._number(each) for each in self.services), default=0) + 1
        for part in launch.parts:
            self.add(taken, release, 0, (part.service,))
            self._change(f"{part.service}-{taken}", replicas=number, update="updating", settings=self.settings(launch))
        return taken

    def become(self, each, release, _launch, pace, *, was):
        stale = [one for one in each.services if one.release != release]
        self.asked.append(f"become {release} {[one.name for one in stale]} {pace.at_once} {pace.seconds:g}")
        for one in stale:
            self._change(one.name, release=release, was=was, update="updating", before=one.release)

    def back(self, service):
        self.asked.append(f"back {service.name}")
        one = self.services[service.name]
        self._change(one.name, release=one.before, was="", update="rollback_started", before=one.release)

    def scale(self, each, number):
        self.asked.append(f"scale {each.name} {number}")
        for one in each.services:
            self._change(one.name, replicas=number, update="updating", before=one.release)

    def until_few(self, each, number, **_):
        while any(len(one.tasks) > number for one in self.services.values() if one.name in each.services):
            self.pause("")

    def end(self, going, **_):
        self.asked.append(f"end {[each.name for each in going]}")
        for each in going:
            for one in each.services:
                del self.services[one.name]

    def pause(self, *_):
        self.pauses += 1
        if self.pauses == self.until:
            raise Killed
        for one in list(self.services.values()):
            self._step(one)
        self.fewest = min(self.fewest, *(sum(task.healthy for task in each.tasks) for each in self.services.values()))

    def words(self, task):
        return Words(log="docker service logs", lines=("begins", "KeyError: 'currency'") if task.failed else ())

    def illness(self, _):
        return self.ill

    def _step(self, one):
        stale = [task for task in one.tasks if task.healthy and task.release != one.release]
        dead = tuple(task for task in one.tasks if task.failed)
        live = [task for task in one.tasks if task.healthy]
        if one.release in self.bad and any(task.failed and task.release == one.release for task in one.tasks):
            if one.before and one.update == "updating":
                self._change(one.name, release=one.before, before=one.release, update="rollback_started")
            return
        if len(live) - len(stale) < one.replicas:
            state = "failed" if one.release in self.bad else "starting" if one.release in self.slow else "running"
            if state != "starting" or not any(task.state == "starting" for task in one.tasks):
                # Another one first; only when it runs an old one goes.
                gone = stale[:1] if state == "running" else []
                kept = tuple(task for task in one.tasks if task not in gone)
                self._change(one.name, tasks=(self._task(one.release, state), *kept))
        elif len(live) > one.replicas:
            self._change(one.name, tasks=(*live[: one.replicas], *dead))
        elif one.update == "updating":
            self._change(one.name, update="completed")
        elif one.update == "rollback_started":
            self._change(one.name, update="rollback_completed")

    def _task(self, release, state):
        return Task(id=f"t{next(self.ids)}", release=release, state=state, wanted=state != "failed")

    def _change(self, name, **more):
        self.services[name] = replace(self.services[name], **more)

    @staticmethod
    def _number(name):
        return int(name.rpartition("-")[2])

    def _set(self, services):
        first = services[0]
        healthy = any(task.healthy for task in first.tasks)
        number, many = self._number(first.name), tuple(services)
        return Set(name=f"set-{number}", release=first.release, healthy=healthy, settings=first.settings,
                   number=number, services=many, port=8000)  # fmt: skip


class Cargo:
    """With what releases are started."""

    def __init__(self, parts):
        parts = tuple(SimpleNamespace(service=part) for part in parts)
        self.now, self.parts, self.kept = SimpleNamespace(parts=parts, settings="now"), parts, []

    def former(self, _):
        return SimpleNamespace(parts=self.parts, settings="then")

    def remember(self, release, launch):
        pass

    def keep(self, release, settings):
        self.kept.append((release, settings))

    def hide(self, _):
        return lambda text: text.replace("swordfish", "***")


def squad(sea, tmp_path, shares=None, *, parts=("web",), start=60.0):
    """The sets of that sea behind a proxy with those shares."""
    return Squad(
        proxy=Quay(dict(shares or {})),
        fence=Fence(tmp_path), number=1, sets=sea, programs=Cargo(parts),
        environment=SimpleNamespace(start=start, drain=4.0),
    )  # fmt: skip


def rolling(made, **more):
    """What rolls it, and what it said."""
    said = []
    return Rolling(squad=made, shell=SimpleNamespace(say=said.append), **more), said
