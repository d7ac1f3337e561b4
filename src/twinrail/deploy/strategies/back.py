"""The way back to a release that was live before: it starts beside the one that is live, and takes over at once."""

from collections.abc import Iterator
from dataclasses import dataclass

from twinrail.deploy.moves import Bring, Hold, Move, Shift, Start, Stop
from twinrail.deploy.release import Release


@dataclass(frozen=True, kw_only=True)
class Back:
    """A full set of the release before, one switch, and the end of the one that was live.

    Attributes:
        bake: how long it is watched with all traffic, in seconds.
    """

    bake: float = 0.0

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old`, which is live, back to `new`, as it ran then. Nothing is migrated."""
        yield Bring(new)
        yield Start(new.name, replicas, former=True)
        yield Shift({new.name: 100.0})
        yield Hold(new.name, "bake", self.bake)
        if old and old != new.name:
            yield Stop(old)
