"""Deployers that are killed, at every point or at a sample of them: what a part makes of it."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.bad import PAUSE, PEOPLE, strategy
from benchmarks.deployer import Point, When
from benchmarks.killing import Direction, Ending, Killed, kill
from benchmarks.load import People, going_on
from benchmarks.room import DIRECTIONS, ENDINGS, QUICK, SEED, STRATEGIES, Found, Room


def killed(
    name: str, direction: Direction, moment: When, room: Room, *, first: int = 1, last: int | None = None
) -> Found:
    """A deployer killed at each of its entries from the `first` to the `last`; people are served all the while."""
    ground = room.ground(f"killed-{name}", strategy=strategy(name, QUICK), analysis=False)
    numbers, found = itertools.count(1), list[Killed]()
    try:
        ground.deploy(ground.release("1.0", commit=0))
        people = People(mix="shopfront", word="killed", people=PEOPLE, pause=PAUSE)
        with going_on(people, ground.address, room.folder / "orders.txt") as load:
            entries = itertools.count(first) if last is None else range(first, last + 1)
            for entry, ending in ((number, each) for number in entries for each in ENDINGS):
                found.append(kill(ground, direction, Point(entry=entry, when=moment), ending, numbers))
                room.tell(f"entry {entry}, {ending} · {load.asked} requests, {load.failed} failed")
                if not found[-1].died:
                    break
    finally:
        ground.end()
    faults = [fault for each in found for fault in each.faults] + nobody_killed(found, first=first, last=last)
    faults += [f"requests failed: {load.found['failures']}"] if load.found["failed"] else []
    return _kills(name, direction, found, load.found), faults


def nobody_killed(found: Sequence[Killed], *, first: int = 1, last: int | None = None) -> list[str]:
    """That deployers lived past points at which they were to die: only one may live, past all that it wrote."""
    points, entries = sum(each.died for each in found) // len(ENDINGS), found[-1].entries
    if last is not None:
        return [] if points == last - first + 1 else [f"{points} points, where {first} to {last} were meant"]
    points += first - 1
    return [] if points >= entries > 0 else [f"{points} points, where a deployer writes {entries} entries"]


def _kills(name: str, direction: str, found: list[Killed], load: Mapping[str, Any]) -> dict[str, Any]:
    lives = [each.live for each in found if each.died]
    return {
        "strategy": name,
        "direction": direction,
        "points": len(lives) // len(ENDINGS),
        "endings": len(lives),
        "live": {word: lives.count(word) for word in sorted(set(lives))},
        "asked": load["asked"],
        "failed": load["failed"],
    }


def some_killed(count: int, room: Room) -> Found:
    """A sample of kills, three of each strategy, side by side."""
    numbers = {name: itertools.count(1) for name in STRATEGIES}
    grounds = {
        name: room.ground(f"killed-{name}", strategy=strategy(name, QUICK), analysis=False) for name in STRATEGIES
    }

    done = itertools.count(1)

    def each(name: str) -> list[Killed]:
        found = list[Killed]()
        for direction, point, ending in _sample(name, count // len(STRATEGIES)):
            found.append(kill(grounds[name], direction, point, ending, numbers[name]))
            room.tell(f"{next(done)} of {count} · {direction} by {name}, {point}")
        return found

    try:
        with ThreadPoolExecutor(len(STRATEGIES)) as pool:
            found = [one for some in pool.map(each, STRATEGIES) for one in some]
    finally:
        for ground in grounds.values():
            ground.end()
    faults = [fault for one in found for fault in one.faults]
    faults += ["a deployer did not come to its point"] if not all(one.died for one in found) else []
    return {"points": len(found), "live": {word: [one.live for one in found].count(word)
                                           for word in ("old", "new", "newer")}}, faults  # fmt: skip


def _sample(name: str, count: int) -> Iterator[tuple[Direction, Point, Ending]]:
    chance = random.Random(f"{SEED} {name}")  # noqa: S311  # it draws lots, it keeps no secret
    ways = list(itertools.product(DIRECTIONS, ENDINGS))
    for direction, ending in chance.sample(ways, count):
        moment: When = chance.choice(("before", "amid", "after"))
        yield direction, Point(entry=chance.randint(1, 7 if direction == "rollback" else 13), when=moment), ending
