"""Whether a route that people use answers without an error."""

from dataclasses import dataclass

from twinrail.deploy.interface import Address
from twinrail.deploy.probe import get
from twinrail.report.events import Reading


@dataclass(frozen=True)
class Route:
    """A GET of `route` is answered, with a status below 400; `missing` lets a page that is not there pass too."""

    route: str
    missing: bool = False

    def measure(self, address: Address) -> Reading:
        """What the route answered."""
        reply = get(address, self.route)
        ok = 0 < reply.status < 400 or (self.missing and reply.status == 404)  # noqa: PLR2004
        return Reading(name=self.route, value=str(reply), ok=ok, final=reply.refused and not ok)
