"""The lease of an environment: who may write, until when, and how another takes over."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from twinrail.deploy.ledger import FileLedger
from twinrail.system.errors import LedgerError, PlaceTaken

LONG = 900.0


class Clock:
    """A clock that is set by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    return FileLedger(tmp_path / "staging", clock=clock)


def held_by(ledger: FileLedger, pid: int, born: float) -> None:
    """Makes the process `pid` the one that holds the lease."""
    path = ledger.folder / "lease.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "pid": pid, "born": born}), encoding="utf-8")


def test_numbers_count_up(ledger):
    """Each lease has a greater number than the one before, given back or not."""
    numbers = []
    for _ in range(3):
        numbers.append(ledger.lease("ada", LONG))
        ledger.give_back(numbers[-1])
    assert [1, 2, 3] == numbers


def test_held_lease_is_refused(ledger, clock):
    """While its holder lives and has not run out of time, nobody else gets the lease, and learns who and how long."""
    ledger.lease("ada, run 7", LONG)
    clock.now += 600
    with pytest.raises(PlaceTaken) as taken:
        ledger.lease("grace", LONG)
    assert "ada, run 7 is deploying to staging right now." == taken.value.what
    assert "300 s" in taken.value.todo


def test_lease_that_ran_out_passes(ledger, clock):
    """A holder that said nothing for the lease's time loses it."""
    ledger.lease("ada", LONG)
    clock.now += LONG
    assert 2 == ledger.lease("grace", LONG)


def test_lease_of_a_dead_process_passes(ledger):
    """A holder whose process is gone loses the lease at once."""
    ledger.lease("ada", LONG)
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    held_by(ledger, done.pid, 1.0)
    assert 2 == ledger.lease("grace", LONG)


def test_lease_of_a_zombie_passes(ledger):
    """A holder that ended and was never waited for is as dead as any."""
    ledger.lease("ada", LONG)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        seen = psutil.Process(ended.pid)
        born = seen.create_time()
        while seen.status() != psutil.STATUS_ZOMBIE:
            pass
        held_by(ledger, ended.pid, born)
        assert 2 == ledger.lease("grace", LONG)


def test_lease_of_a_number_that_is_used_again_passes(ledger):
    """A living process that merely got the dead holder's number does not hold its lease."""
    ledger.lease("ada", LONG)
    held_by(ledger, os.getpid(), 1.0)
    assert 2 == ledger.lease("grace", LONG)


def test_writing_renews_the_lease(ledger, clock):
    """Every entry under a lease renews it for its whole time."""
    fence = ledger.lease("ada", LONG)
    for _ in range(5):
        clock.now += LONG - 1
        ledger.append("move", {}, fence=fence)
    with pytest.raises(PlaceTaken):
        ledger.lease("grace", LONG)


def test_lease_that_ran_out_and_nobody_took_is_still_held(ledger, clock):
    """Who slept past the lease and lost it to nobody goes on writing."""
    fence = ledger.lease("ada", LONG)
    clock.now += 2 * LONG
    assert fence == ledger.append("move", {}, fence=fence).fence


def test_sleeper_is_refused(ledger, clock):
    """Who slept past the lease while another took it can write nothing more, and learns who has it."""
    asleep = ledger.lease("ada", LONG)
    clock.now += LONG
    awake = ledger.lease("grace", LONG)
    with pytest.raises(LedgerError, match="The lease of staging has passed to grace"):
        ledger.append("live", {}, fence=asleep)
    ledger.append("live", {}, fence=awake)
    assert [awake] == [entry.fence for entry in ledger.read()]


def test_sleeper_is_refused_after_the_other_ended_too(ledger, clock):
    """A lease that passed on and was given back does not come back to the sleeper."""
    asleep = ledger.lease("ada", LONG)
    clock.now += LONG
    ledger.give_back(ledger.lease("grace", LONG))
    with pytest.raises(LedgerError, match="has passed to nobody"):
        ledger.append("live", {}, fence=asleep)


def test_nothing_is_written_after_giving_back(ledger):
    """A lease that was given back allows nothing."""
    fence = ledger.lease("ada", LONG)
    ledger.give_back(fence)
    with pytest.raises(LedgerError):
        ledger.append("live", {}, fence=fence)


def test_giving_back_what_has_passed_changes_nothing(ledger, clock):
    """The sleeper cannot end the lease of whoever came after."""
    asleep = ledger.lease("ada", LONG)
    clock.now += LONG
    awake = ledger.lease("grace", LONG)
    ledger.give_back(asleep)
    assert awake == ledger.append("move", {}, fence=awake).fence


def test_lease_without_a_file(ledger, tmp_path):
    """Where the lease's file is gone, nobody can write under its number, and a new lease can be taken."""
    fence = ledger.lease("ada", LONG)
    Path(tmp_path / "staging" / "lease.json").unlink()
    with pytest.raises(LedgerError):
        ledger.append("move", {}, fence=fence)
    ledger.give_back(fence)
    assert 1 == ledger.lease("grace", LONG)


def test_approvals_need_no_lease(ledger):
    """What is written without a fence is written while another deploys."""
    ledger.lease("ada", LONG)
    assert 0 == ledger.append("approved", {}, fence=0).fence
