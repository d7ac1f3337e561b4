"""What a place shows: folded from its instances and from where traffic was led."""

from collections.abc import Sequence

from twinrail.deploy.interface import State
from twinrail.deploy.moves import Steer
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.routing import Routing


def shown(releases: tuple[str, ...], there: Sequence[Backend], routing: Routing, *, trouble: str) -> State:
    """The state of a place: what stands ready, what runs healthy, who gets how much."""
    healthy = [each.release for each in there if each.healthy]
    counts = {name: healthy.count(name) for name in sorted(set(healthy))}
    steering = routing.steering()
    return State(
        releases=releases,
        instances=counts,
        shares={name: share for name, share in routing.shares().items() if name in counts},
        steering=steering if steering.release in counts else Steer(),
        trouble=trouble if there else "",
    )
