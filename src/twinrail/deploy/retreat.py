"""The way back, as moves: the same for every strategy, because it starts from what the place shows."""

from collections.abc import Iterator

from twinrail.deploy.moves import Move, Shift, Start, Steer, Stop


def retreat(old: str, new: str, *, replicas: int, steered: bool = False) -> Iterator[Move]:
    """The moves back to `old`: capacity first, then traffic, then the new one's end.

    Where nothing was live before, the new one leaves the traffic and ends.

    Args:
        old: the release that was live, or empty.
        new: the release on its way.
        replicas: how many instances of the old one serve.
        steered: whether people were told apart on the way.
    """
    if old == new:
        return
    if old:
        yield Start(old, replicas)
    yield Shift({old: 100.0} if old else {})
    if steered:
        yield Steer()
    yield Stop(new)
