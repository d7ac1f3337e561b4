"""A deployer in a process of its own, which may die: `python -m benchmarks.deployer SPEC`, SPEC as JSON.

It dies as by SIGKILL, at a write of its journal or of a process's number; or lives, and says how it ended.
"""

import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from benchmarks.ground import Ground
from twinrail.deploy.interface import Entry
from twinrail.deploy.journal_file import JournalFile
from twinrail.deploy.launch import way_back_of
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.standing import previous
from twinrail.deploy.targets.process.instances import Instance, Instances
from twinrail.system.errors import TwinrailError

When = Literal["before", "amid", "after", "pid"]
"""Before an entry is written; when its line stands there and the journal's head does not name it yet; after it.
Or when a process was started and its number is not written down yet; then the processes are counted."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a deployer dies: at which entry of its own, counted from 1; 0: nowhere."""

    entry: int = 0
    when: When = "before"

    def __str__(self) -> str:
        return f"{self.when} {'process' if self.when == 'pid' else 'entry'} {self.entry}"


@dataclass
class Fate:
    """What becomes of a deployer."""

    point: Point
    written: list[str] = field(default_factory=list)
    started: int = 0

    def meets(self, when: When) -> None:
        """The process dies, if this is where it is to."""
        at = self.started if when == "pid" else len(self.written)
        if (at, when) == (self.point.entry, self.point.when):
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class MortalJournal(JournalFile):
    """A journal whose writer may die between the line and the head."""

    fate: Fate = field(default_factory=lambda: Fate(Point()))

    def _write_head(self, entry: Entry) -> None:
        self.fate.meets("amid")
        super()._write_head(entry)


@dataclass(frozen=True)
class MortalLedger(FileLedger):
    """A ledger whose writer may die at each entry."""

    fate: Fate = field(default_factory=lambda: Fate(Point()))

    @property
    def _journal(self) -> JournalFile:
        return MortalJournal(self.folder, self.fate)

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        """Adds an entry, or dies over it."""
        self.fate.written.append(kind)
        self.fate.meets("before")
        entry = super().append(kind, facts, fence=fence)
        self.fate.meets("after")
        return entry


@dataclass(frozen=True)
class MortalInstances(Instances):
    """Processes whose starter may die instead of writing down the number of one."""

    fate: Fate = field(default_factory=lambda: Fate(Point()))

    def write(self, instance: Instance) -> None:
        """Writes down what is known of a process, or dies over it."""
        if instance.pid and not instance.healthy and not instance.going:
            self.fate.started += 1
            self.fate.meets("pid")
        super().write(instance)


def main(spec: Mapping[str, Any]) -> int:
    """The exit code."""
    module, _, name = spec["kind"].partition(":")
    kind = getattr(importlib.import_module(module), name)
    told = {name: spec[name] for name in ("name", "options", "host")}
    ground = Ground(root=Path(spec["root"]), kind=kind, elsewhere=spec["elsewhere"] and Path(spec["elsewhere"]), **told)
    fate = Fate(Point(**spec["point"]))
    # The target keeps its instances, once it was asked for them.
    vars(ground.place.target)["instances"] = MortalInstances(ground.folder, fate)
    vars(ground)["place"] = replace(ground.place, ledger=MortalLedger(ground.folder, fate=fate))
    release = ground.release(spec["version"], spec["mood"], commit=spec["commit"]) if spec["version"] else None
    if spec["file_size"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (spec["file_size"], resource.RLIM_INFINITY))
    try:
        if release:
            ground.deploy(release)
        else:
            _back(ground)
    except TwinrailError as error:
        print(json.dumps({"said": str(error), "exit_code": error.exit_code, "written": fate.written}))
        return error.exit_code
    print(json.dumps({"said": "it arrived", "exit_code": 0, "written": fate.written}))
    return 0


def _back(ground: Ground) -> None:
    before = previous(ground.place.ledger.read())
    if before is None or before.what is None:
        raise SystemExit("There is no release to go back to.")
    way_back_of(ground.work, ground.place, before.what).run(before.what)


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1])))
