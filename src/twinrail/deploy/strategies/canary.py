"""canary: a little traffic first, then more, as long as the new release does no worse than the old one."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from twinrail.deploy.moves import Hold, Move, Rule, Shift, Start, Steer, Stop, read_rule
from twinrail.deploy.release import Release
from twinrail.deploy.strategies.arrival import alone, arrive, set_out
from twinrail.project.strategies import Strategy


@dataclass(frozen=True, kw_only=True)
class Canary:
    """Raises the new release's share step by step; the old set stays whole until the end.

    Attributes:
        weights: the shares on the way, in percent, each larger than the one before.
        hold: how long each lasts, in seconds.
        bake: how long the release is watched with all traffic, in seconds.
        preview: who meets the new release whatever the weight.
    """

    weights: tuple[float, ...] = (5.0, 25.0, 50.0)
    hold: float = 60.0
    bake: float = 0.0
    preview: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, settings: Strategy, bake: float) -> Self:
        """The strategy as the settings want it, which watches for `bake` seconds."""
        rules = (read_rule("header", settings.header), read_rule("cookie", settings.cookie))
        preview = tuple(rule for rule in rules if rule)
        return cls(weights=settings.weights, hold=settings.hold, bake=bake, preview=preview)

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old` (empty where nothing is live) to `new`."""
        if not old or old == new.name:
            yield from alone(old, new, replicas=replicas, bake=self.bake)
            return
        yield from set_out(new)
        running = 0
        for weight in self.weights:
            if (wanted := math.ceil(replicas * weight / 100)) > running:
                running = wanted
                yield Start(new.name, running)
            if self.preview and weight == self.weights[0]:
                yield Steer(release=new.name, rules=self.preview)
            yield Shift({old: 100.0 - weight, new.name: weight})
            yield Hold(new.name, "step", self.hold)
        if running < replicas:
            yield Start(new.name, replicas)
        arrival = arrive(new.name, self.bake)
        yield next(arrival)
        if self.preview:
            yield Steer()
        yield from arrival
        yield Stop(old)
