"""A deployer that is killed in the middle: `deployer.py ROOT ENVIRONMENT PORT VERSION ENTRIES PIDS`.

It dies, as by SIGKILL, when it is about to write that entry into the ledger, or that process's number.
"""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from town import Town, make_project

from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.targets.process.instances import Instances


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class MortalLedger(FileLedger):
    """A ledger whose writer dies instead of writing the entry of that number, counted from this rollout's first."""

    last: int = 0

    def append(self, kind, facts, *, fence):
        counted.append(kind)
        if len(counted) == self.last:
            die()
        return super().append(kind, facts, fence=fence)


class MortalInstances(Instances):
    """Processes whose starter dies instead of writing the number of the one that it started as that one."""

    last: int = 0

    def write(self, instance):
        if instance.pid and not instance.healthy and not instance.going:
            started.append(instance.name)
            if len(started) == self.last:
                die()
        super().write(instance)


counted: list[str] = []
started: list[str] = []


def main() -> None:
    root, name, port, version, entries, pids = sys.argv[1:]
    town = Town(project=make_project(Path(root)), name=name, options={"port": int(port), "replicas": 2})
    instances = MortalInstances(town.folder)
    object.__setattr__(instances, "last", int(pids))
    town.place.target.__dict__["instances"] = instances
    town.deploy(version, ledger=MortalLedger(town.folder, last=int(entries)))


if __name__ == "__main__":
    main()
