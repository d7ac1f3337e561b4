"""What the parts of the bench of rollouts measure: figures, and what is not as it should be."""

import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.analysis import simulate
from benchmarks.bad import HOST, Bad, Grain, bad_releases, strategy
from benchmarks.cancelling import CASES, cancel
from benchmarks.crowding import crowd
from benchmarks.ground import Ground
from benchmarks.lease_storm import storm
from benchmarks.load import People
from benchmarks.ordering import deploy_in
from benchmarks.results import as_json
from benchmarks.room import QUICK, SEED, STORM, Found, Room
from benchmarks.shop import SHOP
from benchmarks.switching import switch
from benchmarks.turning import Turned, ground_for, turn_back
from twinrail.deploy.targets.process.ports import free_port


def under_load(name: str, switches: int, requests: int, room: Room, *, slow: tuple[float, ...]) -> Found:
    """Switches under load; `slow` people are answered after so many seconds."""
    ground = room.ground(f"load-{name}", strategy=strategy(name, QUICK), analysis=False)
    people = People(mix="shopfront", word=name, people=8, slow=slow)
    versions = [f"1.4.{number}" for number in range(switches + 1)]
    try:
        done = switch(ground, people, versions, requests, room.folder / "orders.txt", tell=room.tell)
    finally:
        ground.end()
    figures = {key: value for key, value in done.found.items() if key not in {"details", "versions"}}
    seen = {key: getattr(done.seen, key) for key in ("changes", "missed", "ends", "asked", "overtaken")}
    watched = {**seen, "faults": len(done.seen.faults)}
    told = {"strategy": name, "switches": done.switches, "wrong_orders": len(done.wrong_orders)}
    unread = [f"{done.seen.missed} versions of the routes were not read"] if done.seen.missed else []
    return {**told, **figures, "watched": watched}, [*done.faults, *unread]


def bad(names: Mapping[str, str], grain: Grain, room: Room) -> Found:
    """Each bad release by the strategy that `names` says; the strategies side by side, if there are several."""
    cases = list(enumerate(bad_releases(grain), 1))
    done = itertools.count(1)

    def by(name: str) -> list[Turned]:
        port, found = free_port(), list[Turned]()
        try:
            for number, case in cases:
                if names[case.name] == name:
                    found.append(
                        _turn(room, case, number, strategy=strategy(name, grain), start=grain.start, port=port)
                    )
                    room.tell(f"{next(done)} of {len(cases)} · {case.name} × {name}")
        finally:
            room.ground(f"bad-{name}").end()
        return found

    strategies = sorted(set(names.values()))
    with ThreadPoolExecutor(len(strategies)) as pool:
        found = [(each, name) for name, some in zip(strategies, pool.map(by, strategies), strict=True) for each in some]
    rows = [{**as_json(each), "strategy": name} for each, name in found]
    return {"cases": rows}, [f"{each.name} × {name}: {fault}" for each, name in found for fault in each.faults]


def _turn(room: Room, case: Bad, number: int, **settings: Any) -> Turned:
    # One environment a strategy: what was live before is live for the next one, unless the disk is another.
    folder = room.folder / case.name.replace(" ", "-")
    folder.mkdir()

    def make(options: Mapping[str, Any], elsewhere: Path | None) -> Ground:
        name, port = f"bad-{settings['strategy']['name']}", {"port": free_port()} if elsewhere else {}
        return room.ground(name, host=HOST, elsewhere=elsewhere, **{"analysis": False, **settings, **port, **options})

    with ground_for(case, make, folder) as ground:
        if not ground.place.target.state().live:
            ground.deploy(ground.release("1.4.0", commit=1))
        return turn_back(ground, case, f"1.4.{number}", 1 + number, folder / "orders.txt")


def in_order(orders: Sequence[tuple[int, ...]], at_once: int, room: Room) -> Found:
    """Five releases in each of those orders."""
    done = itertools.count(1)

    def one(order: tuple[int, ...]) -> list[str]:
        name, quick = "order-" + "".join(map(str, order)), strategy("rolling", QUICK)
        ground = room.ground(name, replicas=1, strategy=quick, analysis=False)
        try:
            found = deploy_in(order, ground)
        finally:
            ground.end()
        room.tell(f"{next(done)} of {len(orders)} orders")
        return found

    with ThreadPoolExecutor(at_once) as pool:
        faults = [fault for found in pool.map(one, orders) for fault in found]
    return {"orders": len(orders), "deploys": 5 * len(orders)}, faults


def cancelled(room: Room) -> Found:
    """A deploy by the real command line, cancelled as a runner does it."""
    found = {}
    for number, case in enumerate(CASES):
        room.tell(f"{case.name} ({number + 1} of {len(CASES)})")
        found[case.name] = cancel(room.folder / str(number), SHOP, case)
    rows = [{"name": name, "by": each.by, "exit_code": each.exit_code, "resumed": each.resumed}
            for name, each in found.items()]  # fmt: skip
    return {"cases": rows}, [f"{name}: {fault}" for name, each in found.items() for fault in each.faults]


def stormy(processes: int, rounds: int, room: Room, *, seed: int = STORM) -> Found:
    """Many holders of one lease at once, killed and put to sleep at random; what they change is a mark in a file."""
    found = storm(processes, rounds, seed, folder=room.folder / "place", tell=room.tell)
    told = {"processes": processes, "rounds": rounds, "ends": dict(sorted(found.ends.items())), "slept": found.slept}
    return {"what": "holders of a lease, struck at random", **told, "changes": found.marks}, found.faults


def crowded(deployers: int, rounds: int, room: Room, *, seed: str = SEED) -> Found:
    """Many real deployers at once at one environment, each with a release of its own."""
    ground = room.ground("crowded", strategy=strategy("rolling", QUICK), analysis=False)
    chance, ends, faults = random.Random(seed), Counter[str](), list[str]()  # noqa: S311  # no secret
    try:
        ground.deploy(ground.release("1.0", commit=0))
        for number in range(rounds):
            commits = list(range(number * deployers + 1, (number + 1) * deployers + 1))
            chance.shuffle(commits)
            done = crowd(ground, commits)
            ends.update(done.ends)
            faults += [f"round {number + 1}: {fault}" for fault in done.faults]
            room.tell(f"round {number + 1} of {rounds} · {ends['arrived']} arrived, {len(faults)} faults")
    finally:
        ground.end()
    told = {"processes": deployers, "rounds": rounds, "ends": dict(sorted(ends.items())), "slept": 0}
    return {"what": "deployers, each with a release of its own", **told, "changes": ends["arrived"]}, faults


def judged(pairs: int, seed: int, room: Room) -> Found:
    """How often the analysis is wrong over so many pairs of releases a case."""
    room.tell(f"{pairs:,} pairs a case")
    rows = simulate(pairs, seed)
    faults = [f"{row.name}: {row.wrong} of {row.pairs:,}, at most {row.most * 100:g} %" for row in rows if not row.ok]
    return {"seed": seed, "cases": as_json(rows)}, faults
