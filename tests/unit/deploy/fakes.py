"""Honest fakes of the Protocols: they keep real state, and say at every instant what must never be."""

import errno
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

from twinrail.deploy.interface import Address, Answer, Entry, State
from twinrail.deploy.moves import Bring, Look, Migrate, Move, Prune, Roll, Shift, Start, Steer, Stop, unseen
from twinrail.deploy.release import Release
from twinrail.deploy.rollout import Rollout
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.report.events import Event, Reading
from twinrail.system.errors import LeaseLost, MoveFailed, PlaceTaken

ALL_MOVES = frozenset({Bring, Migrate, Start, Roll, Shift, Steer, Stop, Prune})


def release(version: str = "2.0", *, digest: str = "", commit: str = "c0ffee", when: int = 0) -> Release:
    """A release whose files nobody looks at."""
    whole = (digest or version.replace(".", "")).ljust(64, "0")
    wheel = Path(f"w-{version}.whl")
    return Release(version=version, digest=whole, wheel=wheel, requirements=Path("r"), commit=commit, when=when)


OLD, NEW = release("1.0").name, release("2.0").name


class Killed(BaseException):
    """The deployer died here: nothing of it runs on."""


class Never(BaseException):
    """What must never be, was: no engine turns that back as one more failed move."""


def must(true: object, why: str) -> None:
    """Nothing, when it is so.

    Raises:
        Never: it is not.
    """
    if not true:
        raise Never(why)


