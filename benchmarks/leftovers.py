"""What a deploy left behind that should not be there: processes, ports, a lease, a rollout without an end."""

import time

from benchmarks.ground import Ground
from twinrail.deploy.standing import unfinished


def leftovers(ground: Ground) -> list[str]:
    """What is not as it should be where one release serves everybody and nobody deploys."""
    shares = ground.place.target.state().shares
    if list(shares.values()) != [100.0]:
        return [f"the shares are {dict(shares)}"]
    return [*ground.strays(), *_written(ground)]


def _written(ground: Ground) -> list[str]:
    ledger = ground.place.ledger
    entries, faults = ledger.examine()
    holder, left = ledger.holder(), unfinished(entries)
    # A lease whose process is gone is nobody's: the next one takes it.
    held = holder and not holder.over(time.time(), time.monotonic())
    return [
        *(str(each) for each in faults),
        *([f"{holder.owner} holds the lease"] if holder and held else []),
        *([f"{left.release.name} is unfinished"] if left else []),
    ]
