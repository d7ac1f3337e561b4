"""What is asked of the statistics, and what they say, as JSON; `statistics.py` runs elsewhere and knows no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinrail.deploy.interface import Samples

STATISTICS = Path(__file__).with_name("statistics.py")
"""The program that computes."""


@dataclass(frozen=True, kw_only=True)
class Errors:
    """The shares of errors compared.

    Attributes:
        p: how likely so many errors of the new release would be if it failed no more often than the old one.
        difference: its share of errors less that of the old one.
    """

    p: float
    difference: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The durations compared; each pair holds the old release's value and the new one's.

    Attributes:
        p: how likely such durations would be if the new release were no slower than the old one.
        beyond: how likely they would be if it were slower by no more than it may be; 1 where buckets do not tell.
        larger: the share of pairs of an answer of each in which the new one's took longer; half where both are alike.
        median: in seconds.
        slow: what the slowest tenth takes at least, in seconds.
        points: how many durations there are.
        buckets: whether no more than the bucket of each is known.
    """

    p: float
    beyond: float
    larger: float
    median: tuple[float, float]
    slow: tuple[float, float]
    points: tuple[int, int]
    buckets: bool

    @property
    def times(self) -> float:
        """How many times as long the median answer of the new release takes."""
        return _quotient(self.median)

    @property
    def slow_times(self) -> float:
        """How many times as long the slowest tenth of the new release takes."""
        return _quotient(self.slow)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The numbers of a comparison; `latency` is None where a side has no durations."""

    errors: Errors
    latency: Latency | None


def question(old: Samples, new: Samples, slower: float) -> dict[str, Any]:
    """What the program is given, for JSON; by the share `slower` the new release may be slower."""
    return {"old": _side(old), "new": _side(new), "slower": slower}


def read(answer: Mapping[str, Any]) -> Comparison:
    """What the program said."""
    latency = answer["latency"]
    pairs = {name: tuple(latency[name]) for name in ("median", "slow", "points")} if latency else {}
    return Comparison(errors=Errors(**answer["errors"]), latency=Latency(**{**latency, **pairs}) if latency else None)


def _side(samples: Samples) -> dict[str, Any]:
    return {
        "requests": samples.requests,
        "errors": samples.errors,
        "seconds": list(samples.seconds),
        "buckets": {str(bound): count for bound, count in samples.buckets.items()},
    }


def _quotient(pair: tuple[float, float]) -> float:
    old, new = pair
    return new / max(old, 1e-9)
