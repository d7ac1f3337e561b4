"""Many deploys at once, their holders killed or put to sleep at random: never two writers.

`python benchmarks/lease_storm.py --processes 20 --rounds 50`
"""

import argparse
import contextlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from twinrail.deploy.fence import Fence
from twinrail.deploy.lease import Heartbeat
from twinrail.deploy.ledger import FileLedger
from twinrail.system.errors import LeaseLost, PlaceTaken

LENGTH = 0.3
"""How long a lease lasts here, in seconds."""
_MARKS = "marks.log"
_HOLDERS, _KILLS, _SLEEPS = 0.8, 0.1, 0.45
"""How often it is the holder of the lease who is struck; how often that one is killed; killed or put to sleep."""
_CHANGES = 3
"""How many changes a deploy makes at the place."""
_ENDS = {0: "done", LeaseLost.exit_code: "refused", PlaceTaken.exit_code: "gave up", -signal.SIGKILL: "killed"}


@dataclass(kw_only=True)
class Result:
    """What came of a storm.

    Attributes:
        ends: how many deploys were done, refused, killed, or gave up waiting.
        slept: how many times a process was put to sleep.
        marks: how many changes were begun at the place.
        entries: how many entries the journal has.
        faults: what must never be, in words.
        seconds: how long it took.
    """

    processes: int
    rounds: int
    seed: int
    ends: Counter[str] = field(default_factory=Counter)
    slept: int = 0
    marks: int = 0
    entries: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items()))
        told = f"{self.rounds} rounds of {self.processes} deploys at once (seed {self.seed}): {ends}"
        rest = f"{self.slept} put to sleep; {self.marks} changes, {self.entries} entries, {len(self.faults)} faults"
        return "\n".join([f"{told}; {rest}", *self.faults])


def storm(
    processes: int,
    rounds: int,
    seed: int,
    *,
    folder: Path | None = None,
    length: float = LENGTH,
    tell: Callable[[str], None] = lambda _: None,
) -> Result:
    """So many rounds of so many deploys at once to one place, in `folder` or a temporary one; `tell` hears of each."""
    with contextlib.ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.monotonic()
        weather = _Weather(place, length, random.Random(seed))  # noqa: S311  # no secret
        result = Result(processes=processes, rounds=rounds, seed=seed)
        for number in range(rounds):
            result.ends.update(weather.round(f"{seed}.{number}", processes))
            tell(f"round {number + 1} of {rounds} · {result.ends['done']} done, {result.ends['killed']} killed")
        result.slept = weather.slept
        _judge(place, weather.killed, result)
        result.seconds = time.monotonic() - began
    return result


def faults_of(marks: Iterable[str], killed: frozenset[str] | set[str]) -> list[str]:
    """Where two changed the place at once, or one whose lease was past; a killed one may leave a change without end."""
    faults: list[str] = []
    amid, highest = "", 0
    for line in marks:
        what, lease, who = line.split()
        if int(lease) < highest:
            faults.append(f"{line}: lease {highest} had been at work before")
        highest = max(highest, int(lease))
        if what == "start" and amid and amid.split()[1] not in killed:
            faults.append(f"{line}: {amid} was amid its change")
        if what == "end" and amid != f"{lease} {who}":
            faults.append(f"{line}: it was not amid a change")
        amid = f"{lease} {who}" if what == "start" else ""
    if amid and amid.split()[1] not in killed:
        faults.append(f"{amid} never ended its change")
    return faults


def _judge(place: Path, killed: set[str], result: Result) -> None:
    ledger = FileLedger(place)
    marks = (place / _MARKS).read_text(encoding="utf-8").splitlines()
    entries, broken = ledger.examine()
    fences = [entry.fence for entry in entries]
    result.marks, result.entries = len([mark for mark in marks if mark.startswith("start")]), len(entries)
    result.faults += faults_of(marks, killed)
    result.faults += [f"the journal: {fault}" for fault in broken]
    result.faults += ["an entry of an older lease stands behind one of a newer"] if fences != sorted(fences) else []
    lives = len([entry for entry in entries if entry.kind == "live"])
    result.faults += [f"{lives} deploys arrived, {result.ends['done']} say so"] if lives < result.ends["done"] else []
    if ledger.lease("whoever comes after", 60.0) <= max(fences, default=0):
        result.faults.append("a number came a second time")


