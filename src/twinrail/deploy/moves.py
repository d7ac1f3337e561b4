"""The moves of which every rollout is made.

Each says what is to be the case afterwards, not what to do: made twice, it changes nothing the second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from twinrail.deploy.release import Release


@dataclass(frozen=True)
class Bring:
    """The release stands ready at the place, with all that it needs to run."""

    release: Release

    def __str__(self) -> str:
        return f"bring {self.release.wheel.name}"


@dataclass(frozen=True)
class Migrate:
    """The database fits the release."""

    release: str

    def __str__(self) -> str:
        return f"migrate to {self.release}"


@dataclass(frozen=True)
class Start:
    """At least `count` healthy instances of the release run."""

    release: str
    count: int

    def __str__(self) -> str:
        return f"start {self.release} × {self.count}"


@dataclass(frozen=True)
class Shift:
    """Each release gets its share of the traffic, in percent; one that is not named gets none."""

    shares: Mapping[str, float]

    def __str__(self) -> str:
        parts = (f"{name} {share:.3g} %" for name, share in self.shares.items())
        return f"shift {' · '.join(parts) or 'nobody'}"


@dataclass(frozen=True)
class Hold:
    """The gates were asked, and all are open."""

    release: str

    def __str__(self) -> str:
        return f"hold {self.release} until its gates are open"


@dataclass(frozen=True)
class Stop:
    """At most `keep` instances of the release run; those that went had left the traffic before."""

    release: str
    keep: int = 0

    def __str__(self) -> str:
        return f"stop {self.release} down to {self.keep}" if self.keep else f"stop {self.release}"


@dataclass(frozen=True)
class Prune:
    """Of the releases at the place, only those named are kept."""

    keep: tuple[str, ...]

    def __str__(self) -> str:
        return f"prune all but {', '.join(self.keep)}"


Move = Bring | Migrate | Start | Shift | Hold | Stop | Prune
"""Any of the above."""
