"""The lease of an environment: who may write, until when, and how another takes over."""

import dataclasses
import json
import os
import platform
import subprocess
import sys
import threading
from dataclasses import dataclass, field

import psutil
import pytest
from messages import said

from golden_files import check
from twinrail.deploy import lease as leases
from twinrail.deploy.fence import Fence
from twinrail.deploy.lease import LEASE, Heartbeat
from twinrail.deploy.ledger import FileLedger, Unlocked
from twinrail.system.errors import LeaseLost, LedgerError, PlaceTaken


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class Times:
    """The machine's two clocks: one that may be set, one that nobody sets."""

    wall: Clock = field(default_factory=lambda: Clock(1_700_000_000.0))
    ticks: Clock = field(default_factory=lambda: Clock(500.0))

    def passes(self, seconds: float) -> None:
        self.wall.now += seconds
        self.ticks.now += seconds


@pytest.fixture
def times():
    return Times()


@pytest.fixture
def ledger(tmp_path, times):
    return FileLedger(tmp_path / "staging", clock=times.wall, ticks=times.ticks, run="run-7")


def change(ledger: FileLedger, **fields) -> None:
    """Makes the lease that stands written another one."""
    path = ledger.folder / "lease.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}), encoding="utf-8")


def written(ledger: FileLedger) -> float:
    """When the lease was renewed last."""
    return json.loads((ledger.folder / "lease.json").read_text())["ticks"]


def dead() -> int:
    """The number of a process that is no more."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_numbers_count_up(ledger):
    """Each lease has a greater number than the one before, given back or not."""
    numbers = []
    for _ in range(3):
        numbers.append(ledger.lease("ada", LEASE))
        ledger.give_back(numbers[-1])
    assert [1, 2, 3] == numbers


def test_what_stands_written_of_a_lease(ledger, times):
    """Who, in which run and process, since when, and until when unless they are heard of."""
    ledger.lease("ada", LEASE)
    held = ledger.holder()
    assert (1, "ada", "run-7", os.getpid()) == (held.number, held.owner, held.run, held.pid)
    assert (times.wall.now, times.wall.now + LEASE) == (held.since, held.until)
    times.passes(10)
    ledger.renew(1)
    assert (times.wall.now - 10, times.wall.now + LEASE) == (ledger.holder().since, ledger.holder().until)
    ledger.give_back(1)
    assert ledger.holder() is None


def test_held_lease_is_refused(ledger, times):
    """While its holder lives and is heard of nobody else gets the lease, and learns who, since when and until when."""
    ledger.lease("ada, run 7", LEASE)
    for _ in range(5):
        times.passes(LEASE - 1)
        ledger.renew(1)
    times.passes(40)
    with pytest.raises(PlaceTaken) as taken:
        ledger.lease("grace", LEASE)
    nameless = dataclasses.replace(ledger, run="")
    change(ledger, run="")
    with pytest.raises(PlaceTaken) as from_nowhere:
        nameless.lease("grace", LEASE)
    check("deploy/journal/taken.txt", said(taken.value, ledger.folder) + said(from_nowhere.value, ledger.folder))


def test_lease_that_ran_out_passes(ledger, times):
    """A holder that said nothing for the lease's time loses it, not a moment before."""
    ledger.lease("ada", LEASE)
    times.passes(LEASE - 0.01)
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LEASE)
    times.passes(0.01)
    assert 2 == ledger.lease("grace", LEASE)


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0, LEASE, -LEASE])
def test_a_clock_that_is_set_ends_no_lease(ledger, times, jump):
    """Set forwards or back, the machine's clock neither ends a lease nor makes it longer."""
    ledger.lease("ada", LEASE)
    times.wall.now += jump
    times.passes(LEASE - 1)
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LEASE)
    ledger.append("move", {}, fence=1)
    times.passes(LEASE)
    assert 2 == ledger.lease("grace", LEASE)


def test_a_clock_that_is_set_makes_nobody_dead(ledger):
    """A process whose birth, as the system tells it, has moved with the clock is still the same one."""
    ledger.lease("ada", LEASE)
    held = ledger.holder()
    for fields in ({"born": held.born + 3600}, {"booted": held.booted + 3600}):
        change(ledger, **{"born": held.born, "booted": held.booted, **fields})
        with pytest.raises(PlaceTaken):
            ledger.lease("grace", LEASE)


