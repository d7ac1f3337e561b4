"""The parts of the bench of rollouts: each runs by itself, in at most twenty minutes."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.bad import Grain, bad_images
from benchmarks.deployer import When
from benchmarks.kill_points import killed, some_killed
from benchmarks.killing import Direction
from benchmarks.measures import bad, cancelled, crowded, in_order, judged, stormy, under_load
from benchmarks.results import Form
from benchmarks.room import DIRECTIONS, SEED, STORM, STRATEGIES, Found, Room

FULL = Grain(start="20s", bake="15s", hold="4s", fails={"seconds": 10}, dies={"seconds": 8}, memory="250MB", slow=0.1)
"""For bad releases, as they would be."""
SHORT = Grain(start="15s", bake="4s", hold="3s", fails={"requests": 30}, dies={"requests": 8}, memory="200MB", slow=0.1)
"""For bad releases, by counts."""
SHORT_BAD = {
    "never starts": "rolling", "crash loop": "canary", "slow start": "canary", "fails after a while": "blue-green",
    "one of two fails": "ab", "fails at the front page": "canary", "wrong host": "ab", "memory grows": "blue-green",
    "ten times slower": "ab", "wrong version": "rolling", "port clash": "rolling", "disk full": "canary",
    "disk full to the last byte": "ab", "artifact missing": "blue-green",
}  # fmt: skip
"""Which strategy each bad release meets in the short form."""

ENGINES = ("compose", "swarm")
"""The targets whose instances are containers."""
ENGINE_SWITCHES, ENGINE_REQUESTS = 10, 50_000
"""Of each strategy on such a target."""
SWITCHES, REQUESTS = 11, 125_500
"""Of each half of a strategy's load."""
SHORT_SWITCHES, SHORT_REQUESTS = 2, 5_000
"""Of each strategy in the short form."""
SHORT_KILLS = 12
SHORT_ORDERS = [(3, 1, 5, 2, 4), (5, 4, 3, 2, 1), (2, 1, 4, 3, 5)]
ORDERS = list(itertools.permutations(range(1, 6)))
MOMENTS: tuple[When, ...] = ("before", "after")
MIDDLE = 13
"""A deploy of several steps writes twice as many entries as any other: its first part ends with this one."""
DEPLOYERS, STORMS, CROWDS = 20, (17, 17, 16), 2
"""How many deploy at once, how often where they are struck at random, and how often with the shop itself."""
SHORT_STORMS = 3
PAIRS = 1000
"""Of releases, for each case of the analysis."""
ON_THEIR_OWN = frozenset({"load", "bad", "cancelled"})
"""Kinds of parts that have the machine for themselves: how fast it is shows in what they find. The others wait."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the bench.

    Attributes:
        name: as `--part` takes it.
        section: what kind of part it is: load, bad, kills, orders, storm, cancelled, analysis.
        form: to which form it belongs.
        says: what it does.
        run: does it.
    """

    name: str
    section: str
    form: Form
    says: str
    run: Callable[[Room], Found]

    @property
    def alone(self) -> bool:
        """Whether no other part may run beside it."""
        return self.section in ON_THEIR_OWN


def _loads() -> Iterator[Part]:
    for name in STRATEGIES:
        for half in (1, 2):
            yield Part(name=f"load-{name}-{half}", section="load", form="full",
                       run=partial(under_load, name, SWITCHES, REQUESTS, slow=(0.3, 0.3, 10.0)),
                       says=f"{SWITCHES} switches of {name} under {REQUESTS:,} requests")  # fmt: skip
    for on, name in itertools.product(ENGINES, STRATEGIES):
        yield Part(name=f"load-{name}-{on}", section="load", form="engine",
                   run=partial(under_load, name, ENGINE_SWITCHES, ENGINE_REQUESTS, slow=(0.3,), on=on),
                   says=f"{ENGINE_SWITCHES} switches of {name} on {on}, {ENGINE_REQUESTS:,} requests")  # fmt: skip


