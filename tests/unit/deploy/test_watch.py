"""Looking at a release in virtual time: until it does well, and as long as it is held."""

from dataclasses import dataclass, field
from threading import Event as Flag

import pytest
from fakes import NEW, OLD, FakeClock, FakeLedger, ScriptedCheck, place_with, release, rollout
from ways import WAYS, scene

from twinrail.deploy.clock import SystemClock
from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.strategies.ab import AB
from twinrail.deploy.strategies.blue_green import BlueGreen
from twinrail.deploy.strategies.canary import Canary
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.deploy.watch import Watch, missed
from twinrail.report.events import Reading
from twinrail.system.errors import Interrupted, LedgerError, MoveFailed


@dataclass
class Health:
    """What is told of a release at a time: well until it falls ill, and from then on not."""

    clock: FakeClock
    ill: float = 1e18
    times: list[float] = field(default_factory=list)

    def measure(self, _):
        self.times.append(self.clock.now())
        ok = self.clock.now() < self.ill
        return Reading(name="/", value="200" if ok else "500 KeyError: 'currency'", ok=ok)


@dataclass
class Refusing:
    """No answer at first; from the asking `after` on, one that waiting does not mend."""

    after: int
    asked: int = 0

    def measure(self, _):
        self.asked += 1
        if self.asked < self.after:
            return Reading(name="/", value="no answer", ok=False)
        return Reading(name="/", value="400 Invalid host header", ok=False, final=True)


def watch(place, *checks, clock=None):
    return Watch(target=place, checks=checks, clock=clock or FakeClock())


def test_settled_after_three_in_a_row():
    """A release has settled when each check was passed three times in a row; one that cannot tell is passed over."""
    first, second, third = ScriptedCheck([True, False, True]), ScriptedCheck([None]), ScriptedCheck([True])
    watch(place_with(NEW), first, second, third).settle(NEW)
    assert (5, 1, 3) == (len(first.asked), len(second.asked), len(third.asked))
    assert {"past": NEW} == first.asked[0].headers


def test_people_do_not_wait_until_it_settles():
    """A release that people meet already is waited for two seconds, however well it may yet do."""
    clock, place = FakeClock(), place_with(NEW)
    place.shares = {NEW: 20.0}
    began = clock.now()
    with pytest.raises(MoveFailed, match=r"^2\.0 answered /readyz with 503, not 200\.$"):
        watch(place, ScriptedCheck([False]), clock=clock).settle(NEW)
    assert 2 < clock.now() - began < 2.1


def test_never_settles():
    """A release that does not settle within its time is told with the last reading."""
    clock, place = FakeClock(), place_with(NEW)
    place.shares = {OLD: 100.0}
    began = clock.now()
    with pytest.raises(MoveFailed, match=r"^2\.0 answered /readyz with 503, not 200\.$"):
        watch(place, ScriptedCheck([True, True, False]), clock=clock).settle(NEW)
    assert 15 < clock.now() - began < 16


@pytest.mark.parametrize(("after", "asked"), [(1, 3), (2, 4), (4, 6)])
def test_answer_that_does_not_get_better(after, asked):
    """An answer that waiting does not mend is waited for no longer than until it came three times in a row."""
    clock, check = FakeClock(), Refusing(after)
    began = clock.now()
    with pytest.raises(MoveFailed, match=r"^2\.0 answered / with 400 Invalid host header\.$"):
        watch(place_with(NEW), check, clock=clock).settle(NEW)
    assert (asked, True) == (check.asked, clock.now() - began < 1)


@pytest.mark.parametrize(("answers", "says"), [([True], ""), ([False, True], ""), ([False], "2.0 answered /readyz")])
def test_one_look_at_least(answers, says):
    """A hold of no time looks at the release once, and again where it was not well."""
    clock, check = FakeClock(), ScriptedCheck([*answers])
    began = clock.now()
    assert watch(place_with(NEW), check, clock=clock).regression(NEW, 0.0, 1).startswith(says)
    assert (clock.now() > began) == (answers != [True])