def test_a_lease_from_before_the_machine_was_started_again_passes(ledger, times):
    """Where the clock that nobody sets began anew, no holder can be left."""
    ledger.lease("ada", LEASE)
    times.ticks.now = 3.0
    assert 2 == ledger.lease("grace", LEASE)


def test_a_holder_on_another_machine(ledger, times):
    """Of another machine's processes nobody here can tell whether they live: the lease must run out, by the clock."""
    ledger.lease("ada", LEASE)
    change(ledger, host="elsewhere", pid=dead())
    times.ticks.now += 1000
    times.wall.now += LEASE - 1
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LEASE)
    times.wall.now += 1
    assert 2 == ledger.lease("grace", LEASE)


def test_lease_of_a_dead_process_passes(ledger):
    """A holder whose process is gone loses the lease at once."""
    ledger.lease("ada", LEASE)
    change(ledger, pid=dead())
    assert 2 == ledger.lease("grace", LEASE)


def test_lease_of_a_zombie_passes(ledger):
    """A holder that ended and was never waited for is as dead as any."""
    ledger.lease("ada", LEASE)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        seen = psutil.Process(ended.pid)
        born = seen.create_time()
        while seen.status() != psutil.STATUS_ZOMBIE:
            pass
        change(ledger, pid=ended.pid, born=born)
        assert 2 == ledger.lease("grace", LEASE)


def test_lease_of_a_number_that_is_used_again_passes(ledger):
    """A living process that merely got the dead holder's number does not hold its lease."""
    ledger.lease("ada", LEASE)
    change(ledger, born=1.0, booted=1.0)
    assert 2 == ledger.lease("grace", LEASE)


def test_a_process_that_may_not_be_looked_at_lives(ledger, monkeypatch):
    """Where the system does not say, the holder is taken to live."""

    class Hidden:
        def __init__(self, pid):
            raise psutil.AccessDenied(pid)

    ledger.lease("ada", LEASE)
    held = ledger.holder()
    monkeypatch.setattr(leases.psutil, "Process", Hidden)
    assert held.alive


def test_writing_renews_the_lease(ledger, times):
    """An entry renews the lease for its whole time, and spares the disk when that was done just before."""
    fence = ledger.lease("ada", LEASE)
    for _ in range(5):
        times.passes(LEASE - 1)
        ledger.append("move", {}, fence=fence)
        assert times.ticks.now == written(ledger)
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LEASE)
    before = times.ticks.now
    for _ in range(5):
        times.passes(LEASE / 51)
        ledger.append("move", {}, fence=fence)
        assert before == written(ledger)
    times.passes(LEASE / 51)
    ledger.append("move", {}, fence=fence)
    assert times.ticks.now == written(ledger)


def test_lease_that_ran_out_and_nobody_took_is_still_held(ledger, times):
    """Who slept past the lease and lost it to nobody goes on writing."""
    fence = ledger.lease("ada", LEASE)
    times.passes(2 * LEASE)
    assert fence == ledger.append("move", {}, fence=fence).fence
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LEASE)


def test_sleeper_is_refused(ledger, times):
    """Who slept past the lease while another took it can write nothing more, and learns who has it."""
    asleep = ledger.lease("ada", LEASE)
    times.passes(LEASE)
    awake = ledger.lease("grace", LEASE)
    refusals = []
    for what in (lambda: ledger.append("live", {}, fence=asleep), lambda: ledger.renew(asleep)):
        with pytest.raises(LedgerError, match="The lease of staging has passed to grace") as refused:
            what()
        refusals.append(said(refused.value, ledger.folder))
    ledger.append("live", {}, fence=awake)
    assert [awake] == [entry.fence for entry in ledger.read()]
    check("deploy/journal/past.txt", "".join(refusals))


