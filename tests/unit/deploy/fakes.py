"""Honest fakes of the Protocols: they keep real state, and say at every instant what must never be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import Any

from twinrail.deploy.interface import Address, Answer, Entry, State
from twinrail.deploy.moves import Bring, Migrate, Move, Prune, Shift, Start, Steer, Stop
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.report.events import Event, Reading
from twinrail.system.errors import LedgerError, MoveFailed, PlaceTaken

ALL_MOVES = frozenset({Bring, Migrate, Start, Shift, Steer, Stop, Prune})


def release(version: str = "2.0", *, digest: str = "", commit: str = "c0ffee") -> Release:
    """A release whose files nobody looks at."""
    whole = (digest or version.replace(".", "")).ljust(64, "0")
    return Release(version=version, digest=whole, wheel=Path(f"w-{version}.whl"), requirements=Path("r"), commit=commit)


OLD, NEW = release("1.0").name, release("2.0").name


class Killed(BaseException):
    """The deployer died here: nothing of it runs on."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong at the move with that number, counted from 1; `when`: before, half, after it took effect."""

    at: int
    when: str = "before"
    error: Callable[[Move], BaseException] = lambda move: MoveFailed(f"{move} went wrong.")


@dataclass(kw_only=True)
class FakeTarget:
    """A place in memory.

    Attributes:
        established: something was live that people count on: from then on somebody must be served at every instant.
        asked: all moves that it was asked to make, as texts.
        least: the fewest instances that served at any instant since it was established.
        most: the most instances that ran at any instant.
    """

    ready: set[str] = field(default_factory=set)
    instances: dict[str, int] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    steering: Steer = field(default_factory=Steer)
    database: list[str] = field(default_factory=list)
    fence: int = 0
    moves: frozenset[type[Move]] = ALL_MOVES
    faults: tuple[Fault, ...] = ()
    after_each: Callable[[int], None] = lambda _: None
    established: bool = False
    asked: list[str] = field(default_factory=list)
    least: int = 1_000_000
    most: int = 0
    name: str = "fake"

    def make(self, move: Move, fence: int) -> None:
        assert fence > 0, "a move was made without a lease"
        if fence < self.fence:
            raise LedgerError("The place has seen a later lease.")
        self.fence = fence
        self.asked.append(str(move))
        fault = next((each for each in self.faults if each.at == len(self.asked)), None)
        steps = list(self._steps(move))
        done = {"before": 0, "half": len(steps) // 2, "after": len(steps)}[fault.when] if fault else len(steps)
        for step in steps[:done]:
            step()
            self._look()
        self.after_each(len(self.asked))
        if fault:
            raise fault.error(move)

    def state(self) -> State:
        steering = self.steering if self.steering.release in self.instances else Steer()
        return State(
            releases=tuple(sorted(self.ready)),
            instances=dict(self.instances),
            shares=dict(self.shares),
            steering=steering,
        )

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        return Address(url=f"http://fake/{release}", headers={"past": release} if past_weights else {})

    def _steps(self, move: Move) -> Iterator[Callable[[], None]]:
        match move:
            case Bring():
                yield lambda: self.ready.add(move.release.name)
            case Migrate():
                assert move.release in self.ready, f"{move}: it is not there"
                yield lambda: self.database.append(f"{move.phase} {move.release}")
            case Start():
                assert move.release in self.ready, f"{move}: it is not there"
                for count in range(self.instances.get(move.release, 0) + 1, move.count + 1):
                    yield lambda count=count: self.instances.update({move.release: count})
            case Shift():
                yield lambda: setattr(self, "shares", {name: share for name, share in move.shares.items() if share})
            case Steer():
                assert not move.release or self.instances.get(move.release), f"{move}: nobody is there"
                yield lambda: setattr(self, "steering", move)
            case Stop():
                for count in range(self.instances.get(move.release, 0) - 1, move.keep - 1, -1):
                    yield lambda count=count: self._leave(move.release, count)
            case Prune():
                yield lambda: self.ready.intersection_update(move.keep)
            case _:
                raise AssertionError(f"nobody makes {move}")

    def _leave(self, name: str, count: int) -> None:
        self.instances[name] = count
        if not count:
            del self.instances[name]

    def _look(self) -> None:
        serving = sum(self.instances.get(name, 0) for name in self.shares)
        for name in self.shares:
            assert self.instances.get(name, 0) > 0, f"{name} gets traffic and nobody is there"
        assert set(self.instances) <= self.ready, "the files of a running release are gone"
        assert not self.shares or abs(sum(self.shares.values()) - 100) < 1e-6, f"shares are {self.shares}"
        assert not self.established or serving > 0, "nobody is served"
        if self.established:
            self.least = min(self.least, serving)
        self.most = max(self.most, sum(self.instances.values()))


def place_with(live: str = OLD, *, replicas: int = 1, **more: Any) -> FakeTarget:
    """A place where `live` serves all traffic with all its replicas; an empty one without it."""
    if not live:
        return FakeTarget(**more)
    return FakeTarget(ready={live}, instances={live: replicas}, shares={live: 100.0}, established=True, **more)


def as_before(old: str, replicas: int) -> tuple[dict[str, int], dict[str, float]]:
    """What a place must show when a release did not make it: instances and shares."""
    return ({old: replicas}, {old: 100.0}) if old else ({}, {})


@dataclass
class FakeLedger:
    """A ledger in memory; who holds its lease can be said from outside."""

    entries: list[Entry] = field(default_factory=list)
    holder: str = ""
    number: int = 0
    given_back: list[int] = field(default_factory=list)

    def read(self) -> tuple[Entry, ...]:
        return tuple(self.entries)

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        if fence and (fence != self.number or not self.holder):
            raise LedgerError(f"The lease has passed to {self.holder or 'nobody'}.")
        entry = Entry(number=len(self.entries) + 1, time=0.0, kind=kind, facts=dict(facts), fence=fence, hash="")
        self.entries.append(entry)
        return entry

    def lease(self, owner: str, for_: float) -> int:
        assert for_ > 0
        if self.holder:
            raise PlaceTaken(f"{self.holder} is deploying right now.")
        self.holder, self.number = owner, self.number + 1
        return self.number

    def renew(self, fence: int) -> None:
        if fence != self.number or not self.holder:
            raise LedgerError(f"The lease has passed to {self.holder or 'nobody'}.")

    def give_back(self, fence: int) -> None:
        self.given_back.append(fence)
        if fence == self.number:
            self.holder = ""

    @property
    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries]