@pytest.mark.parametrize("name", ["rolling", "blue-green", "canary", "ab by cookie"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_instance_that_dies_with_the_switch(name, replicas):
    """An instance that dies as soon as all traffic goes there is noticed, though nothing was to be watched."""
    ways = {"rolling": Rolling(), "blue-green": BlueGreen(), "canary": Canary(hold=0.0), "ab by cookie": AB()}
    place = place_with(replicas=replicas)

    def fall(_):
        if place.shares == {NEW: 100.0} and NEW in place.instances and not place.steering.release:
            place.fall(NEW)

    place.after_each = fall
    with pytest.raises(ReleaseTurnedBack, match=r"[12] of [123] instances of 2\.0 ended|No instance of 2\.0"):
        rollout(place, replicas=replicas, strategy=ways[name]).run(release())
    assert ({OLD: replicas}, {OLD: 100.0}) == (place.instances, place.shares)


@pytest.mark.parametrize("seconds", [0.1, 0.5, 0.7, 3.0])
def test_two_looks_in_a_row(seconds):
    """One look that fails says nothing, two in a row do, be it that the second one comes after the time is over."""
    said = [watch(place_with(NEW), ScriptedCheck(answers)).regression(NEW, seconds, 1) for answers in ([False], [True])]
    assert ["2.0 answered /readyz with 503, not 200", ""] == said
    assert "" == watch(place_with(NEW), ScriptedCheck([False, True])).regression(NEW, seconds, 1)
    assert "" == watch(place_with(NEW), ScriptedCheck([False, None])).regression(NEW, seconds, 1)


def test_equal_checks_are_counted_apart():
    """Two checks that are alike, each of which fails once, are no regression."""
    checks = (ScriptedCheck([False, True, True]), ScriptedCheck([True, False, True]))
    assert "" == watch(place_with(NEW), *checks).regression(NEW, 2.0, 1)


def test_interrupted():
    """Ctrl-C ends the watching at once."""
    clock = FakeClock()
    clock.interrupted.set()
    with pytest.raises(Interrupted, match=r"while 2\.0-20000000 was watched"):
        watch(place_with(NEW), clock=clock).regression(NEW, 60.0, 1)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (Reading(name="/", value="500"), "2.0 answered / with 500"),
        (Reading(name="/readyz", value="503", limit="200"), "2.0 answered /readyz with 503, not 200"),
        (Reading(name="memory", value="612.0 MB", limit="≤ 600.0 MB"), "2.0 missed memory: 612.0 MB, not ≤ 600.0 MB"),
    ],
)
def test_words(reading, says):
    """What was missed is told with what was asked for."""
    assert says == missed(NEW, reading)


HOLDS = {
    "a pause": (Rolling(pause=10.0), 3),
    "a weight": (Canary(weights=(5.0, 50.0), hold=10.0), 15),
    "the bake period": (BlueGreen(bake=10.0), 5),
}


@pytest.mark.parametrize("name", HOLDS)
def test_regression_in_a_hold(name):
    """A release that falls ill while it is held is turned back within a second of virtual time, and says why."""
    way, after = HOLDS[name]
    clock, place = FakeClock(), place_with(replicas=2)
    ill = clock.now() + after
    with pytest.raises(ReleaseTurnedBack, match=r"2\.0 was turned back: 2\.0 answered / with 500 KeyError: 'currency'"):
        rollout(place, replicas=2, strategy=way, clock=clock, checks=(Health(clock, ill),)).run(release())
    assert ({OLD: 2}, {OLD: 100.0}) == (place.instances, place.shares)
    assert ill <= clock.now() < ill + 1.1


@pytest.mark.parametrize("name", HOLDS)
def test_instance_that_dies_in_a_hold(name):
    """An instance that ends by itself is noticed at the next look."""
    way, after = HOLDS[name]
    clock, place = FakeClock(), place_with(replicas=2)
    died = clock.now() + after

    clock.due[died] = lambda: place.fall(NEW)
    with pytest.raises(ReleaseTurnedBack, match=r"1 of \d instances of 2\.0 ended"):
        rollout(place, replicas=2, strategy=way, clock=clock).run(release())
    assert ({OLD: 2}, {OLD: 100.0}) == (place.instances, place.shares)
    assert clock.now() < died + 0.6


