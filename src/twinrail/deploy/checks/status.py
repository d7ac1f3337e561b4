"""Whether a route answers with the status, and the words, that are expected."""

from dataclasses import dataclass

from twinrail.deploy.interface import Address
from twinrail.deploy.probe import get
from twinrail.report.events import Reading


@dataclass(frozen=True)
class Status:
    """A GET of `route` is answered with `status`, and with `words` somewhere in the body."""

    route: str
    status: int = 200
    words: str = ""

    def measure(self, address: Address) -> Reading:
        """What the route answered."""
        reply = get(address, self.route)
        limit = f"{self.status}{f' with {self.words!r}' if self.words else ''}"
        ok = reply.status == self.status and self.words in reply.body
        return Reading(name=self.route, value=str(reply), limit=limit, ok=ok, final=reply.refused and not ok)