@dataclass
class _Weather:
    """Starts deploys and strikes at them."""

    place: Path
    length: float
    random: random.Random
    killed: set[str] = field(default_factory=set)
    slept: int = 0

    def round(self, name: str, count: int) -> Counter[str]:
        """How so many deploys at once ended; one at least is never killed."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["twinrail.deploy.ledger", "twinrail.deploy.lease"])
        words = [(self.place, f"{name}.{at}", self.length) for at in range(count)]
        deploys = [context.Process(target=_deploy, args=each, name=each[1]) for each in words]
        for each in deploys:
            each.start()
        try:
            self._strike(deploys)
        finally:
            for each in deploys:
                each.kill()  # whoever is asleep still hears nothing less
                each.join()
        self.killed |= {each.name for each in deploys if each.exitcode == -signal.SIGKILL}
        return Counter(_ENDS.get(each.exitcode or 0, f"ended with {each.exitcode}") for each in deploys)

    def _strike(self, deploys: Sequence[BaseProcess]) -> None:
        mercy = len(deploys) - 1
        asleep: dict[psutil.Process, float] = {}
        known = {each.pid: psutil.Process(each.pid) for each in deploys if each.is_alive()}
        while living := [known[each.pid] for each in deploys if each.is_alive()]:
            time.sleep(self.random.uniform(0, self.length / 2))
            struck, fate = self._chosen(living), self.random.random()
            with contextlib.suppress(psutil.Error):
                if fate < _KILLS and mercy:
                    mercy -= 1
                    struck.kill()
                elif fate < _SLEEPS and struck not in asleep:
                    struck.suspend()
                    asleep[struck] = time.monotonic() + self.length * self.random.uniform(0.5, 2.5)
                    self.slept += 1
            for each in [each for each, until in asleep.items() if until < time.monotonic()]:
                del asleep[each]
                with contextlib.suppress(psutil.Error):
                    each.resume()

    def _chosen(self, living: Sequence[psutil.Process]) -> psutil.Process:
        # The holder of the lease, mostly.
        lease = FileLedger(self.place).holder() if self.random.random() < _HOLDERS else None
        return next((each for each in living if lease and each.pid == lease.pid), self.random.choice(living))


def _deploy(place: Path, name: str, length: float) -> None:
    chance = random.Random(name)  # noqa: S311  # no secret
    ledger, fence = FileLedger(place, run=name), Fence(place)
    try:
        number = _await_lease(ledger, name, length, chance)
        with Heartbeat(ledger, number, length=length):
            ledger.append("begin", {"release": name}, fence=number)
            for at in range(_CHANGES):
                ledger.append("move", {"number": at}, fence=number)
                with fence.guard(number):
                    _mark(place, f"start {number} {name}")
                    time.sleep(chance.uniform(0, length / 10))
                    _mark(place, f"end {number} {name}")
                ledger.append("made", {"number": at}, fence=number)
                time.sleep(chance.uniform(0, length / 6))
            ledger.append("live", {"release": name}, fence=number)
        ledger.give_back(number)
    except (LeaseLost, PlaceTaken) as error:
        sys.exit(error.exit_code)


def _await_lease(ledger: FileLedger, name: str, length: float, chance: random.Random) -> int:
    while True:
        try:
            return ledger.lease(name, length)
        except PlaceTaken:
            time.sleep(chance.uniform(0, length / 10))


def _mark(place: Path, line: str) -> None:
    handle = os.open(place / _MARKS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)


def main() -> int:
    """0 when there was never more than one writer."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--processes", type=int, default=20)
    words.add_argument("--rounds", type=int, default=50)
    words.add_argument("--seed", type=int, default=7)
    given = words.parse_args()
    result = storm(given.processes, given.rounds, given.seed)
    print(f"{result}\n{result.seconds:.0f} s")
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
