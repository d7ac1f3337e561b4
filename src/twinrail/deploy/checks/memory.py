"""Whether the instances of a release hold no more memory than they may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from twinrail.deploy.interface import Address
from twinrail.report.events import Reading
from twinrail.system.units import show_size


@dataclass(frozen=True)
class Memory:
    """Every instance holds at most `limit` bytes; `weigh` tells how many each one holds, by its name."""

    limit: int
    weigh: Callable[[], Mapping[str, int]]
    settles: ClassVar[bool] = False
    """What is too much already does not become less by waiting."""

    def measure(self, address: Address) -> Reading:  # noqa: ARG002  # the instances are weighed, not asked
        """What the heaviest instance holds; it cannot be told when none runs."""
        held = max(self.weigh().values(), default=0)
        limit = f"≤ {show_size(self.limit)}"
        return Reading(name="memory", value=show_size(held), limit=limit, ok=held <= self.limit if held else None)
