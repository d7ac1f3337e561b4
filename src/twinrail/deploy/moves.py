"""The moves of which every rollout is made.

Each says what is to be the case afterwards, not what to do: made twice, it changes nothing the second time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from twinrail.deploy.release import Release

Phase = Literal["expand", "contract"]
"""`expand`: what the release needs is added, and the one before still runs; `contract`: what nobody needs goes."""

Stage = Literal["step", "arrived", "bake", "end"]
"""Why a rollout holds: amid the way, all traffic on the new release, to watch it there, until an experiment ends."""


@dataclass(frozen=True)
class Bring:
    """The release stands ready at the place, with all that it needs to run."""

    release: Release

    def __str__(self) -> str:
        return f"bring {self.release.wheel.name}"


@dataclass(frozen=True)
class Migrate:
    """The database fits the release: expanded before its start, contracted when nothing older is to come back."""

    release: str
    phase: Phase = "expand"

    def __str__(self) -> str:
        return f"migrate to {self.release}" if self.phase == "expand" else f"contract to {self.release}"


@dataclass(frozen=True)
class Start:
    """At least `count` healthy instances of the release run.

    Attributes:
        former: whether they run as the release ran before, and not with the settings of now.
    """

    release: str
    count: int
    former: bool = False

    def __str__(self) -> str:
        return f"start {self.release} × {self.count}"


@dataclass(frozen=True)
class Roll:
    """What served of `old` is of the release now, in its place: a few at a time, each watched before the next.

    Traffic goes to whoever is healthy. One that fails while it is watched turns all of them back to `old`.

    Attributes:
        at_once: how many are replaced at a time.
        seconds: how long each is watched.
        former: whether this is the way back: what became `old` by such a move is as it was before, and nothing else.
    """

    old: str
    release: str
    at_once: int = 1
    seconds: float = 0.0
    former: bool = False

    def __str__(self) -> str:
        return f"roll {self.old} back to {self.release}" if self.former else f"roll {self.old} to {self.release}"


@dataclass(frozen=True)
class Shift:
    """Each release gets its share of the traffic, in percent; one that is not named gets none."""

    shares: Mapping[str, float]

    def __str__(self) -> str:
        parts = (f"{name} {share:.3g} %" for name, share in self.shares.items())
        return f"shift {' · '.join(parts) or 'nobody'}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who is meant: requests with that header, or that cookie, of that value."""

    kind: Literal["header", "cookie"]
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}{': ' if self.kind == 'header' else '='}{self.value}"


def read_rule(kind: Literal["header", "cookie"], text: str) -> Rule | None:
    """The rule that `X-Group: b` or `group=b` means; None for an empty text."""
    name, _, value = text.partition(":" if kind == "header" else "=")
    return Rule(kind=kind, name=name.strip(), value=value.strip()) if text else None


@dataclass(frozen=True, kw_only=True)
class Steer:
    """People are told apart beside the shares.

    Attributes:
        release: where those go whom a rule names, whatever the shares say; empty: nobody is told apart any more.
        rules: who they are.
        sticky: the cookie by which everybody else stays with the release that the shares dealt first; empty: none.
        hashed: whether everybody else is dealt by a hash of the address, always to the same release.
    """

    release: str = ""
    rules: tuple[Rule, ...] = ()
    sticky: str = ""
    hashed: bool = False

    def __str__(self) -> str:
        ways = [*map(str, self.rules), *([f"sticky by cookie {self.sticky}"] if self.sticky else [])]
        ways += ["by the hash of the address"] if self.hashed else []
        return f"steer {self.release} {' · '.join(ways)}" if self.release else "steer nobody"


@dataclass(frozen=True)
class Hold:
    """`seconds` passed in which the release kept its checks, and the gates of that stage were asked and are open."""

    release: str
    stage: Stage = "arrived"
    seconds: float = 0.0

    @property
    def looks(self) -> bool:
        """Whether the release is looked at: at the end of its way it is, however short it is watched."""
        return self.seconds > 0 or self.stage == "bake"

    def __str__(self) -> str:
        how_long = f" for {self.seconds:g} s" if self.seconds else ""
        return f"hold {self.release}{how_long} until its gates are open ({self.stage})"


@dataclass(frozen=True)
class Stop:
    """At most `keep` instances of the release run; those that went had left the traffic before.

    Attributes:
        former: whether those stay that ran first, and not those with the settings of now.
    """

    release: str
    keep: int = 0
    former: bool = False

    def __str__(self) -> str:
        return f"stop {self.release} down to {self.keep}" if self.keep else f"stop {self.release}"


@dataclass(frozen=True)
class Prune:
    """Of the releases at the place, only those named are kept."""

    keep: tuple[str, ...]

    def __str__(self) -> str:
        return f"prune all but {', '.join(self.keep)}"


Move = Bring | Migrate | Start | Roll | Shift | Steer | Hold | Stop | Prune
"""Any of the above."""


Look = Callable[[], None]
"""A look at a release while the place is at work on it."""


def unseen() -> None:
    """Nobody looks."""
