"""From the numbers of a comparison to a verdict.

A release fails when it is worse beyond chance, and by more than the settings let pass: both, for with enough requests
any trifle is beyond chance. A millisecond of the median, or ten of the slowest tenth, is a trifle whatever its share:
in how many instances a release runs, and how busy the machine is, makes as much.

Where a side has shown too little it never passes, and it fails only where that is clear already: beyond chance by a
stricter measure, and latency beyond what may be instead of beyond the old release's.

Of releases that are no worse at most two in a hundred fail, over both tests and over all looks at the numbers while
they come in: `_FULL` for each test, and `_EARLY` for each test at each of `LOOKS`, are 1.2 % together.
"""

from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from twinrail.deploy.analysis.comparison import Comparison
from twinrail.deploy.interface import Samples
from twinrail.deploy.release import version_of
from twinrail.project.strategies import Analysis

Verdict = Literal["pass", "fail", "inconclusive"]
"""What an analysis ends with."""

LOOKS = (8, 25, 50, 100, 250, 500)
"""After how many requests of each side the numbers may be looked at before there are enough of them."""

_FULL, _EARLY = 0.005, 0.0001
"""How unlikely what was seen must be of a release that is no worse: once there is enough of it, and before."""

_MEDIAN, _SLOW = 0.001, 0.01
"""By how much, in seconds, the median must be longer at least to be too long, and what the slowest tenth takes."""
_NEGLIGIBLE = 0.56
"""Of two releases that differ so little the new one is not too slow; this is Vargha and Delaney's bound."""

_REFUSED, _FAILED = 400, 500


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What was seen of two releases; `names` are those of the old and the new one."""

    names: tuple[str, str]
    old: Samples
    new: Samples

    @property
    def called(self) -> tuple[str, str]:
        """What they are called on the screen."""
        return called(self.names)

    @property
    def strict(self) -> "Pair":
        """The same, answers of 400 and more counted as failed where the old release gave none: nobody mistyped."""
        if any(_REFUSED <= status < _FAILED for status in self.old.statuses):
            return self
        refused = sum(count for status, count in self.new.statuses.items() if _REFUSED <= status < _FAILED)
        return replace(self, new=replace(self.new, errors=self.new.errors + refused))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a verdict is found from: what was seen, its numbers, and what the settings ask."""

    pair: Pair
    numbers: Comparison
    analysis: Analysis

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        if self.fails_more or self.slower:
            return "fail"
        return "inconclusive" if self.early else "pass"

    @property
    def early(self) -> bool:
        """Whether a side has shown too little for a verdict."""
        return self.few_requests or self.few_points

    @property
    def few_requests(self) -> bool:
        """Whether a side has shown too few requests for a verdict on errors."""
        return min(self.pair.old.requests, self.pair.new.requests) < self.analysis.requests

    @property
    def few_points(self) -> bool:
        """Whether a side has shown too few durations for a verdict on latency."""
        return min(self.points) < self.analysis.points

    @property
    def points(self) -> tuple[int, int]:
        """How many durations there are of each side."""
        known = self.numbers.latency
        return known.points if known else (len(self.pair.old.seconds), len(self.pair.new.seconds))

    @property
    def fails_more(self) -> bool:
        """Whether the new release fails more often, beyond chance and by more than it may."""
        found = self.numbers.errors
        return found.p < (_EARLY if self.early else _FULL) and found.difference > self.analysis.errors

    @property
    def slower(self) -> bool:
        """Whether the new release takes longer, beyond chance and by more than it may."""
        found = self.numbers.latency
        if found is None or found.larger < _NEGLIGIBLE:
            return False
        if not (self.median_too_long or self.slow_too_long):
            return False
        return found.beyond < _EARLY if self.early else found.p < _FULL

    @property
    def median_too_long(self) -> bool:
        """Whether the median is longer by more than it may be."""
        found = self.numbers.latency
        return found is not None and _longer(found.median, self.analysis, _MEDIAN)

    @property
    def slow_too_long(self) -> bool:
        """Whether what the slowest tenth takes is longer by more than it may be."""
        found = self.numbers.latency
        return found is not None and _longer(found.slow, self.analysis, _SLOW)


def called(names: tuple[str, str]) -> tuple[str, str]:
    """What two releases are called on the screen: their versions, where these tell them apart."""
    old, new = map(version_of, names)
    return (old, new) if old != new else names


def suspicious(pair: Pair, analysis: Analysis) -> bool:
    """Whether a look at the numbers could find that the new release fails: it is worse by more than it may be."""
    difference = _share(pair.new) - _share(pair.old)
    if not (pair.old.seconds and pair.new.seconds):
        return difference > analysis.errors
    medians = median(pair.old.seconds), median(pair.new.seconds)
    return difference > analysis.errors or _longer(medians, analysis, _MEDIAN)


def looks(analysis: Analysis) -> tuple[int, ...]:
    """After how many requests of each side the numbers are looked at; the last time there are enough of them."""
    enough = max(analysis.requests, analysis.points)
    return (*(each for each in LOOKS if each < enough), enough)


def failed_by(samples: Samples) -> dict[int, int]:
    """The statuses that count as failed, 0 for no answer, and how often each came."""
    failed = {status: count for status, count in samples.statuses.items() if status == 0 or status >= _FAILED}
    if sum(failed.values()) < samples.errors:
        failed |= {each: count for each, count in samples.statuses.items() if _REFUSED <= each < _FAILED}
    return dict(sorted(failed.items(), key=lambda each: -each[1]))


def _share(samples: Samples) -> float:
    return samples.errors / samples.requests if samples.requests else 0.0


def _longer(pair: tuple[float, float], analysis: Analysis, least: float) -> bool:
    old, new = pair
    return new > old * (1 + analysis.slower) and new - old > least
