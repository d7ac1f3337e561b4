"""An analysis by probes, with a prober that asks nobody and a log that is told what to say."""

from collections import Counter
from dataclasses import dataclass, field, replace
from threading import Event as Flag

import pytest
from seen import NEW, OLD, case, durations

from twinrail.deploy.analysis import probing
from twinrail.deploy.analysis.prober import LANES, Seen
from twinrail.deploy.analysis.probing import NotComparable, Probing
from twinrail.deploy.interface import Samples
from twinrail.project.strategies import Analysis
from twinrail.system.errors import Interrupted, ToolError


@dataclass
class FakeProber:
    """Asks at once; the releases answer with `statuses` again and again, and take so many seconds."""

    statuses: tuple[tuple[int, ...], tuple[int, ...]] = ((200,), (200,))
    medians: tuple[float, float] = (0.08, 0.08)
    interrupted: Flag = field(default_factory=Flag)
    seen: tuple[Seen, Seen] = field(default_factory=lambda: (Seen(), Seen()))
    asked: list[tuple[int, int]] = field(default_factory=list)
    warmed: int = 0
    stop_at: int = 1_000_000

    def warm(self):
        assert not self.asked
        self.warmed += 1

    def until(self, pairs, *, lanes):
        self.asked.append((pairs, lanes))
        for side, statuses, median in zip(self.seen, self.statuses, self.medians, strict=True):
            for number, seconds in enumerate(durations(pairs, median=median)[side.statuses.total() :]):
                status = statuses[number % len(statuses)]
                side.statuses[status] += 1
                if 0 < status < 500:
                    side.seconds.append(seconds)
        if pairs >= self.stop_at:
            self.interrupted.set()


@dataclass
class FakeLog:
    """Knows what the prober saw, and is behind by so many requests the first time after each look."""

    prober: FakeProber
    behind: int = 0
    times: float = 1.0
    unknown: tuple[str, ...] = ()
    read: int = 0

    def samples(self, release, since, *, probes):
        assert probes
        assert since > 1e9
        self.read += 1
        if release in self.unknown:
            return Samples()
        found = self.prober.seen[release == NEW].samples
        late, self.behind = self.behind, 0
        seconds = tuple(each * self.times for each in found.seconds)
        return replace(found, requests=found.requests - late, seconds=seconds)


class NoLog:
    def samples(self, *_, **__):
        raise ToolError("The proxy of here writes no access log.")


@dataclass
class Told:
    words: list[str] = field(default_factory=list)
    computed: list[int] = field(default_factory=list)


def run(prober, evidence=None, **settings):
    """The case that comes out, and what was told on the way."""
    analysis, told = Analysis(**settings), Told()

    def compute(pair):
        told.computed.append(pair.new.requests)
        return case(pair.old, pair.new, **settings)

    evidence = FakeLog(prober) if evidence is None else evidence
    made = Probing(
        analysis=analysis,
        names=(OLD, NEW),
        prober=prober,
        evidence=evidence,
        compute=compute,
        progress=told.words.append,
    )
    return made.case(), told


def test_alike():
    """Of two that are alike all is asked and computed once, at the end; the way there is told."""
    prober = FakeProber()
    found, told = run(prober)
    assert ("pass", 1000, 1, [1000]) == (found.verdict, found.pair.new.requests, prober.warmed, told.computed)
    assert [(each, 1) for each in (8, 25, 50, 100, 250, 500, 1000)] == prober.asked
    assert "analysis: 250 of 1,000 requests a side" in told.words


def test_broken():
    """A release that fails every request is asked eight times."""
    found, told = run(FakeProber(statuses=((200,), (500,))))
    assert ("fail", 8, [8]) == (found.verdict, found.pair.new.requests, told.computed)


def test_slow():
    """A release that takes five times as long is asked no more than it takes to be sure."""
    found, _ = run(FakeProber(medians=(0.08, 0.4)))
    assert ("fail", True) == (found.verdict, found.pair.new.requests <= 50)


def test_not_clear_yet():
    """What may be chance is looked at again with more of it."""
    found, told = run(FakeProber(statuses=((200,), (200,) * 7 + (503,))))
    assert ("fail", True) == (found.verdict, len(told.computed) > 1)


