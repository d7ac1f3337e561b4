"""The way back, as moves: the same for every strategy, because it starts from what the place shows."""

from collections.abc import Iterator, Sequence

from twinrail.deploy.interface import Entry
from twinrail.deploy.moves import Move, Shift, Start, Stop

_ENDS = frozenset({"live", "turned back", "down"})


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


def unfinished(entries: Sequence[Entry]) -> tuple[str, str] | None:
    """Old and new release of a rollout that neither arrived nor was turned back: its deployer died."""
    last = next((each for each in reversed(entries) if each.kind == "begin" or each.kind in _ENDS), None)
    return (str(last.facts["old"]), str(last.facts["release"])) if last and last.kind == "begin" else None