@dataclass
class Life:
    """The life of a deployer in instants: before and after each entry of the journal, and amid each move.

    Attributes:
        ends: the instant at which it is killed, counted from 1; 0: at none.
        lived: how many instants it has lived.
    """

    ends: int = 0
    lived: int = 0

    @property
    def over(self) -> bool:
        return 0 < self.ends <= self.lived

    def tick(self) -> None:
        """An instant passes; the dead do nothing any more."""
        self.lived += not self.over
        if self.over:
            raise Killed


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
        rising: how many instances of each release were started and are not healthy yet.
        going: how many have left the traffic and not ended yet.
        rolled: how many of the second release became so in their place, out of the first.
        gone: releases that find no longer in the database what they need.
        established: something was live that people count on: from then on somebody must be served at every instant.
        asked: all moves that it was asked to make, as texts.
        cookies: the names of all cookies by which people stayed with a release.
        fewest: how many instances must serve at every instant since it was established.
        room: how many instances may run at any instant.
        least: the fewest instances that served at any instant since it was established.
        most: the most instances that ran at any instant.
        url: where it answers.
        said: the last words of every release.
    """

    ready: set[str] = field(default_factory=set)
    instances: dict[str, int] = field(default_factory=dict)
    rising: dict[str, int] = field(default_factory=dict)
    going: dict[str, int] = field(default_factory=dict)
    rolled: dict[tuple[str, str], int] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    steering: Steer = field(default_factory=Steer)
    database: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    fence: int = 0
    moves: frozenset[type[Move]] = ALL_MOVES
    faults: tuple[Fault, ...] = ()
    life: Life = field(default_factory=Life)
    after_each: Callable[[int], None] = lambda _: None
    established: bool = False
    asked: list[str] = field(default_factory=list)
    cookies: set[str] = field(default_factory=set)
    fewest: int = 1
    room: int = 1_000_000
    least: int = 1_000_000
    most: int = 0
    name: str = "fake"
    url: str = "http://fake"
    said: tuple[str, ...] = ()
    looked_on: bool = False

    def make(self, move: Move, fence: int, look: Look = unseen) -> None:
        must(fence > 0, "a move was made without a lease")
        if fence < self.fence:
            raise LeaseLost("The place has seen a later lease.")
        self.fence = fence
        self.asked.append(str(move))
        if self.looked_on:
            look()
        fault = next((each for each in self.faults if each.at == len(self.asked)), None)
        steps = list(self._steps(move))
        done = {"before": 0, "half": len(steps) // 2, "after": len(steps)}[fault.when] if fault else len(steps)
        for number, step in enumerate(steps[:done]):
            if number == len(steps) // 2:
                self.life.tick()
            step()
            self._look()
        if not steps:
            self.life.tick()
        self.after_each(len(self.asked))
        if fault:
            raise fault.error(move)

    def log(self, _: str) -> tuple[str, ...]:
        return self.said

    def looked(self) -> None:
        """Nothing of it grows."""

    def hide(self, _: str) -> Callable[[str], str]:
        return lambda text: text.replace("swordfish", "***")

    def fall(self, name: str) -> None:
        """An instance of that release ends by itself."""
        _count(self.instances, name, self.instances[name] - 1)

    def twin(self, life: Life) -> "FakeTarget":
        """The same place once more, in the hands of another deployer."""
        return replace(
            self,
            ready=set(self.ready),
            instances=dict(self.instances),
            rising=dict(self.rising),
            going=dict(self.going),
            rolled=dict(self.rolled),
            shares=dict(self.shares),
            database=list(self.database),
            gone=set(self.gone),
            faults=(),
            after_each=lambda _: None,
            asked=[],
            cookies=set(),
            life=life,
        )

    def state(self) -> State:
        return State(
            releases=tuple(sorted(self.ready)),
            instances=dict(self.instances),
            shares=dict(self.shares),
            steering=self.steering,
        )

    def address(self, release: str, *, past_weights: bool = False) -> Address:
        return Address(url=self.url, headers={"past": release} if past_weights else {})

    def _steps(self, move: Move) -> Iterator[Callable[[], None]]:
        match move:
            case Bring():
                yield lambda: self.ready.add(move.release.name)
            case Migrate():
                must(move.release in self.ready, f"{move}: it is not there")
                yield lambda: self._migrate(move)
            case Start():
                yield from self._starts(move)
            case Roll():
                yield from self._rolls(move)
            case Shift():
                yield lambda: setattr(self, "shares", {name: share for name, share in move.shares.items() if share})
            case Steer():
                must(not move.release or self.instances.get(move.release), f"{move}: nobody is there")
                yield lambda: self._steer(move)
            case Stop():
                yield from self._stops(move)
            case Prune():
                yield lambda: self.ready.intersection_update(move.keep)
            case _:
                raise Never(f"nobody makes {move}")

    def _starts(self, move: Start) -> Iterator[Callable[[], None]]:
        name = move.release
        must(name in self.ready, f"{move}: it is not there")
        must(name not in self.gone, f"{move}: what it needs in the database is gone")
        yield from self._ends(name, self.going)
        there, rising = self.instances.get(name, 0), self.rising.get(name, 0)
        wanted = max(move.count, there + rising)
        for count in range(rising + 1, wanted - there + 1):
            yield lambda count=count: self.rising.update({name: count})
        for count in range(there + 1, wanted + 1):
            yield lambda count=count: self._up(name, count)

    def _rolls(self, move: Roll) -> Iterator[Callable[[], None]]:
        must(move.release in self.ready, f"{move}: it is not there")
        must(move.release not in self.gone, f"{move}: what it needs in the database is gone")
        yield from self._ends(move.old, self.going)
        yield from self._ends(move.release, self.rising)
        # The way back is for those alone that came by such a move.
        there = self.rolled.get((move.release, move.old), 0) if move.former else self.instances.get(move.old, 0)
        for _ in range(there):
            yield lambda: self.rising.update({move.release: 1})
            yield lambda: self._replace(move)
            yield lambda: _count(self.going, move.old, 0)

    def _replace(self, move: Roll) -> None:
        """One more of the release answers, and one fewer of the old one."""
        pair = (move.release, move.old) if move.former else (move.old, move.release)
        self._up(move.release, self.instances.get(move.release, 0) + 1)
        _count(self.rolled, pair, self.rolled.get(pair, 0) + (-1 if move.former else 1))
        self._leave(move.old, self.instances[move.old] - 1)
        first, second = pair
        whole = self.shares.pop(first, 0.0) + self.shares.pop(second, 0.0)
        met = {first: self.instances.get(first, 0), second: self.rolled.get(pair, 0)}
        self.shares |= {name: whole * count / sum(met.values()) for name, count in met.items() if count}

    def _stops(self, move: Stop) -> Iterator[Callable[[], None]]:
        name = move.release
        there = self.instances.get(name, 0)
        yield from self._ends(name, self.rising)
        for count in range(there - 1, move.keep - 1, -1):
            yield lambda count=count: self._leave(name, count)
        yield from self._ends(name, self.going, max(there - move.keep, 0))

    def _ends(self, name: str, which: dict[str, int], more: int = 0) -> Iterator[Callable[[], None]]:
        for count in range(which.get(name, 0) + more - 1, -1, -1):
            yield lambda count=count: _count(which, name, count)

    def _up(self, name: str, count: int) -> None:
        _count(self.rising, name, self.rising.get(name, 0) - 1)
        _count(self.instances, name, count)

    def _leave(self, name: str, count: int) -> None:
        _count(self.instances, name, count)
        _count(self.going, name, self.going.get(name, 0) + 1)
        for pair in [each for each in self.rolled if each[1] == name]:
            _count(self.rolled, pair, min(self.rolled[pair], count))

    def _steer(self, move: Steer) -> None:
        self.steering = move
        self.cookies |= {move.sticky} - {""}

    def _migrate(self, move: Migrate) -> None:
        self.database.append(f"{move.phase} {move.release}")
        if move.phase == "contract":
            must({*self.instances} == {move.release}, "the database was contracted while something older ran")
            self.gone |= self.ready - {move.release}

    def _look(self) -> None:
        serving = sum(self.instances.get(name, 0) for name in self.shares)
        # While one is rolled to another, people meet none of those that were started beside.
        serving -= sum(
            self.instances[new] - count for (old, new), count in self.rolled.items() if {old, new} <= {*self.shares}
        )
        running = sum(self.instances.values())
        for name in self.shares:
            must(self.instances.get(name, 0) > 0, f"{name} gets traffic and nobody is there")
        must(not self.steering.release or self.instances.get(self.steering.release), "people are led to nobody")
        must({*self.instances, *self.rising} <= self.ready, "the files of a running release are gone")
        must(not self.shares or abs(sum(self.shares.values()) - 100) < 1e-6, f"shares are {self.shares}")
        must(not self.established or serving >= self.fewest, f"{serving} serve, not {self.fewest}")
        must(running + sum(self.rising.values()) <= self.room, f"more than {self.room} run: {self.instances}")
        if self.established:
            self.least = min(self.least, serving)
        self.most = max(self.most, running)


def _count(which: dict[Any, int], name: Any, count: int) -> None:
    which[name] = count
    if not count:
        del which[name]


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
    """A ledger in memory; who holds its lease can be said from outside.

    Attributes:
        full: the number of the first entry for which there is no room on the disk; 0: there is for all.
        clock: what time it is; none: always 0.
    """

    entries: list[Entry] = field(default_factory=list)
    holder: str = ""
    number: int = 0
    given_back: list[int] = field(default_factory=list)
    full: int = 0
    clock: "FakeClock | None" = None
    life: Life = field(default_factory=Life)

    def read(self) -> tuple[Entry, ...]:
        return tuple(self.entries)

    def append(self, kind: str, facts: Mapping[str, Any], *, fence: int) -> Entry:
        self.life.tick()
        if fence and (fence != self.number or not self.holder):
            raise LeaseLost(f"The lease has passed to {self.holder or 'nobody'}.")
        if 0 < self.full <= len(self.entries) + 1:
            raise OSError(errno.ENOSPC, "No space left on device", "journal.jsonl")
        time = self.clock.now() if self.clock else 0.0
        entry = Entry(number=len(self.entries) + 1, time=time, kind=kind, facts=dict(facts), fence=fence, hash="")
        self.entries.append(entry)
        self.life.tick()
        return entry

    def lease(self, owner: str, for_: float) -> int:
        assert for_ > 0
        if self.holder:
            raise PlaceTaken(f"{self.holder} is deploying right now.")
        self.holder, self.number = owner, self.number + 1
        return self.number

    def renew(self, fence: int) -> None:
        if fence != self.number or not self.holder:
            raise LeaseLost(f"The lease has passed to {self.holder or 'nobody'}.")

    def give_back(self, fence: int) -> None:
        if self.life.over:
            return
        self.given_back.append(fence)
        if fence == self.number:
            self.holder = ""

    def twin(self, life: Life) -> "FakeLedger":
        """The same ledger once more, in the hands of another deployer; the lease of a dead one is over."""
        holder = "" if self.life.over else self.holder
        return FakeLedger(entries=list(self.entries), holder=holder, number=self.number, clock=self.clock, life=life)

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