def test_instance_that_died_before_the_hold():
    """One that has ended between its start and the hold is missing too."""
    place = place_with(replicas=3)
    place.after_each = lambda _: place.instances.update({NEW: 2}) if place.shares == {NEW: 100.0} else None
    with pytest.raises(ReleaseTurnedBack, match=r"1 of 3 instances of 2\.0 ended"):
        rollout(place, replicas=3, strategy=BlueGreen(bake=1.0)).run(release())


def test_watched_for_as_long_as_said():
    """Virtual time passes as long as the holds say, each of which is looked at twice a second."""
    clock, place = FakeClock(), place_with()
    began, health = clock.now(), Health(clock)
    rollout(place, strategy=Canary(weights=(50.0,), hold=60.0, bake=30.0), clock=clock, checks=(health,)).run(release())
    held = [time for time in health.times if time - began > 0.2]
    assert 90 <= clock.now() - began < 91
    assert 180 == len(held)


def test_way_back_is_watched_too():
    """A release that serves again by a rollback and falls ill gives way to the one that was live."""
    there, clock = scene("1.0", "2.0", way=WAYS["blue-green"], replicas=2), FakeClock()
    with pytest.raises(ReleaseTurnedBack, match=r"1\.0 was turned back: 1\.0 answered / with 500"):
        there.back(clock=clock, checks=(Health(clock, clock.now() + 0.3),)).run(release("1.0"))
    assert there.whole(NEW)


def test_last_words():
    """Who is turned back while it is held leaves its last words; what cannot be read costs no way back."""
    clock = FakeClock()

    def fall_ill(last_words):
        place = place_with()
        more = {"clock": clock, "checks": (Health(clock, clock.now() + 1),), "last_words": last_words}
        with pytest.raises(ReleaseTurnedBack) as turned:
            rollout(place, strategy=BlueGreen(bake=9.0), **more).run(release())
        assert {OLD: 1} == place.instances
        return turned.value.why

    said = [f"line {number}" for number in range(7)]
    words = "\n".join(f"  {line}" for line in said[2:])
    assert f"1.0 serves 100 % again.\nLast words of 2.0:\n{words}" == fall_ill(lambda _: ["", *said, "  "])
    assert "1.0 serves 100 % again." == fall_ill(lambda _: [])

    def unreadable(_):
        raise OSError(13, "Permission denied", "2.0.log")

    assert "1.0 serves 100 % again." == fall_ill(unreadable)


def test_system_clock():
    """The machine's clock goes on, and its waits end when somebody presses Ctrl-C."""
    clock = SystemClock()
    assert clock.now() > 1_700_000_000
    assert clock.wait(0.0) is False
    clock.interrupted.set()
    assert clock.wait(60.0) is True


def test_lease_lost_in_a_hold():
    """A deployer whose lease passes to another while it holds makes no further move."""
    clock, place, ledger = FakeClock(), place_with(), FakeLedger()
    clock.due[clock.now() + 2.0] = lambda: setattr(ledger, "holder", "")
    with pytest.raises(LedgerError):
        rollout(place, strategy=BlueGreen(bake=9.0), clock=clock, ledger=ledger).run(release())
    assert {OLD: 1, NEW: 1} == place.instances


def test_heartbeat_was_refused():
    """Once the heartbeat has found that the lease is lost, no move is begun, and none on the way back."""
    place, lost = place_with(), Flag()
    one = rollout(place)
    plan, maker = one.plan(release()), one._maker(1, lost)
    lost.set()
    for make in (lambda: maker.forward(plan, 0), lambda: maker.back(plan.retreat)):
        with pytest.raises(LedgerError, match="The lease of staging has passed to someone else before: "):
            make()
    assert ([], []) == (place.asked, one.ledger.entries)


def test_what_does_not_settle():
    """A check that does not get better by waiting is asked while the release is held, and not before."""
    heavy = ScriptedCheck([False])
    heavy.settles = False
    there = watch(place_with(NEW), heavy)
    there.settle(NEW)
    assert [] == heavy.asked
    assert there.regression(NEW, 5.0, 1).startswith("2.0 answered")
