"""What every strategy shares: how a release arrives, and the plans in which there is nothing to take over from."""

from collections.abc import Iterator

from twinrail.deploy.moves import Bring, Hold, Migrate, Move, Shift, Start, Stop
from twinrail.deploy.release import Release


def set_out(new: Release) -> Iterator[Move]:
    """The release comes to the place, and the database is expanded for it."""
    yield Bring(new)
    yield Migrate(new.name)


def arrive(new: str, bake: float) -> Iterator[Move]:
    """All traffic goes to the release; its gates are asked, and it is watched for `bake` seconds."""
    yield Shift({new: 100.0})
    yield Hold(new, "arrived")
    yield Hold(new, "bake", bake)


def alone(old: str, new: Release, *, replicas: int, bake: float) -> Iterator[Move]:
    """The plan where nothing is live, or the same release is: it is brought to its replicas, no more and no fewer."""
    yield from set_out(new)
    first = 1 if old else replicas
    for count in range(first, replicas + 1):
        yield Start(new.name, count)
    yield from arrive(new.name, bake)
    if old:
        yield Stop(new.name, replicas)
