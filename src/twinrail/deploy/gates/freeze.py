"""Freeze windows: times in which nothing new sets out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from twinrail.deploy.clock import SystemClock
from twinrail.deploy.github import go_on
from twinrail.deploy.interface import Answer, Clock, Open, Wait
from twinrail.deploy.release import Release
from twinrail.project.freeze import Window, open_again
from twinrail.system.units import show_minute


@dataclass(frozen=True, kw_only=True)
class FreezeGate:
    """None of `windows` holds now. A way back does not ask this gate.

    Attributes:
        clock: what time it is.
    """

    environment: str
    windows: tuple[Window, ...]
    clock: Clock = field(default_factory=SystemClock)
    name: ClassVar[str] = "freeze"

    def ask(self, release: Release) -> Answer:  # noqa: ARG002  # what holds for one holds for all
        """Waits as long as a window holds, and says until when."""
        frozen = open_again(self.windows, self.clock.now())
        if frozen is None:
            return Open(note="not frozen")
        until, through = frozen
        windows = ", then ".join(f'"{each.text}"' for each in through)
        return Wait(note=f"frozen until {_on_clocks(until, through[-1])} by {windows}", todo=go_on(self.environment))


def _on_clocks(time: float, window: Window) -> str:
    universal, zone = show_minute(time), window.zone.key
    local = f"{datetime.fromtimestamp(time, window.zone):%a %Y-%m-%d %H:%M} {zone}"
    return local if zone == "UTC" else f"{local} ({universal})"
