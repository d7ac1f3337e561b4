"""What a place shows: folded from its instances and from where traffic was led."""

from collections.abc import Sequence

from twinrail.deploy.interface import State
from twinrail.deploy.moves import Steer
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.routing import Routing


def shown(
    releases: tuple[str, ...],
    whole: Sequence[Backend],
    routing: Routing,
    *,
    trouble: str,
    answering: Sequence[Backend],
) -> State:
    """The state of a place: what stands ready, what runs healthy, who gets how much.

    Args:
        releases: the names of those that stand ready.
        whole: the instances that are all there.
        routing: where traffic was led.
        trouble: what keeps the place from answering.
        answering: all that people are led to; one of which a part is missing serves, and is not to be counted on.
    """
    healthy = [each.release for each in whole if each.healthy]
    counts = {name: healthy.count(name) for name in sorted(set(healthy))}
    there = {each.release for each in answering if each.healthy}
    steering = routing.steering()
    return State(
        releases=releases,
        instances=counts,
        shares={name: share for name, share in routing.shares().items() if name in there},
        steering=steering if steering.release in there else Steer(),
        trouble=trouble if answering else "",
    )
