"""Whether a route answers in time."""

from dataclasses import dataclass

from twinrail.deploy.interface import Address
from twinrail.deploy.probe import get
from twinrail.report.events import Reading
from twinrail.system.units import show_duration


@dataclass(frozen=True)
class Latency:
    """A GET of `route` is answered within `limit` seconds."""

    route: str
    limit: float

    def measure(self, address: Address) -> Reading:
        """How long the answer took."""
        reply = get(address, self.route, timeout=max(self.limit * 2, 5.0))
        ok = not reply.error and reply.seconds <= self.limit
        value = str(reply) if reply.error else show_duration(reply.seconds)
        return Reading(name=f"latency of {self.route}", value=value, limit=f"≤ {show_duration(self.limit)}", ok=ok)
