"""ab: two releases side by side for as long as people compare them, each person always with the same one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from twinrail.deploy.moves import Hold, Move, Rule, Shift, Start, Steer, Stop, read_rule
from twinrail.deploy.release import Release
from twinrail.deploy.strategies.arrival import alone, arrive, set_out
from twinrail.project.strategies import Strategy
from twinrail.system.files import digest


@dataclass(frozen=True, kw_only=True)
class AB:
    """Splits people between the old release (A) and the new one (B) until the experiment ends; then B takes over.

    Attributes:
        by: what tells people apart, where no rule does: a cookie that is dealt to them, or a hash of their address.
        rule: who meets B; None: `share` of all people.
        share: the part of people who are dealt to B, in percent.
        bake: how long B is watched with all traffic, in seconds.
    """

    by: Literal["cookie", "hash"] = "cookie"
    rule: Rule | None = None
    share: float = 50.0
    bake: float = 0.0

    @classmethod
    def of(cls, settings: Strategy, bake: float) -> Self:
        """The strategy as the settings want it, which watches for `bake` seconds."""
        by: Literal["cookie", "hash"] = "hash" if settings.by == "hash" else "cookie"
        rule = read_rule("header" if settings.by == "header" else "cookie", settings.match)
        return cls(by=by, rule=rule, share=settings.share * 100, bake=bake)

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old` (empty where nothing is live) to `new`."""
        if not old or old == new.name:
            yield from alone(old, new, replicas=replicas, bake=self.bake)
            return
        yield from set_out(new)
        yield Start(new.name, replicas)
        yield Hold(new.name, "step")
        yield self._steer(old, new.name)
        if self.rule is None:
            yield Shift({old: 100.0 - self.share, new.name: self.share})
        yield Hold(new.name, "end")
        arrival = arrive(new.name, self.bake)
        yield next(arrival)
        yield Steer()
        yield from arrival
        yield Stop(old)

    def _steer(self, old: str, new: str) -> Steer:
        if self.rule:
            return Steer(release=new, rules=(self.rule,))
        if self.by == "hash":
            return Steer(release=new, hashed=True)
        # A name of its own for each pair: who was dealt one side of another experiment is dealt anew.
        return Steer(release=new, sticky=f"twinrail-{digest(old, new)[:8]}")
