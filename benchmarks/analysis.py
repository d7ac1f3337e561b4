"""How often the analysis is wrong: `python benchmarks/analysis.py --pairs 1000 --seed 1` prints a table.

Pairs of releases that are known to be alike, or not, are drawn by chance and judged as a deploy judges them: durations
spread as a lognormal with sigma 0.35, and looks at the numbers while they come in.
"""

import argparse
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from twinrail.deploy.analysis.comparison import Comparison, question, read
from twinrail.deploy.analysis.statistics import compare
from twinrail.deploy.analysis.verdict import Case, Pair, Verdict, looks, suspicious
from twinrail.deploy.interface import Samples
from twinrail.project.strategies import Analysis

SIGMA, MEDIAN = 0.35, 0.08
"""How far durations are spread, and their median, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a release answers: the share of its requests that fails, and how many times as long the others take."""

    errors: float = 0.0
    times: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Question:
    """A case of the simulation.

    Attributes:
        name: what is simulated.
        old: how the old release answers.
        new: how the new one does.
        wrong: which verdict is the wrong one.
        most: the share of wrong verdicts that may be.
        requests: how many requests there are of each side.
        timed: how many of them have a duration.
    """

    name: str
    old: Kind
    new: Kind
    wrong: Callable[[Verdict], bool]
    most: float
    requests: int = 1000
    timed: int = 1000
    analysis: Analysis = field(default_factory=Analysis)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came out for a case; `ok` says whether the share of wrong verdicts is small enough."""

    name: str
    pairs: int
    wrong: int
    most: float

    @property
    def ok(self) -> bool:
        """Whether the goal is met."""
        return self.wrong <= self.most * self.pairs


def _failed(verdict: Verdict) -> bool:
    return verdict == "fail"


def _passed(verdict: Verdict) -> bool:
    return verdict == "pass"


def _missed(verdict: Verdict) -> bool:
    return verdict != "fail"


def _decided(verdict: Verdict) -> bool:
    return verdict != "inconclusive"


def _alike(errors: float, timed: int) -> Question:
    kind = Kind(errors=errors)
    name = f"alike, {errors * 100:g} % errors, {timed:,} durations: turned back"
    return Question(name=name, old=kind, new=kind, wrong=_failed, most=0.02, timed=timed)


QUESTIONS = (
    *(_alike(errors, timed) for errors in (0.0, 0.01, 0.05, 0.3) for timed in (50, 1000)),
    Question(name="latency × 1.5, 50 durations: missed", old=Kind(), new=Kind(times=1.5), wrong=_missed, most=0.05,
             timed=50),
    Question(name="latency × 1.5, 1,000 durations: missed", old=Kind(), new=Kind(times=1.5), wrong=_missed, most=0.05),
    Question(name="errors 1 % to 5 %, 1,000 requests: missed", old=Kind(errors=0.01), new=Kind(errors=0.05),
             wrong=_missed, most=0.05),
    Question(name="latency × 1.1, within what may be: turned back", old=Kind(), new=Kind(times=1.1), wrong=_failed,
             most=0.02),
    Question(name="alike, 999 requests: decided", old=Kind(errors=0.01), new=Kind(errors=0.01), wrong=_decided,
             most=0.0, requests=999),
    Question(name="alike, 49 durations: decided", old=Kind(errors=0.01), new=Kind(errors=0.01), wrong=_decided,
             most=0.0, timed=49),
    Question(name="alike, 8 requests: decided", old=Kind(), new=Kind(), wrong=_decided, most=0.0, requests=8),
    Question(name="alike, none: decided", old=Kind(), new=Kind(), wrong=_decided, most=0.0, requests=0),
    Question(name="latency × 1.5, 49 durations: passed", old=Kind(), new=Kind(times=1.5), wrong=_passed, most=0.0,
             timed=49),
    Question(name="errors 1 % to 5 %, 999 requests: passed", old=Kind(errors=0.01), new=Kind(errors=0.05),
             wrong=_passed, most=0.0, requests=999),
)  # fmt: skip
"""The cases, each with its goal."""


def simulate(pairs: int, seed: int) -> list[Row]:
    """What comes out of so many pairs of releases for each case; the same for the same seed."""
    rows = []
    for number, asked in enumerate(QUESTIONS):
        chance = random.Random(f"{seed} {number}")  # noqa: S311  # it simulates, it keeps no secret
        wrong = sum(asked.wrong(verdict(asked, chance)) for _ in range(pairs))
        rows.append(Row(name=asked.name, pairs=pairs, wrong=wrong, most=asked.most))
    return rows


def verdict(asked: Question, chance: random.Random) -> Verdict:
    """How one pair of releases is judged, looked at again and again as its requests come in."""
    old, new = (_drawn(kind, asked, chance) for kind in (asked.old, asked.new))
    for count in looks(asked.analysis):
        pair = Pair(names=("1.3.2-0a", "1.4.0-0b"), old=_seen(old, count, asked), new=_seen(new, count, asked))
        last = count >= asked.requests
        if last or suspicious(pair, asked.analysis):
            found = Case(pair=pair, numbers=_numbers(pair, asked.analysis.slower), analysis=asked.analysis).verdict
            if last or found == "fail":
                return found
    raise AssertionError("The last look is at all of them.")


def _numbers(pair: Pair, slower: float) -> Comparison:
    return read(compare(**question(pair.old, pair.new, slower)))


def _drawn(kind: Kind, asked: Question, chance: random.Random) -> list[float | None]:
    # A duration for each request, None where it fails.
    return [
        None if chance.random() < kind.errors else MEDIAN * kind.times * chance.lognormvariate(0.0, SIGMA)
        for _ in range(asked.requests)
    ]


def _seen(answers: list[float | None], count: int, asked: Question) -> Samples:
    first = answers[:count]
    seconds = tuple(each for each in first if each is not None)[: asked.timed]
    return Samples(requests=len(first), errors=first.count(None), seconds=seconds)


def table(rows: list[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| case | pairs | wrong | share | at most | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        share = f"{row.wrong / row.pairs * 100:.1f} %"
        words = (row.name, f"{row.pairs:,}", f"{row.wrong:,}", share, f"{row.most * 100:g} %", "✓" if row.ok else "✗")
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Prints the table; 0 when every goal is met."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pairs", type=int, default=1000, help="how many pairs a case (default: 1000)")
    words.add_argument("--seed", type=int, default=1, help="where chance begins (default: 1)")
    given = words.parse_args()
    rows = simulate(given.pairs, given.seed)
    print(table(rows), end="")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
