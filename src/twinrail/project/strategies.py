"""The settings of a rollout: how the new release takes over, and how the two are compared meanwhile."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from twinrail.project.scalars import TABLE, Count, Duration, Flag, Routes, Share, StrategyName, Text

BAKE = {"production": 5.0, "staging": 1.0}
"""How long an environment watches a new release with all traffic when the settings do not say, in seconds; others do
no more than look at it."""
Weight = Annotated[float, Field(strict=True, gt=0, lt=100)]
Weights = tuple[Weight, ...]
"""Shares of traffic on the way, in percent."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Strategy:
    """How the new release takes over from the old one."""

    name: StrategyName = "rolling"
    """The strategy."""
    surge: Annotated[int, Field(strict=True, ge=0)] = 1
    """rolling: how many instances may run beyond the wanted number."""
    unavailable: Annotated[int, Field(strict=True, ge=0)] = 0
    """rolling: how many instances may be missing of the wanted number."""
    pause: Duration = 0.0
    """rolling: how long each batch is watched before the next one."""
    weights: Weights = (5.0, 25.0, 50.0)
    """canary: the new release's shares of traffic on its way, in percent."""
    hold: Duration = 60.0
    """canary: how long each weight lasts."""
    header: str = ""
    """canary: the header that leads to the new release whatever the weight, `X-Canary: always`; empty: none."""
    cookie: str = ""
    """canary: the cookie that leads there, `canary=always`; empty: none."""
    by: Literal["cookie", "hash", "header"] = "cookie"
    """ab: how people are told apart: by a cookie that is dealt to them (or the one that `match` names), a hash of
    their address, the header that `match` names."""
    match: str = ""
    """ab: who gets the new release, `X-Group: b` or `group=b`."""
    share: Share = 0.5
    """ab: the share of people who are dealt to the new release."""
    until: str = ""
    """ab: when it ends, `2026-12-01T09:00:00+01:00`; empty: when somebody ends it."""
    bake: Duration | None = None
    """How long the new release is watched with all traffic, the old one standing by. Not set: 5 s for production,
    1 s for staging, elsewhere one look."""
    standby: Flag = False
    """blue-green: whether the old release keeps running without traffic until the next deploy, for an instant way
    back."""


OPTIONS = {
    "rolling": ("surge", "unavailable", "pause"),
    "blue-green": ("standby",),
    "canary": ("weights", "hold", "header", "cookie"),
    "ab": ("by", "match", "share", "until"),
}
"""The options of each of our strategies, beside `bake`, which every one has."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Analysis:
    """How the new release is held against the old one under the same traffic."""

    traffic: Literal["probe", "live"] = "probe"
    """Whose requests are compared: some that are made for it, the same to both sides past the weights; or people's."""
    routes: Routes = ("/",)
    """probe: the routes that are asked."""
    requests: Count = 1000
    """The fewest requests of each side for a verdict on errors."""
    points: Annotated[int, Field(strict=True, ge=20)] = 50
    """The fewest durations of each side for a verdict on latency."""
    slower: Share = 0.2
    """How much slower the new release may be, by its median or its slowest tenth. What is slower by less than a
    millisecond, or ten of the slowest tenth, never counts."""
    errors: Share = 0.005
    """How much larger its share of errors may be."""
    inconclusive: Literal["back", "hold"] = "back"
    """What too little data leads to: the way back, or a rollout that waits for somebody to go on."""
    prometheus: str = ""
    """live: the address of a Prometheus to ask instead of the proxy's log; it knows durations by buckets only."""
    query: Text = 'http_request_duration_seconds_bucket{release="{release}"}'
    """prometheus: the series of the buckets of a release; {release} is filled in."""
    failures: Text = 'http_requests_total{release="{release}",status=~"5.."}'
    """prometheus: the series that counts the failed requests of a release."""
