"""The run as one page: a file that is opened from disk and read whole, without network or script.

The template holds the words and the looks; here stand the numbers that it draws, in percent of width and height.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

from twinrail.report.events import MoveMade, Observed
from twinrail.report.marks import ANSWERS, SYMBOLS
from twinrail.report.story import Story
from twinrail.report.template import template
from twinrail.system.units import show_digest, show_duration, show_time

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_FILTERS: Mapping[str, Callable[..., str]] = {"duration": show_duration, "clock": show_time, "digest": show_digest}
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200, 14400, 43200)
_MINUTES_FROM = 600
_ROOM = (11, 18)
"""How wide and how high an area is in which its release's name can stand."""
_MARGIN = 1.04
"""How much longer than a rollout its picture is."""
_APART = 5
"""How far the numbers of two moves stand from each other at least."""


@dataclass(frozen=True)
class Scale:
    """A stretch of time: where it begins (seconds since 1970), and its length."""

    began: float
    span: float

    def at(self, time: float) -> float:
        """Where a time stands, from 0 to 100."""
        share = (time - self.began) / self.span if self.span > 0 else 0
        return round(100 * min(max(share, 0), 1), 2)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where the axis has marks, and what they say."""
        step = next((each for each in _STEPS if self.span <= each * 5.5), self.span)
        times = [number * step for number in range(int(self.span / step) + 1)] if self.span > 0 else [0.0]
        minutes = self.span >= _MINUTES_FROM
        return [(self.at(self.began + time), f"{time / 60:g} min" if minutes else f"{time:g} s") for time in times]


@dataclass(frozen=True)
class Area:
    """What one release has of a whole over time: `path` draws it, `name` is where its name has room."""

    release: str
    path: str
    name: tuple[float, float] | None


@dataclass(frozen=True)
class Mark:
    """A move of a rollout: its number, when it began, and where it stands; `shown` when its number has room."""

    number: int
    began: float
    left: float
    shown: bool
    move: MoveMade


class _Step(NamedTuple):
    left: float
    right: float
    low: float
    high: float


@dataclass(frozen=True)
class Rollout:
    """What happened in one environment."""

    environment: str
    moves: tuple[tuple[float, MoveMade], ...]
    seen: tuple[tuple[float, Observed], ...]

    @cached_property
    def scale(self) -> Scale:
        """From the first thing that happened here to a little after the last, so that the end is seen too."""
        begins = [time - move.seconds for time, move in self.moves] + [time for time, _ in self.seen]
        ended = max(time for time, _ in (*self.moves, *self.seen))
        return Scale(min(begins), (ended - min(begins)) * _MARGIN)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.scale.span / _MARGIN

    @cached_property
    def releases(self) -> list[str]:
        """The releases, in the order in which they were seen."""
        return list(dict.fromkeys(name for _, each in self.seen for name in (*each.traffic, *each.instances)))

    @cached_property
    def most(self) -> int:
        """The most instances that were healthy at a time."""
        return max((sum(each.instances.values()) for _, each in self.seen), default=0)

    @property
    def rules(self) -> list[tuple[float, str]]:
        """Where the picture of the instances has lines across, and their count."""
        step = -(-self.most // 4) or 1
        return [(round(100 - 100 * each / (self.most or 1), 2), str(each)) for each in range(0, self.most + 1, step)]

    @cached_property
    def marks(self) -> list[Mark]:
        """The moves, in their order; a number that would stand on the one before it is left out."""
        marks: list[Mark] = []
        for number, (time, move) in enumerate(self.moves, 1):
            left = self.scale.at(time - move.seconds)
            last = max((each.left for each in marks if each.shown), default=-_APART)
            began = time - move.seconds - self.scale.began
            marks.append(Mark(number, began, left, shown=left - last >= _APART, move=move))
        return marks

    @property
    def changes(self) -> list[tuple[float, Observed]]:
        """What was seen and differs from what was seen before, and how long after the beginning."""
        alike = groupby(self.seen, key=lambda each: (dict(each[1].instances), dict(each[1].traffic)))
        return [(time - self.scale.began, seen) for time, seen in (next(same) for _, same in alike)]

    @property
    def turned(self) -> Mark | None:
        """The first move on the way back."""
        return next((each for each in self.marks if each.move.retreat), None)

    def areas(self, what: Literal["traffic", "instances"]) -> Iterator[Area]:
        """The releases' shares of all traffic, or of all instances, the newest release at the bottom."""
        shares = [each.traffic if what == "traffic" else each.instances for _, each in self.seen]
        whole = 100 if what == "traffic" else self.most or 1
        # What was seen last still holds when the picture ends.
        spans = list(pairwise([*(self.scale.at(time) for time, _ in self.seen), 100.0]))
        lows = [0.0] * len(spans)
        for release in reversed(self.releases):
            highs = [low + 100 * share.get(release, 0) / whole for low, share in zip(lows, shares, strict=True)]
            yield _area(release, _steps(spans, lows, highs))
            lows = highs


def page(story: Story) -> str:
    """What happened, as one HTML file."""
    shown = template(_TEMPLATE, _FILTERS).render(
        story=story,
        run=story.run,
        state=story.state,
        scale=Scale(story.began, story.last - story.began),
        troubled=story.troubled,
        rollouts=list(_rollouts(story)),
        symbols=SYMBOLS,
        answers=ANSWERS,
    )
    return f"{shown}\n"


def _rollouts(story: Story) -> Iterator[Rollout]:
    moves, seen = sorted(story.moves, key=itemgetter(0)), sorted(story.observed, key=itemgetter(0))
    times = [(time, move.environment) for time, move in moves] + [(time, each.environment) for time, each in seen]
    for name in dict.fromkeys(name for _, name in sorted(times)):
        here = tuple(each for each in moves if each[1].environment == name)
        yield Rollout(name, here, tuple(each for each in seen if each[1].environment == name))


def _steps(spans: list[tuple[float, float]], lows: list[float], highs: list[float]) -> list[_Step]:
    heights = [(round(low, 2), round(high, 2)) for low, high in zip(lows, highs, strict=True)]
    steps = []
    for (low, high), same in groupby(zip(spans, heights, strict=True), key=lambda each: each[1]):
        stretch = [span for span, _ in same]
        steps.append(_Step(stretch[0][0], stretch[-1][1], low, high))
    return steps


def _area(release: str, steps: list[_Step]) -> Area:
    there = "".join(f"V{100 - each.high:g}H{each.right:g}" for each in steps)
    back = "".join(f"V{100 - each.low:g}H{each.left:g}" for each in reversed(steps))
    largest = max(steps, key=lambda each: (each.right - each.left) * (each.high - each.low))
    roomy = largest.right - largest.left >= _ROOM[0] and largest.high - largest.low >= _ROOM[1]
    name = ((largest.left + largest.right) / 2, 100 - (largest.low + largest.high) / 2) if roomy else None
    return Area(release, f"M{steps[0].left:g},{100 - steps[0].low:g}{there}{back}Z", name)
