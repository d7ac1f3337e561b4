"""rolling: some new ones in, as many old ones out, until all are new."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Self

from twinrail.deploy.moves import Hold, Move, Roll, Shift, Start, Stop
from twinrail.deploy.release import Release
from twinrail.deploy.strategies.arrival import alone, arrive, set_out
from twinrail.project.strategies import Strategy
from twinrail.system.errors import PlanRefused


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """Replaces the instances a batch at a time; traffic follows the healthy ones.

    The last old instance stays, without traffic, until the gates are open.

    Attributes:
        surge: how many instances may run beyond the wanted number.
        unavailable: how many may be missing of it.
        pause: how long each batch is watched before the next one, in seconds.
        bake: how long the release is watched with all traffic, in seconds.
        in_place: whether the place itself replaces instances one after the other; with room for one more at least.
    """

    surge: int = 1
    unavailable: int = 0
    pause: float = 0.0
    bake: float = 0.0
    in_place: bool = False

    @classmethod
    def of(cls, settings: Strategy, bake: float) -> Self:
        """The strategy as the settings want it, which watches for `bake` seconds."""
        return cls(surge=settings.surge, unavailable=settings.unavailable, pause=settings.pause, bake=bake)

    def __call__(self, old: str, new: Release, *, replicas: int) -> Iterator[Move]:
        """The moves from `old` (empty where nothing is live) to `new`.

        Raises:
            PlanRefused: neither may one more run nor one be missing, so that no first step is left.
        """
        if not old or old == new.name:
            yield from alone(old, new, replicas=replicas, bake=self.bake)
            return
        if not self.surge and min(self.unavailable, replicas - 1) < 1:
            raise PlanRefused(
                f"rolling with surge 0 and unavailable {self.unavailable} of {replicas} has no first step.",
                why="One more instance must be allowed to run, or one of several to be missing.",
                todo="Set surge = 1; nothing was changed.",
            )
        if self.in_place and self.surge:
            yield from self._in_place(old, new, replicas)
            return
        yield from set_out(new)
        fresh = yield from self._roll(old, new.name, replicas)
        yield from arrive(new.name, self.bake)
        yield Stop(old)
        if fresh < replicas:
            yield Start(new.name, replicas)

    def _in_place(self, old: str, new: Release, replicas: int) -> Iterator[Move]:
        # The place looks at nothing but health: one that nobody meets stands the checks before anybody meets another.
        yield from set_out(new)
        yield Start(new.name, 1)
        yield Hold(new.name, "step", self.pause)
        yield Roll(old, new.name, at_once=min(self.surge, replicas), seconds=max(self.pause, self.bake))
        yield Start(new.name, replicas + 1)
        yield from arrive(new.name, self.bake)
        yield Stop(old)
        yield Stop(new.name, replicas)

    def _roll(self, old: str, new: str, replicas: int) -> Generator[Move, None, int]:
        # As many as may run come in; where there is no room, as many as may be missing go out before.
        fresh, stale = 0, replicas
        while fresh < replicas:
            if stale + fresh >= replicas + self.surge:
                staying = max(replicas - self.unavailable - fresh, 1)
                if staying == stale:
                    break
                stale = staying
                yield Stop(old, stale)
            fresh = min(replicas, replicas + self.surge - stale)
            yield Start(new, fresh)
            if fresh < replicas:
                yield Shift({old: 100.0 * stale / (stale + fresh), new: 100.0 * fresh / (stale + fresh)})
                yield Hold(new, "step", self.pause)
        return fresh
