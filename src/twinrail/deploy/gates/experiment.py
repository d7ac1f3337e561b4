"""The end of an experiment: at its date, or when somebody ends it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from twinrail.deploy.interface import Answer, Clock, Open, Wait
from twinrail.deploy.release import Release
from twinrail.system.called import again
from twinrail.system.units import show_time


@dataclass(frozen=True, kw_only=True)
class ExperimentGate:
    """Two releases run side by side until `until`.

    Attributes:
        environment: where.
        until: an ISO date and time; one without a zone is UTC. Empty: until somebody ends it.
        ended: whether somebody ends it now.
        clock: what time it is.
    """

    environment: str
    until: str
    ended: bool
    clock: Clock
    name: ClassVar[str] = "experiment"

    def ask(self, release: Release) -> Answer:
        """Open when it is over, for the new release; what would end it before otherwise."""
        if self.ended:
            return Open(note="the experiment was ended by hand")
        end = moment(self.until) if self.until else None
        if end is not None and self.clock.now() >= end:
            return Open(note=f"the experiment ended {show_time(end)}")
        when = f"until {show_time(end)}" if end is not None else "until somebody ends it"
        by_hand = again("resume", self.environment, "--end", tool=False)
        return Wait(note=f"the experiment with {release.version} runs {when}", todo=by_hand)


def moment(text: str) -> float:
    """Seconds since 1970 of an ISO date and time.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
