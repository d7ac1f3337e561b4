"""rolling: some new ones in, as many old ones out, until all are new."""

from collections.abc import Iterator
from dataclasses import dataclass

from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Shift, Start, Stop
from twinrail.deploy.release import Release


@dataclass(frozen=True)
class Rolling:
    """Replaces `surge` replicas at a time.

    Traffic follows the healthy instances. The last old instance stays, without traffic, until the gates are open.
    A release that is live already is brought to its replicas, no more and no fewer.
    """

    surge: int = 1

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old` (empty where nothing is live) to `new`."""
        yield Bring(new)
        yield Migrate(new.name)
        fresh, stale = 0, replicas if old and old != new.name else 0
        while fresh < replicas:
            fresh = min(fresh + self.surge, replicas)
            yield Start(new.name, fresh)
            if stale and fresh < replicas:
                yield Shift(_by_instances({old: stale, new.name: fresh}))
                stale = max(replicas - fresh, 1)
                yield Stop(old, stale)
        yield Shift({new.name: 100.0})
        yield Hold(new.name)
        if stale:
            yield Stop(old)
        elif old:
            yield Stop(new.name, replicas)


def _by_instances(instances: dict[str, int]) -> dict[str, float]:
    total = sum(instances.values())
    return {name: 100.0 * count / total for name, count in instances.items()}
