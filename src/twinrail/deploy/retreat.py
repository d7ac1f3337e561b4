"""The way back, as moves: the same for every strategy, because it leads to what the place showed at the beginning."""

from collections.abc import Iterator, Mapping

from twinrail.deploy.moves import Move, Roll, Shift, Start, Steer, Stop


def retreat(
    old: str, new: str, *, replicas: int, instances: Mapping[str, int], steered: bool = False, rolled: bool = False
) -> Iterator[Move]:
    """The moves back to `old`: capacity first, then traffic, then what runs of the new one beyond what ran before.

    Where nothing was live before, the new one leaves the traffic and ends.

    Args:
        old: the release that was live, or empty.
        new: the release on its way.
        replicas: how many instances were wanted of the new one.
        instances: how many of each release ran before.
        steered: whether people were told apart on the way.
        rolled: whether instances were replaced in their place.
    """
    before = instances.get(new, 0)
    if old == new:
        # Its instances may be younger than the settings that they run with: none is started without need.
        if before > replicas:
            yield Start(new, before, former=True)
        yield Stop(new, before, former=True)
        return
    if old and rolled:
        yield Roll(new, old, former=True)
    if old:
        yield Start(old, max(instances.get(old, 0), 1), former=True)
    yield Shift({old: 100.0} if old else {})
    if steered:
        yield Steer()
    yield Stop(new, before)
