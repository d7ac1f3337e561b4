"""An analysis by probes: as many as it needs, fewer where a release is clearly worse."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from twinrail.deploy.analysis.computing import Compute
from twinrail.deploy.analysis.prober import LANES, Prober
from twinrail.deploy.analysis.verdict import Case, Pair, called, looks, suspicious
from twinrail.deploy.interface import Evidence, Samples
from twinrail.project.strategies import Analysis
from twinrail.system.errors import Interrupted, TwinrailError

_CALM = 20.0
"""How long the probes may take one after the other, in seconds, until only errors are worth more of them."""
_WRITTEN_WITHIN = 2.0
"""How long the last answers may take until the log shows them, in seconds."""
_POLL = 0.02
_NOT_FOUND = 404


class NotComparable(TwinrailError):
    """There is nothing to hold the new release against."""


@dataclass(kw_only=True)
class Probing:
    """Probes of two releases, looked at while they come in.

    First they go one after the other, so that none waits for another: a release with one instance would look slower
    than one with three. Where that takes too long, the rest are made side by side and count for errors alone.

    Attributes:
        names: those of the old and the new release.
        evidence: the place's log, whose durations hold nothing of the prober's own; where it has none, the prober's
            count.
        progress: takes a word for the screen.
    """

    analysis: Analysis
    names: tuple[str, str]
    prober: Prober
    evidence: Evidence
    compute: Compute
    progress: Callable[[str], None]
    _since: float = 0.0
    _spent: float = 0.0
    _lanes: int = 1
    _calm: tuple[Samples, Samples] | None = None
    _logged: bool = True

    def case(self) -> Case:
        """What a verdict needs.

        Raises:
            NotComparable: one of the two releases does not answer past the weights.
            ToolError: the numbers cannot be computed.
            Interrupted: somebody pressed Ctrl-C.
        """
        self.prober.warm()
        self._since = time.time()
        *early, enough = looks(self.analysis)
        for count in early:
            pair = self._look(count)
            if suspicious(pair, self.analysis) and (case := self.compute(pair)).verdict == "fail":
                return case
            slow = self._spent / count * enough > _CALM
            if self._calm is None and slow and count >= self.analysis.points:
                self._lanes, self._calm = LANES, (pair.old, pair.new)
        return self.compute(self._look(enough))

    def _look(self, count: int) -> Pair:
        self.progress(f"analysis: {count:,} of {self.analysis.requests:,} requests a side")
        started = time.monotonic()
        self.prober.until(count, lanes=self._lanes)
        self._spent += time.monotonic() - started
        if self.prober.interrupted.is_set():
            raise Interrupted("Interrupted while the releases were compared.")
        old, new = self._seen()
        if self._calm:
            old, new = (replace(each, seconds=was.seconds) for each, was in zip((old, new), self._calm, strict=True))
        return Pair(names=self.names, old=old, new=new).strict

    def _seen(self) -> tuple[Samples, Samples]:
        mine = self.prober.seen[0].samples, self.prober.seen[1].samples
        logged = self._read(mine) if self._logged else None
        self._logged = logged is not None
        for name, own, known in zip(called(self.names), mine, logged or mine, strict=True):
            if not known.requests or (not logged and set(own.statuses) == {_NOT_FOUND}):
                raise NotComparable(f"{name} does not answer past the weights, so there is nothing to compare.")
        if logged is None:
            return mine
        # An answer that broke off the log takes for a whole one.
        old, new = (
            known if known.errors >= own.errors else replace(known, errors=own.errors, statuses=own.statuses)
            for own, known in zip(mine, logged, strict=True)
        )
        return old, new

    def _read(self, mine: tuple[Samples, Samples]) -> tuple[Samples, Samples] | None:
        # What the log says of both, as soon as it knows of all requests; None where it has none.
        end = time.monotonic() + _WRITTEN_WITHIN
        while True:
            try:
                old, new = (self.evidence.samples(name, self._since, probes=True) for name in self.names)
            except TwinrailError:
                return None
            whole = old.requests >= mine[0].requests and new.requests >= mine[1].requests
            if whole or time.monotonic() > end:
                return (old, new) if old.requests or new.requests else None
            if self.prober.interrupted.wait(_POLL):
                raise Interrupted("Interrupted while the releases were compared.")
