"""What can happen in a run. `events.jsonl` holds one of these a line; all else of the record is made from it.

Each line is a JSON object: `time` (seconds since 1970), `event` (the class's name), and the fields
below. New fields may be added; none is renamed or taken away within a major version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["passed", "unknown", "failed", "off", "waiting", "not run", "interrupted"]
"""How a session ended; `unknown`: it could not find out, and the settings say that this only warns."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a tool found.

    Attributes:
        file: the file below the project, or empty.
        line: its line, counted from 1, or 0.
        title: the rule, the test or the advisory.
        text: what is wrong.
    """

    file: str = ""
    line: int = 0
    title: str
    text: str = ""

    @property
    def place(self) -> str:
        """Where it is: `tests/test_prices.py:41`, the file alone, or nothing."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One measured value.

    Attributes:
        name: what was measured, `p95`, `coverage`.
        value: as a person reads it, with its unit.
        limit: what was asked of it, or empty.
        ok: whether it is within; None when nothing was asked.
        final: whether asking again would find the same: what was measured is not on its way to anything better.
    """

    name: str
    value: str
    limit: str = ""
    ok: bool | None = None
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run began, or one more process joined it."""

    run: str
    project: str
    version: str
    commit: str
    uncommitted: int
    manager: str
    python: str
    pack: str
    sessions: tuple[str, ...]
    root: str


@dataclass(frozen=True, kw_only=True)
class SessionStarted:
    """A session began."""

    session: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a long session stands, for the screen."""

    session: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CommandRan:
    """A command ended. `command` can be pasted; `env` is what was declared, secrets masked."""

    session: str
    command: str
    argv: tuple[str, ...]
    directory: str
    env: Mapping[str, str]
    tool: str
    returncode: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class SessionEnded:
    """A session ended. `exit_code` is its class; `again` the command that runs the same once more."""

    session: str
    state: State
    seconds: float
    headline: str
    exit_code: int = 0
    detail: str = ""
    again: str = ""
    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()
    artifacts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GateAsked:
    """A gate was asked: `answer` is open, wait or shut; `who` approved, where somebody did."""

    session: str
    environment: str
    gate: str
    answer: str
    note: str = ""
    who: str = ""


@dataclass(frozen=True, kw_only=True)
class RolloutBegan:
    """A release set out for an environment; `old` is live there, or empty."""

    session: str
    environment: str
    strategy: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class MoveMade:
    """A rollout made a move, which took `seconds` until now. `retreat` when it was on the way back."""

    session: str
    environment: str
    move: str
    seconds: float
    retreat: bool = False


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What an environment showed: healthy instances and share of traffic (percent) of each release."""

    session: str
    environment: str
    instances: Mapping[str, int]
    traffic: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class RunEnded:
    """The sessions of a command ended. `address` is where production serves, when it does.

    `why` is the error that ended it before any session could begin.
    """

    exit_code: int
    address: str = ""
    why: str = ""


Event = (
    RunStarted
    | SessionStarted
    | Progress
    | CommandRan
    | SessionEnded
    | GateAsked
    | RolloutBegan
    | MoveMade
    | Observed
    | RunEnded
)
"""Any of the above."""
