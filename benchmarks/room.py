"""The room of a part: a folder of its own, environments in it, and what all parts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bad import Grain
from benchmarks.ground import Ground
from benchmarks.killing import Direction, Ending
from benchmarks.shop import SHOP
from benchmarks.stack import StackGround
from benchmarks.swarm import SwarmGround

STRATEGIES = ("rolling", "blue-green", "canary", "ab")
DIRECTIONS: tuple[Direction, ...] = ("deploy", "rollback")
ENDINGS: tuple[Ending, ...] = ("resume", "deploy")
SEED = "rollouts"
STORM = 7
"""Where chance begins in a storm."""

GROUNDS: Mapping[str, type[Ground]] = {"process": Ground, "compose": StackGround, "swarm": SwarmGround}
"""Environments by their target."""
QUICK = Grain(start="60s", bake="300ms", hold="300ms", fails={}, dies={}, memory="1GB", slow=0.0)
"""For good releases: each is watched a moment, so that the moves of watching are there."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """Where a part works: a folder of its own, and somebody who is told how far it is."""

    folder: Path
    tell: Callable[[str], None]

    def ground(self, name: str, on: str = "process", **options: Any) -> Ground:
        """An environment of the shop on that target; `host` and `elsewhere` are no settings of it."""
        rest = {each: options.pop(each) for each in ("host", "elsewhere") if each in options}
        return GROUNDS[on](root=self.folder, kind=SHOP, name=name, options=options, **rest)


Found = tuple[dict[str, Any], list[str]]
"""Figures and faults."""
