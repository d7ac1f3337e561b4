"""An analysis of people's own traffic: how long a step must last until the fewer side has shown enough."""

import math
from dataclasses import dataclass

from twinrail.project.strategies import Analysis
from twinrail.system.units import show_duration

_SURE = 2.33
"""Ninety-nine of a hundred times no fewer come than expected less so many standard deviations."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a rollout whose analysis waits for people.

    Attributes:
        weight: the new release's share of the traffic, in percent.
        rate: how many requests a second there are in all.
        seconds: how long it lasts.
        needs: how long it must last at that rate; infinite without traffic.
        refusal: why it cannot gather what it needs, or empty.
        todo: what to do about that.
    """

    weight: float
    rate: float
    seconds: float
    needs: float
    refusal: str = ""
    todo: str = ""


def step(analysis: Analysis, *, rate: float, weight: float, seconds: float) -> Step:
    """A step of so many seconds with `weight` percent of `rate` requests a second, and whether it can gather enough."""
    wanted = max(analysis.requests, analysis.points)
    fewer = rate * min(weight, 100 - weight) / 100
    # So many must be expected that chance leaves enough of them.
    expected = (_SURE / 2 + math.sqrt(_SURE**2 / 4 + wanted)) ** 2
    needs = expected / fewer if fewer else math.inf
    if needs <= seconds:
        return Step(weight=weight, rate=rate, seconds=seconds, needs=needs)
    return Step(
        weight=weight,
        rate=rate,
        seconds=seconds,
        needs=needs,
        refusal=_refusal(wanted, weight, rate, seconds, fewer),
        todo=_todo(needs),
    )


def _refusal(wanted: int, weight: float, rate: float, seconds: float, fewer: float) -> str:
    if not fewer:
        return f"The analysis needs {wanted:,} requests of each release, and nobody asked when it was looked at last."
    gathered = f"{min(weight, 100 - weight):.3g} % of {rate:.3g} requests a second are {fewer * seconds:,.0f}"
    return f"The analysis needs {wanted:,} requests of each release: {gathered} in {show_duration(seconds)}."


def _todo(needs: float) -> str:
    other = 'let the pack ask itself:  analysis.traffic = "probe"'
    if math.isinf(needs):
        return other.capitalize()
    return f'Let the step last {show_duration(needs)} or longer (hold = "{math.ceil(needs / 60)}m"), or {other}'