def test_refused():
    """A route that the old release serves and the new one refuses is a failure."""
    found, _ = run(FakeProber(statuses=((200,), (404,))))
    assert ("fail", 8) == (found.verdict, found.pair.new.errors)
    assert "pass" == run(FakeProber(statuses=((404,), (404,))))[0].verdict


def test_durations_of_the_log():
    """The log's durations count, not the prober's own."""
    prober = FakeProber()
    found, _ = run(prober, FakeLog(prober, times=0.5))
    assert pytest.approx(0.04, rel=0.1) == found.numbers.latency.median[0]


def test_log_that_is_behind():
    """A log that does not show the last answers yet is read again."""
    prober = FakeProber()
    log = FakeLog(prober, behind=3)
    found, _ = run(prober, log)
    assert ("pass", 1000) == (found.verdict, found.pair.old.requests)
    assert 2 * 7 + 2 == log.read


def test_answer_that_broke_off():
    """What the log takes for a whole answer, and the prober does not, has failed."""

    class Innocent(FakeLog):
        def samples(self, release, since, *, probes):
            found = super().samples(release, since, probes=probes)
            return replace(found, errors=0, statuses={200: found.requests})

    prober = FakeProber(statuses=((200,), (0,)))
    found, _ = run(prober, Innocent(prober))
    assert ("fail", {0: 8}) == (found.verdict, found.pair.new.statuses)


def test_no_log():
    """Where the place has no log, what the prober saw counts."""
    found, _ = run(FakeProber(), NoLog())
    assert ("pass", 1000) == (found.verdict, found.pair.old.requests)


def test_log_of_others(monkeypatch):
    """A log that knows nothing of either release is as good as none, and is not waited for again."""
    monkeypatch.setattr(probing, "_WRITTEN_WITHIN", 0.0)
    prober = FakeProber()
    log = FakeLog(prober, unknown=(OLD, NEW))
    found, _ = run(prober, log)
    assert ("pass", 2) == (found.verdict, log.read)


@pytest.mark.parametrize(("unknown", "name"), [(OLD, "1.3.2"), (NEW, "1.4.0")])
def test_one_is_not_there(monkeypatch, unknown, name):
    """A release of which the log shows no answer is not there to be compared."""
    monkeypatch.setattr(probing, "_WRITTEN_WITHIN", 0.0)
    prober = FakeProber()
    with pytest.raises(NotComparable, match=f"{name} does not answer past the weights"):
        run(prober, FakeLog(prober, unknown=(unknown,)))


def test_one_is_not_there_and_there_is_no_log():
    """Without a log a release that is never found is taken for one that is not there."""
    with pytest.raises(NotComparable, match=r"1\.3\.2 does not answer"):
        run(FakeProber(statuses=((404,), (200,))), NoLog())


def test_slow_service(monkeypatch):
    """Where one after the other would take too long, more go at once, and their durations no longer count."""
    monkeypatch.setattr(probing, "_CALM", 0.0)
    prober = FakeProber()
    found, _ = run(prober)
    assert [(8, 1), (25, 1), (50, 1), (100, LANES)] == prober.asked[:4]
    assert ("pass", 1000, (50, 50)) == (found.verdict, found.pair.new.requests, found.points)


@pytest.mark.parametrize("at", [8, 1000])
def test_interrupted(at):
    """Ctrl-C ends it, with nothing computed."""
    with pytest.raises(Interrupted, match="compared"):
        run(FakeProber(stop_at=at))


def test_interrupted_while_the_log_is_behind():
    """Ctrl-C ends the waiting for the log."""
    prober = FakeProber()

    class Late(FakeLog):
        def samples(self, release, since, *, probes):
            self.prober.interrupted.set()
            return replace(super().samples(release, since, probes=probes), requests=1)

    with pytest.raises(Interrupted, match="compared"):
        run(prober, Late(prober))


def test_seen_is_counted_apart():
    """What was seen of a release is counted by status."""
    seen = Seen(statuses=Counter({0: 1, 200: 5, 404: 2, 502: 3}), seconds=[0.1])
    assert Samples(requests=11, errors=4, seconds=(0.1,), statuses={0: 1, 200: 5, 404: 2, 502: 3}) == seen.samples
