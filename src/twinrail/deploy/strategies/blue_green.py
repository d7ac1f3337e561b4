"""blue-green: two full sets, and one switch between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from twinrail.deploy.moves import Hold, Move, Start, Stop
from twinrail.deploy.release import Release
from twinrail.deploy.strategies.arrival import alone, arrive, set_out
from twinrail.project.strategies import Strategy


@dataclass(frozen=True, kw_only=True)
class BlueGreen:
    """Starts a full set of the new release, asks it past the traffic, and switches at once.

    Attributes:
        bake: how long the old set keeps running without traffic, for an instant way back, in seconds.
        standby: whether it keeps running until the next deploy.
    """

    bake: float = 0.0
    standby: bool = False

    @classmethod
    def of(cls, settings: Strategy, bake: float) -> Self:
        """The strategy as the settings want it, which watches for `bake` seconds."""
        return cls(standby=settings.standby, bake=bake)

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old` (empty where nothing is live) to `new`."""
        if not old or old == new.name:
            yield from alone(old, new, replicas=replicas, bake=self.bake)
            return
        yield from set_out(new)
        yield Start(new.name, replicas)
        yield Hold(new.name, "step")
        yield from arrive(new.name, self.bake)
        if not self.standby:
            yield Stop(old)
