"""The events of a run, folded into what happened: what `run.json`, the summary and the page are made from."""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import TypeAdapter

from twinrail.report.events import (
    CommandRan,
    Event,
    GateAsked,
    MoveMade,
    Observed,
    Progress,
    RolloutBegan,
    RunEnded,
    RunStarted,
    SessionEnded,
    SessionStarted,
)

_KINDS: dict[str, TypeAdapter[Event]] = {each.__name__: TypeAdapter(each) for each in get_args(Event)}
_WORST_FIRST = ("interrupted", "failed", "waiting")


@dataclass(frozen=True)
class Timed:
    """An event and when it happened, in seconds since 1970."""

    time: float
    event: Event


@dataclass
class SessionStory:
    """What is known of a session: when it began (seconds since 1970), how it ended, what it ran on the way."""

    name: str
    started: float | None = None
    ended: SessionEnded | None = None
    progress: str = ""
    commands: list[CommandRan] = field(default_factory=list)

    @property
    def state(self) -> str:
        """`pending`, `running`, or the state in which it ended."""
        if self.ended:
            return self.ended.state
        return "pending" if self.started is None else "running"

    @property
    def reused(self) -> bool:
        """Whether its result was taken from an earlier run."""
        return bool(self.ended and self.ended.headline.startswith("reused"))

    def elapsed(self, now: float) -> float | None:
        """How many seconds it took, or has taken so far; None where it did not begin."""
        if self.ended:
            return None if self.state in {"off", "not run"} else self.ended.seconds
        return None if self.started is None else now - self.started


@dataclass
class Story:
    """What happened in a run."""

    run: RunStarted | None = None
    began: float = 0.0
    last: float = 0.0
    sessions: dict[str, SessionStory] = field(default_factory=dict)
    gates: list[tuple[float, GateAsked]] = field(default_factory=list)
    rollouts: list[tuple[float, RolloutBegan]] = field(default_factory=list)
    moves: list[tuple[float, MoveMade]] = field(default_factory=list)
    observed: list[tuple[float, Observed]] = field(default_factory=list)
    end: RunEnded | None = None

    @property
    def exit_code(self) -> int:
        """The run's class: of its worst session so far; where none is in trouble, what its end says."""
        for state in _WORST_FIRST:
            for each in self.sessions.values():
                if each.ended and each.state == state:
                    return each.ended.exit_code
        return self.end.exit_code if self.end else 0

    @property
    def state(self) -> str:
        """`running`, `passed`, `failed`, `waiting` or `interrupted`, for all sessions together."""
        states = {each.state for each in self.sessions.values()}
        if found := next((state for state in _WORST_FIRST if state in states), None):
            return found
        if self.end:
            return {0: "passed", 75: "waiting", 130: "interrupted"}.get(self.end.exit_code, "failed")
        return "running" if states & {"pending", "running"} else "passed"

    @property
    def troubled(self) -> list[SessionStory]:
        """The sessions that a person has to look at, in the order of the pipeline."""
        return [each for each in self.sessions.values() if each.state in _WORST_FIRST]

    def take(self, time: float, event: Event) -> None:
        """Takes one more event, in the order in which they happened."""
        self.began = self.began or time
        self.last = max(self.last, time)
        match event:
            case RunStarted():
                self.run = self.run or event
                for name in event.sessions:
                    self._session(name)
            case SessionStarted():
                # A session that runs once more in the same run starts its story anew.
                self.sessions[event.session] = SessionStory(event.session, started=time)
            case SessionEnded():
                self._session(event.session).ended = event
            case Progress():
                self._session(event.session).progress = event.text
            case CommandRan():
                self._session(event.session).commands.append(event)
            case RunEnded():
                # Of the processes of a run only one knows where production serves, and others may end after it.
                known = self.end.address if self.end else ""
                self.end = dataclasses.replace(event, address=event.address or known)
            case _:
                self._deploying(time, event)

    def _deploying(self, time: float, event: Event) -> None:
        match event:
            case GateAsked():
                self.gates.append((time, event))
            case RolloutBegan():
                self.rollouts.append((time, event))
            case MoveMade():
                self.moves.append((time, event))
            case Observed():
                self.observed.append((time, event))

    def _session(self, name: str) -> SessionStory:
        return self.sessions.setdefault(name, SessionStory(name))


def write_event(time: float, event: Event) -> str:
    """An event as one line of `events.jsonl`."""
    told = {"time": round(time, 3), "event": type(event).__name__, **dataclasses.asdict(event)}
    return json.dumps(told, ensure_ascii=False)


def read_events(lines: Iterable[str]) -> Iterator[Timed]:
    """The events of `events.jsonl`; a line that was cut short by a crash is passed over."""
    for line in lines:
        try:
            data: dict[str, Any] = json.loads(line)
            time, kind = data.pop("time"), data.pop("event")
            yield Timed(time, _KINDS[kind].validate_python(data))
        except (ValueError, KeyError):
            continue


def tell_story(events: Iterable[Timed]) -> Story:
    """The story that the events make."""
    story = Story()
    for each in events:
        story.take(each.time, each.event)
    return story
