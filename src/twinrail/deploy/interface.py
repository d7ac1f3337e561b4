"""The Protocols of deploying. The errors that a method names belong to its contract."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from twinrail.deploy.moves import Look, Move, Stage, Steer, unseen
from twinrail.deploy.release import Release
from twinrail.report.events import Finding, Reading


@dataclass(frozen=True, kw_only=True)
class State:
    """What a place shows.

    Attributes:
        releases: names of the releases that stand ready there.
        instances: how many healthy instances of each release run.
        shares: the share of traffic of each release, in percent; they add up to 100, or to nothing.
        steering: how people are told apart beside the shares.
        trouble: what keeps the place itself from answering, whatever runs there, as a clause; empty where nothing does.
    """

    releases: tuple[str, ...] = ()
    instances: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    steering: Steer = field(default_factory=Steer)
    trouble: str = ""

    @property
    def live(self) -> str:
        """The release with the most traffic, or an empty text."""
        return max(self.shares, key=lambda name: self.shares[name], default="")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a release answers: a URL, and headers that lead past the weights."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Target(Protocol):
    """A place where releases run. It makes moves; it never decides them."""

    @property
    def name(self) -> str:
        """As the settings call it."""

    @property
    def moves(self) -> frozenset[type[Move]]:
        """The kinds of moves that it can make; asked before the first one."""

    def make(self, move: Move, fence: int, look: Look = unseen) -> None:
        """Observes, then acts, until the place shows what the move says; what `look` raises meanwhile ends a roll.

        Raises:
            MoveFailed: it could not be made.
            PlaceTaken: something else holds what it needs.
            LeaseLost: the place has seen a higher fence: the lease has passed to someone else.
            Interrupted: somebody pressed Ctrl-C.
        """

    def state(self) -> State:
        """What the place shows now."""

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        """Where the release answers: with the others by the weights, or it alone past them."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a journal.

    Attributes:
        number: counted from 1.
        time: seconds since 1970.
        kind: begin, move, made, asked, paused, back, live, turned back, approved, unlocked, down.
        facts: what the kind needs.
        fence: the number of the lease under which it was written; 0 where none is needed.
        hash: of this entry and, through it, of all before.
    """

    number: int
    time: float
    kind: str
    facts: Mapping[str, Any]
    fence: int
    hash: str


class Ledger(Protocol):
    """What was done, kept where a dead runner cannot take it along."""

    def read(self) -> tuple[Entry, ...]:
        """All entries, oldest first.

        Raises:
            LedgerError: they do not read as they were written.
        """

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        """Adds an entry behind the last one.

        Raises:
            LeaseLost: the lease of `fence` has passed to someone else.
        """

    def lease(self, owner: str, for_: float) -> int:
        """The fencing number of a lease for `for_` seconds.

        Raises:
            PlaceTaken: someone else holds it.
        """

    def renew(self, fence: int) -> None:
        """The heartbeat: the lease of `fence` counts from now on.

        Raises:
            LeaseLost: it has passed to someone else.
        """

    def give_back(self, fence: int) -> None:
        """Ends the lease of `fence`, if it is still held."""


@dataclass(frozen=True, kw_only=True)
class Samples:
    """What was seen of a release's answers.

    Attributes:
        requests: how many there were.
        errors: how many of them failed: no answer, or a status of 500 and more.
        seconds: how long each took, where each is known.
        buckets: how many took at most so many seconds (upper bound to count, not added up), where no more is known.
        statuses: how often each status came, 0 where no answer did; empty where they are not known.
    """

    requests: int = 0
    errors: int = 0
    seconds: tuple[float, ...] = ()
    buckets: Mapping[float, int] = field(default_factory=dict)
    statuses: Mapping[int, int] = field(default_factory=dict)


class Evidence(Protocol):
    """What a place knows of how a release does."""

    def log(self, release: str) -> tuple[str, ...]:
        """The last lines that the instances of the release said, secrets hidden."""

    def samples(self, release: str, since: float, *, probes: bool) -> Samples:
        """What was seen of its answers since then, in seconds since 1970: to probes past the weights, or to people."""


class Clock(Protocol):
    """What time it is, and how it passes."""

    def now(self) -> float:
        """Seconds since 1970."""

    def wait(self, seconds: float) -> bool:
        """Lets time pass; whether somebody interrupted it."""


class Strategy(Protocol):
    """From the old release to the new one, as moves: no clock, no shell, no target."""

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves, in their order; `old` is empty where nothing is live."""


class Check(Protocol):
    """One question to a running release, asked once; the caller repeats it.

    One that says `settles = False` is left out while a started release settles, and asked as long as it is held.
    """

    def measure(self, address: Address) -> Reading:
        """What the release answered; `ok` is None when it cannot be told, `final` where asking again is of no use."""


@dataclass(frozen=True, kw_only=True)
class Open:
    """The gate lets the release pass."""

    note: str = ""
    who: str = ""
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wait:
    """The gate cannot say yet; `todo` is what goes on from there."""

    note: str
    todo: str


@dataclass(frozen=True, kw_only=True)
class Shut:
    """The gate does not let the release pass."""

    note: str
    findings: tuple[Finding, ...] = ()
    readings: tuple[Reading, ...] = ()


Answer = Open | Wait | Shut
"""What a gate says."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Where a rollout holds.

    Attributes:
        stage: why.
        old: the release that was live before; empty where none was.
        release: the one on its way.
        since: when it began to hold, in seconds since 1970.
    """

    stage: Stage
    old: str
    release: str
    since: float


class Gate(Protocol):
    """Something that a release must pass. One that cannot be asked is shut."""

    @property
    def name(self) -> str:
        """One word, for the screen and the ledger."""

    def ask(self, release: Release) -> Answer:
        """Whether the release may pass."""
