"""The way back, as moves: the same for every strategy, because it starts from what the place shows."""

from collections.abc import Iterator

from twinrail.deploy.moves import Move, Shift, Start, Stop


def retreat(old: str, new: str, *, replicas: int) -> Iterator[Move]:
    """The moves back to `old`: capacity first, then traffic, then the new one's end.

    Where nothing was live before, the new one leaves the traffic and ends.
    """
    if old and old != new:
        yield Start(old, replicas)
        yield Shift({old: 100.0})
    elif not old:
        yield Shift({})
    if old != new:
        yield Stop(new)
