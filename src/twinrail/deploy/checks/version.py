"""Whether the release that answers is the one that was deployed."""

import re
from dataclasses import dataclass

from twinrail.deploy.interface import Address
from twinrail.deploy.probe import get
from twinrail.report.events import Reading


@dataclass(frozen=True)
class Version:
    """A GET of `route` names `version`; where there is no such route it cannot be told."""

    route: str
    version: str

    def measure(self, address: Address) -> Reading:
        """What the route says."""
        reply = get(address, self.route)
        named = re.search(rf"(?<![\w.]){re.escape(self.version)}(?![\w.])", reply.body)
        ok = None if reply.status == 404 else reply.status == 200 and named is not None  # noqa: PLR2004
        # What a release says of itself is in its files.
        final = ok is False and (reply.status == 200 or reply.refused)  # noqa: PLR2004
        return Reading(name=self.route, value=str(reply), limit=self.version, ok=ok, final=final)
