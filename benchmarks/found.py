"""What the people of a load find."""

import resource
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import IO

from benchmarks.questions import Question, version_in
from benchmarks.wire import Answer, NoAnswer

KEPT_FAILURES = 2000
"""Of so many failures the details are kept; all are counted."""
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
"""Which durations are told, and of which share of the answers each is the longest."""


@dataclass
class Found:
    """What the people found so far.

    Attributes:
        asked: requests of which a byte was sent, or for which there was no connection.
        failures: how many of each kind: `refused`, `reset`, `lost`, `timeout`, `garbled`, or `status 503`.
        details: when each failed, as which, and what it had asked.
        versions: how many answers named each version.
        reconnects: connections that the server ended between two requests; nothing was lost by it.
        placed: orders that were answered as placed.
        cookies: how often somebody who keeps cookies was given one.
        turns: how often somebody who keeps cookies met another version than before.
        slow: how many of the answers were those of a slow person.
        seconds: how long each answer took.
    """

    orders: IO[str]
    asked: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    details: list[dict[str, object]] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    placed: int = 0
    cookies: int = 0
    turns: int = 0
    slow: int = 0
    seconds: "array[float]" = field(default_factory=lambda: array("d"))

    def answered(self, question: Question, answer: Answer, seconds: float) -> bool:
        """An answer came; whether it is the right one."""
        self.asked += 1
        self.seconds.append(seconds)
        if answer.status != question.wanted:
            self.failed(question, f"status {answer.status}", answer.body[:200].decode(errors="replace"))
            return False
        if question.order:
            self.placed += 1
            self.orders.write(f"{question.order} placed\n")
        if question.names_version:
            self.versions[version_in(answer.body)] += 1
        return True

    def unanswered(self, question: Question, error: NoAnswer) -> None:
        """No answer came."""
        self.asked += 1
        self.failed(question, error.kind, str(error))

    def failed(self, question: Question, kind: str, detail: str) -> None:
        """A request failed."""
        self.failures[kind] += 1
        if question.order:
            self.orders.write(f"{question.order} {kind.replace(' ', '-')}\n")
        if len(self.details) < KEPT_FAILURES:
            asked = f"{question.method} {question.path}"
            self.details.append({"time": time.time(), "kind": kind, "asked": asked, "detail": detail})

    def progress(self) -> dict[str, object]:
        """A word on the way."""
        return {"asked": self.asked, "failed": self.failures.total()}

    def whole(self) -> dict[str, object]:
        """All of it."""
        took = sorted(self.seconds)
        at = {name: took[min(int(len(took) * share), len(took) - 1)] if took else 0.0 for name, share in SHARES.items()}
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            **self.progress(),
            "placed": self.placed,
            "slow": self.slow,
            "failures": dict(self.failures),
            "details": self.details,
            "versions": dict(self.versions),
            "reconnects": self.reconnects,
            "cookies": self.cookies,
            "turns": self.turns,
            "seconds": at,
            "cpu": used.ru_utime + used.ru_stime,
        }