def _bad() -> Iterator[Part]:
    for name in STRATEGIES:
        yield Part(name=f"bad-{name}", section="bad", form="full",
                   run=partial(bad, dict.fromkeys(SHORT_BAD, name), FULL),
                   says=f"every bad release, deployed by {name}")  # fmt: skip
    for on, name in itertools.product(ENGINES, STRATEGIES):
        yield Part(name=f"bad-{name}-{on}", section="bad", form="engine",
                   run=partial(bad, {each.name: name for each in bad_images(FULL)}, FULL, on=on),
                   says=f"every bad release, deployed by {name} on {on}")  # fmt: skip


def _kills(name: str, direction: Direction, moment: When) -> Iterator[Part]:
    whole, says = f"kills-{name}-{direction}-{moment}", f"the deployer of a {direction} by {name} killed {moment}"
    if direction == "rollback" or name == "blue-green":
        yield Part(name=whole, section="kills", form="full", run=partial(killed, name, direction, moment),
                   says=f"{says} each entry")  # fmt: skip
        return
    yield Part(name=f"{whole}-1", section="kills", form="full",
               run=partial(killed, name, direction, moment, last=MIDDLE),
               says=f"{says} each of its first {MIDDLE} entries")  # fmt: skip
    yield Part(name=f"{whole}-2", section="kills", form="full",
               run=partial(killed, name, direction, moment, first=MIDDLE + 1),
               says=f"{says} each later entry")  # fmt: skip


def _crowds() -> Iterator[Part]:
    yield Part(name="cancelled", section="cancelled", form="full", run=cancelled,
               says="the real command line, cancelled as a runner does it")  # fmt: skip
    for number, rounds in enumerate(STORMS, 1):
        yield Part(name=f"storm-{number}", section="storm", form="full",
                   run=partial(stormy, DEPLOYERS, rounds, seed=STORM + number),
                   says=f"{DEPLOYERS} holders of a lease at once, {rounds} times, killed or put to sleep")  # fmt: skip
    for number in range(1, CROWDS + 1):
        yield Part(name=f"storm-deploys-{number}", section="storm", form="full",
                   run=partial(crowded, DEPLOYERS, 1, seed=f"{SEED} {number}"),
                   says=f"{DEPLOYERS} deployers of different releases at once")  # fmt: skip


def _full() -> Iterator[Part]:
    yield from _loads()
    yield from _bad()
    for name, direction, moment in itertools.product(STRATEGIES, DIRECTIONS, MOMENTS):
        yield from _kills(name, direction, moment)
    for quarter in range(1, 5):
        orders = ORDERS[quarter - 1 :: 4]
        yield Part(name=f"orders-{quarter}", section="orders", form="full", run=partial(in_order, orders, 2),
                   says=f"five releases in {len(orders)} orders")  # fmt: skip
    yield from _crowds()
    yield Part(name="analysis", section="analysis", form="full", run=partial(judged, PAIRS, 1),
               says=f"the analysis over {PAIRS:,} pairs of releases a case")  # fmt: skip


def _short() -> Iterator[Part]:
    for name in STRATEGIES:
        yield Part(name=f"short-load-{name}", section="load", form="short",
                   run=partial(under_load, name, SHORT_SWITCHES, SHORT_REQUESTS, slow=(0.3, 0.3, 2.0)),
                   says=f"{SHORT_SWITCHES} switches of {name} under {SHORT_REQUESTS:,} requests")  # fmt: skip
    yield Part(name="short-bad", section="bad", form="short", run=partial(bad, SHORT_BAD, SHORT),
               says="every bad release once")  # fmt: skip
    yield Part(name="short-kills", section="kills", form="short", run=partial(some_killed, SHORT_KILLS),
               says=f"{SHORT_KILLS} kill points")  # fmt: skip
    yield Part(name="short-orders", section="orders", form="short", run=partial(in_order, SHORT_ORDERS, 3),
               says="three orders of five releases")  # fmt: skip
    yield Part(name="short-storm", section="storm", form="short", run=partial(stormy, DEPLOYERS, SHORT_STORMS),
               says=f"{DEPLOYERS} holders of a lease at once, {SHORT_STORMS} times")  # fmt: skip


PARTS: tuple[Part, ...] = (*_full(), *_short())
"""All parts, in the order in which they run."""
