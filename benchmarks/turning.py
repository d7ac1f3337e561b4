"""A bad release is deployed while people ask: how it ends, and how much of it they notice."""

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bad import HOST, PAUSE, PEOPLE, Bad
from benchmarks.elsewhere import deploy_elsewhere
from benchmarks.ground import Ground
from benchmarks.leftovers import leftovers
from benchmarks.load import Load, People, going_on, wrong_orders
from benchmarks.routing import WHOLE
from benchmarks.stack import docker
from benchmarks.trouble import full, small_disk, taken_port
from benchmarks.watcher import Seen
from twinrail.deploy.standing import unfinished
from twinrail.system.errors import TwinrailError

AFTERWARDS = 100
"""So many requests are asked when the deploy has ended: none of them may fail."""
DISK = "400m"
"""How large the disk is that is to be full."""
LOOK = 1.0
"""Seconds between two looks at how many instances are healthy."""
DIES = "dies after a while"
"""The mood of a release whose instances end amid the traffic: so many fewer there are, until it is noticed."""
NOT_A_LINE = 100
"""A file of so many bytes holds no line of a journal."""
IN_EXPERIMENT = 200
"""So many requests are asked while an experiment runs, before somebody ends it."""


@dataclass(frozen=True, kw_only=True)
class Turned:
    """How the deploy of a bad release ended.

    Attributes:
        name: the bad release.
        said: what was told of it, whole.
        exit_code: how it ended; 0: it arrived.
        asked: requests of people; `failed`: those that failed.
        bound: how many might.
        seconds: from the first failed request until all traffic was back on the old release.
        took: how long the deploy took, in seconds.
        fewest: healthy instances at any look meanwhile, of both releases together.
        faults: what is not as it should be.
    """

    name: str
    said: str
    exit_code: int
    asked: int
    failed: int
    bound: int
    seconds: float
    took: float
    fewest: int
    faults: tuple[str, ...]


def turn_back(ground: Ground, bad: Bad, version: str, commit: int, orders: Path) -> Turned:
    """The deploy of a bad release where a good one is live."""
    old, word = ground.place.target.state().live, f"bad-{commit}"
    people = People(mix=ground.kind.name, word=word, people=PEOPLE, pause=PAUSE, host=HOST)
    with (
        ground.watcher().watching() as seen,
        going_on(people, ground.address, orders) as load,
        counted(ground.capacity) as numbers,
    ):
        began = time.time()
        said, exit_code = _deploy(ground, bad, version, commit, load)
        ended = time.time()
        load.wait_for(load.asked + AFTERWARDS)
    found = load.found
    late = [each for each in found["details"] if each["time"] > ended]
    live, fewest, replicas = ground.place.target.state().live, min(numbers), ground.place.environment.replicas
    faults = [
        *([f"it ended with {exit_code}, not {bad.exit_code}"] if exit_code != bad.exit_code else []),
        *silences(bad, said),
        *([f"{found['failed']} requests failed, not {bad.bound} at most"] if found["failed"] > bad.bound else []),
        *([f"{len(late)} requests failed afterwards: {late[0]}"] if late else []),
        *([f"{live or 'nothing'} is live, not {old}"] if live != old else []),
        *([f"{fewest} healthy instances, not {replicas}"] if fewest < replicas and bad.mood["name"] != DIES else []),
        *leftovers(ground),
        *wrong_orders(orders, ground.database, word),
    ]
    return Turned(
        name=bad.name, said=said, exit_code=exit_code, asked=found["asked"], failed=found["failed"], bound=bad.bound,
        seconds=_away(found["details"], seen, old), took=ended - began, fewest=fewest,
        faults=tuple(faults),
    )  # fmt: skip


@contextlib.contextmanager
def counted(look: Callable[[], int]) -> Iterator[list[int]]:
    """How many there are, each second while the block runs; the first look is made before it."""
    numbers, ended = [look()], threading.Event()

    def count() -> None:
        while not ended.wait(LOOK):
            with contextlib.suppress(TwinrailError, OSError):  # on a disk that is full nobody can look
                numbers.append(look())

    counter = threading.Thread(target=count)
    counter.start()
    try:
        yield numbers
    finally:
        ended.set()
        counter.join()


def silences(bad: Bad, said: str) -> list[str]:
    """What was to be said of it and was not: its cause in the first line, and its last words behind that."""
    first, _, rest = said.partition("\n")
    last_words = rest.partition("Last words")[2]
    return [
        *([] if re.search(bad.cause, first) else [f"the first line does not say {bad.cause!r}: {first}"]),
        *([] if bad.last_words in last_words else [f"the last words do not say {bad.last_words!r}"]),
    ]


@contextlib.contextmanager
def ground_for(bad: Bad, make: Callable[..., Ground], folder: Path) -> Iterator[Ground]:
    """The environment in which it is deployed, by `make`: on a small disk of its own where the disk is to be full.

    `make` is given settings, and where the database is to stand if not there; what runs on the small disk ends here.
    """
    if bad.trouble != "disk":
        yield make(dict(bad.options), None)
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(small_disk(folder / "disk", DISK))
        ground = make({"folder": str(folder / "disk"), **bad.options}, folder / "orders.db")
        stack.callback(ground.end)
        yield ground


def _deploy(ground: Ground, bad: Bad, version: str, commit: int, load: Load) -> tuple[str, int]:
    # What is told at the end, and the exit code.
    with contextlib.ExitStack() as stack:
        mood = dict(bad.mood)
        if bad.trouble == "port":
            mood["port"] = stack.enter_context(taken_port())
        if bad.trouble == "disk":
            return _onto_a_full_disk(ground, bad, version, commit)
        release = ground.release(version, mood, commit=commit)
        if bad.trouble == "wheel":
            release.wheel.unlink()
        if bad.trouble == "image":
            docker("image", "rm", "--force", release.image)
        try:
            ground.deploy(release, lambda: load.wait_for(load.asked + IN_EXPERIMENT))
        except TwinrailError as error:
            return str(error), error.exit_code
    return f"{version} arrived", 0


def _onto_a_full_disk(ground: Ground, bad: Bad, version: str, commit: int) -> tuple[str, int]:
    # By a process of its own, with which its lease ends. What it could not write down is taken back by hand.
    disk, mounted = ground.folder.parent, os.path.ismount(ground.folder.parent)
    with full(disk, left=bad.left) if mounted else contextlib.nullcontext():
        limit = 0 if mounted else bad.left or NOT_A_LINE
        ended = deploy_elsewhere(ground, version, commit, mood=bad.mood, file_size=limit)
    if unfinished(ground.place.ledger.read()):
        ground.back()
    return ended.said, ended.exit_code


def _away(failures: Sequence[Mapping[str, Any]], seen: Seen, old: str) -> float:
    # From the first failure until the routes gave everything to the old release, in seconds; 0 where none failed.
    away = [number for number, (_, weights) in enumerate(seen.shares) if weights != {old: WHOLE}]
    if not failures or not away or away[-1] + 1 == len(seen.shares):
        return 0.0
    return max(seen.shares[away[-1] + 1][0] - float(failures[0]["time"]), 0.0)
