"""What a swarm shows: folded from its sets and from where traffic was led; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from twinrail.deploy.interface import State
from twinrail.deploy.moves import Steer
from twinrail.deploy.targets.proxied.routing import Routing
from twinrail.deploy.targets.swarm.services import Set
from twinrail.deploy.targets.swarm.squad import standing


def shown(releases: tuple[str, ...], there: Sequence[Set], routing: Routing, *, trouble: str) -> State:
    """The state of a place: what stands ready, what runs healthy, who gets how much."""
    counts: Counter[str] = Counter()
    answering: set[str] = set()
    for each in there:
        counts.update(each.counts)
        answering |= {*each.answering}
    steering = routing.steering()
    return State(
        releases=releases,
        instances=dict(sorted(counts.items())),
        shares=dealt(there, routing.shares()),
        steering=steering if steering.release in answering else Steer(),
        trouble=trouble if answering else "",
    )


def dealt(there: Sequence[Set], shares: Mapping[str, float]) -> dict[str, float]:
    """The share of each release: what goes to a set that is being rolled is met by both, as many as answer of each.

    One of which another part is missing serves all the same, though it is not to be counted on.
    """
    met: Counter[str] = Counter()
    for name, share in shares.items():
        counts: Counter[str] = Counter()
        for each in standing(there, shares):
            counts.update(each.answering if each.release == name else {})
        for release, count in counts.items():
            met[release] += share * count / counts.total()  # type: ignore[assignment]
    return dict(sorted(met.items()))
