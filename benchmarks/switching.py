"""One release after the other under load: nobody may notice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.ground import Ground
from benchmarks.leftovers import leftovers
from benchmarks.load import People, going_on, wrong_orders
from benchmarks.watcher import Seen


@dataclass(frozen=True, kw_only=True)
class Switched:
    """What was seen of switches under load.

    Attributes:
        switches: how many there were.
        found: all that the client found.
        seen: what the watcher saw.
        wrong_orders: what the database says otherwise than the client.
        faults: what is not as it should be.
    """

    switches: int
    found: dict[str, Any]
    seen: Seen
    wrong_orders: tuple[str, ...]
    faults: tuple[str, ...] = field(default=())


def _silent(_: str) -> None:
    """Says nothing."""


def switch(
    ground: Ground,
    people: People,
    versions: Sequence[str],
    requests: int,
    orders: Path,
    *,
    tell: Callable[[str], None] = _silent,
) -> Switched:
    """The first version is deployed, then each of the others while people ask: evenly among `requests` of them."""
    ground.deploy(ground.release(versions[0], commit=1))
    switches = len(versions) - 1
    with (
        ground.watcher().watching() as seen,
        going_on(people, ground.address, orders, least=requests) as load,
    ):
        for number, version in enumerate(versions[1:], 1):
            tell(f"switch {number} of {switches} · {load.asked} requests, {load.failed} failed")
            release = ground.release(version, commit=number + 1)
            ground.deploy(release, lambda: load.wait_for(load.asked + requests // switches // 4))
            load.wait_for(requests * number // switches)
    found, wrong = load.found, wrong_orders(orders, ground.database, people.word)
    faults = [
        *([f"requests failed: {found['failures']}, the first: {found['details'][0]}"] if found["failed"] else []),
        *([f"versions answered that were not deployed: {sorted(strange)}"]
          if (strange := found["versions"].keys() - set(versions)) else []),
        *seen.faults,
        *wrong,
        *leftovers(ground),
    ]  # fmt: skip
    return Switched(switches=switches, found=found, seen=seen, wrong_orders=tuple(wrong), faults=tuple(faults))