@dataclass
class ScriptedGate:
    """A gate that gives its answers one after the other; an exception among them is raised."""

    name: str
    answers: list[Answer | BaseException]
    asked: list[str] = field(default_factory=list)

    def ask(self, release: Release) -> Answer:
        self.asked.append(release.name)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class ScriptedCheck:
    """A check that gives its answers one after the other, and the last one ever after."""

    answers: list[bool | None]
    asked: list[Address] = field(default_factory=list)

    def measure(self, address: Address) -> Reading:
        self.asked.append(address)
        ok = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Reading(name="/readyz", value="200" if ok else "503", limit="200", ok=ok)


@dataclass
class Told:
    """Takes events and words, and keeps them."""

    events: list[Event] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass
class FakeClock:
    """A clock of its own: to wait is to have waited. What happens meanwhile is said from outside, by the second.

    Attributes:
        due: what happens at which time.
    """

    time: float = 1_000_000.0
    interrupted: Flag = field(default_factory=Flag)
    due: dict[float, Callable[[], None]] = field(default_factory=dict)

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> bool:
        self.time += seconds
        for when in [each for each in sorted(self.due) if each <= self.time]:
            self.due.pop(when)()
        return self.interrupted.is_set()


def rollout(target: FakeTarget, *, told: Told | None = None, **more: Any) -> Rollout:
    """A rolling rollout to `target`, with a ledger of its own unless one is given; `gates` are asked on arrival."""
    told = told or Told()
    gates = more.pop("gates", ())
    flag = more.setdefault("interrupted", Flag())
    usual = {
        "replicas": 1,
        "strategy": Rolling(),
        "name": "rolling",
        "ledger": FakeLedger(),
        "owner": "ada, run 7",
        "session": "staging",
        "clock": FakeClock(interrupted=flag),
        "tell": told.events.append,
        "gates": gates if callable(gates) else lambda passage: gates if passage.stage == "arrived" else (),
    }
    return Rollout(environment="staging", target=target, progress=told.words.append, **usual | more)