def test_sleeper_is_refused_after_the_other_ended_too(ledger, times):
    """A lease that passed on and was given back does not come back to the sleeper."""
    asleep = ledger.lease("ada", LEASE)
    times.passes(LEASE)
    ledger.give_back(ledger.lease("grace", LEASE))
    with pytest.raises(LedgerError, match="has passed to nobody"):
        ledger.append("live", {}, fence=asleep)


def test_nothing_is_written_after_giving_back(ledger):
    """A lease that was given back allows nothing."""
    fence = ledger.lease("ada", LEASE)
    ledger.give_back(fence)
    with pytest.raises(LedgerError):
        ledger.append("live", {}, fence=fence)


def test_giving_back_what_has_passed_changes_nothing(ledger, times):
    """The sleeper cannot end the lease of whoever came after."""
    asleep = ledger.lease("ada", LEASE)
    times.passes(LEASE)
    awake = ledger.lease("grace", LEASE)
    ledger.give_back(asleep)
    assert awake == ledger.append("move", {}, fence=awake).fence


def test_a_lease_that_cannot_be_given_back_ends_with_its_process(ledger):
    """Giving back never hides how a deploy ended: where it cannot be written down it is left."""
    fence = ledger.lease("ada", LEASE)
    (ledger.folder / "lease.json").write_text("?", encoding="utf-8")
    ledger.give_back(fence)
    assert "?" == (ledger.folder / "lease.json").read_text(encoding="utf-8")


def test_lease_without_a_file(ledger):
    """Where the lease's file is gone nobody can write under its number, and the next one is higher than any seen."""
    for number, leave in enumerate([lambda _: None, _entry, _change], 1):
        fence = ledger.lease("ada", LEASE)
        leave(ledger)
        (ledger.folder / "lease.json").unlink()
        with pytest.raises(LedgerError):
            ledger.append("move", {}, fence=fence)
        ledger.give_back(fence)
        (ledger.folder / "lease.json").unlink(missing_ok=True)
        assert max(1, number - 1) == fence
    assert 3 == ledger.lease("grace", LEASE)


def _entry(ledger: FileLedger) -> None:
    ledger.append("move", {}, fence=1)


def _change(ledger: FileLedger) -> None:
    with Fence(ledger.folder).guard(2):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": "x"}', '{"number": 3, "owner": "ada"}'])
def test_a_lease_that_cannot_be_read_is_held(ledger, text):
    """Where nobody knows whether somebody deploys, nobody does, and `unlock` is the way on."""
    ledger.append("move", {}, fence=ledger.lease("ada", LEASE))
    (ledger.folder / "lease.json").write_text(text, encoding="utf-8")
    for what in (lambda: ledger.lease("grace", LEASE), ledger.holder, lambda: ledger.renew(1)):
        with pytest.raises(LedgerError) as unknown:
            what()
    check("deploy/journal/lease-broken.txt", said(unknown.value, ledger.folder))
    assert Unlocked(owner="", why="it could not be read") == ledger.unlock()
    assert 2 == ledger.lease("grace", LEASE)


def test_approvals_need_no_lease(ledger):
    """What is written without a fence is written while another deploys."""
    ledger.lease("ada", LEASE)
    assert 0 == ledger.append("approved", {}, fence=0).fence


def test_unlocking_where_nothing_is_held(ledger, tmp_path):
    """Nothing is held, before the first lease and after the last: nothing is written, again and again."""
    assert ledger.unlock() is None
    assert [] == list(tmp_path.iterdir())
    ledger.give_back(ledger.lease("ada", LEASE))
    assert (None, None, ()) == (ledger.unlock(), ledger.unlock(), ledger.read())


@pytest.mark.parametrize(
    ("over", "why"),
    [
        (lambda _, times: times.passes(LEASE), "it ran out"),
        (lambda ledger, _: change(ledger, pid=dead()), "its process is gone"),
    ],
)
def test_a_lease_that_is_over_is_unlocked(ledger, times, over, why):
    """One that ran out, or whose holder died, is ended by anybody; the journal says who did and whose it was."""
    fence = ledger.lease("ada, run 7", LEASE)
    over(ledger, times)
    assert Unlocked(owner="ada, run 7", why=why) == ledger.unlock()
    (entry,) = ledger.read()
    assert ("unlocked", "ada, run 7", why, fence) == (
        entry.kind,
        *(entry.facts[each] for each in ("owner", "why", "number")),
    )
    assert entry.facts["who"]
    assert ledger.unlock() is None
    with pytest.raises(LedgerError):
        ledger.append("move", {}, fence=fence)
    assert fence + 1 == ledger.lease("grace", LEASE)


