"""Instances that end: side by side, since each may have people to serve until it does."""

from threading import Barrier
from types import SimpleNamespace

from twinrail.deploy.targets.process.instances import Instance
from twinrail.deploy.targets.proxied.fleet import Fleet


class Together:
    """Processes of which none ends before all were asked to."""

    def __init__(self, count, *, willing=True):
        self.barrier, self.willing = Barrier(count), willing

    def end(self, _instance, **_within):
        self.barrier.wait(timeout=60)
        return self.willing


def fleet(instances, said):
    return Fleet(
        instances=instances, proxy=None, programs=None, service=None, environment=SimpleNamespace(drain=1.5),
        shell=SimpleNamespace(say=said.append), fence=None, number=1, interrupted=None,
    )  # fmt: skip


def going(count):
    return [Instance(name=f"1.0-{number}", release="1.0", port=4000 + number) for number in range(count)]


def test_side_by_side():
    """All are asked before any is waited for."""
    said = []
    fleet(Together(5), said).end(going(5))
    assert [] == said


def test_those_that_were_killed_are_named():
    """Each one that did not end within its time is named."""
    said = []
    fleet(Together(2, willing=False), said).end(going(2))
    assert [f"warning: 1.0-{number} did not end within 1.5 s and was killed" for number in range(2)] == sorted(said)


def test_nobody():
    """Where nobody goes nothing happens."""
    fleet(Together(1), []).end([])