def test_a_lease_that_is_held_is_not_unlocked(ledger, times):
    """Whose holder lives and is heard of keeps it, be it the same user's, and who asks learns who that is."""
    fence = ledger.lease("ada, run 7", LEASE)
    times.passes(LEASE - 1)
    for own in ("", "run-8"):
        with pytest.raises(PlaceTaken, match="ada, run 7 is deploying to staging right now"):
            ledger.unlock(own)
    assert fence == ledger.append("move", {}, fence=fence).fence


@pytest.mark.parametrize("fields", [{"user": "grace"}, {"host": "elsewhere"}, {"run": ""}])
def test_anothers_run_is_not_unlocked_by_its_name(ledger, fields):
    """A run that is named is ended only when the same user took the lease on this machine in just that run."""
    ledger.lease("ada, run 7", LEASE)
    change(ledger, **fields)
    for own in ("run-7", ""):
        with pytest.raises(PlaceTaken):
            ledger.unlock(own)


def test_ones_own_run_is_unlocked_by_its_name(ledger):
    """Whoever names their own run ends its lease while its process lives; that process is refused from then on."""
    fence = ledger.lease("ada, run 7", LEASE)
    assert "run-7 is their own run" == ledger.unlock("run-7").why
    with pytest.raises(LedgerError, match="has passed to nobody"):
        ledger.renew(fence)


def test_the_machine_of_a_lease(ledger):
    """A lease holds the name of its machine."""
    ledger.lease("ada", LEASE)
    assert platform.node() == ledger.holder().host


@dataclass
class Renewed:
    """A ledger whose renewals end as they are told to, one after the other; the last one ever after."""

    ends: list[Exception | None]
    fences: list[int] = field(default_factory=list)

    def renew(self, fence: int) -> None:
        self.fences.append(fence)
        if error := self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]:
            raise error


@dataclass
class Beats:
    """Lets so many beats come at once, then waits for the end of the block; `enough` is set before."""

    count: int
    pauses: list[float] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def __call__(self, end: threading.Event, seconds: float) -> bool:
        self.pauses.append(seconds)
        if len(self.pauses) <= self.count:
            return end.is_set()
        self.enough.set()
        return end.wait(30)


def test_a_heartbeat_renews_the_lease():
    """It beats thrice in the lease's time, as long as the block runs and no longer."""
    ledger, beats = Renewed([None]), Beats(4)
    with Heartbeat(ledger, 7, pause=beats) as heart:
        assert beats.enough.wait(30)
    assert ([7] * 4, {LEASE / 3}, False) == (ledger.fences, set(beats.pauses), heart.lost.is_set())
    assert not heart._thread.is_alive()


def test_a_heartbeat_that_is_refused():
    """A lease that has passed on is lost: the flag is set, and nothing beats any more."""
    ledger = Renewed([None, LeaseLost("The lease has passed to grace.")])
    with Heartbeat(ledger, 7, pause=Beats(99)) as heart:
        assert heart.lost.wait(30)
        heart._thread.join(30)
    assert [7, 7] == ledger.fences


def test_a_heartbeat_outlives_what_passes():
    """A full disk and a lock that is held make it miss a beat, not stop."""
    ledger, beats = Renewed([OSError(28, "No space left on device"), PlaceTaken("locked"), None]), Beats(5)
    with Heartbeat(ledger, 7, pause=beats) as heart:
        assert beats.enough.wait(30)
    assert (5, False) == (len(ledger.fences), heart.lost.is_set())


def test_a_heartbeat_ends_with_its_block(ledger):
    """An error in the block ends it too, and it waits for nothing by itself."""
    fence = ledger.lease("ada", LEASE)
    with pytest.raises(ZeroDivisionError), Heartbeat(ledger, fence) as heart:
        raise ZeroDivisionError
    assert not heart._thread.is_alive()
