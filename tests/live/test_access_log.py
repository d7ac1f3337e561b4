"""The access log of a real Traefik, and the analysis that reads it."""

import time
from dataclasses import dataclass, replace

import psutil
import pytest
from tinyweb import make_wheel

from twinrail.deploy.gates.analysis import AnalysisGate
from twinrail.deploy.interface import Open, Shut
from twinrail.deploy.moves import Bring, Shift, Start
from twinrail.deploy.probe import COMPARED, get
from twinrail.deploy.targets.process.access import AccessLog
from twinrail.project.settings import Service
from twinrail.project.strategies import Analysis


@dataclass
class Two:
    """An environment in which 1.0 serves and another release stands beside it without traffic."""

    town: object
    version: str

    def __post_init__(self):
        town = self.town
        town.deploy("1.0")
        self.old, self.new = (town.release(each) for each in ("1.0", self.version))
        fence = town.place.ledger.lease("ada, run 8", 900)
        for move in (Bring(self.new), Start(self.new.name, 1)):
            town.place.target.make(move, fence)
        town.place.ledger.give_back(fence)
        self.fence = fence
        self.log = AccessLog(town.folder, lambda: town.place.target.instances.of("proxy"))
        self.since = time.time()

    def share(self):
        """Half of the traffic goes to each."""
        self.town.place.target.make(Shift({self.old.name: 50.0, self.new.name: 50.0}), self.fence)

    def address(self, release, *, probe=False):
        address = self.town.place.target.address(release, past_weights=True)
        return replace(address, headers={**address.headers, COMPARED: "1"}) if probe else address

    def ask(self, release, route="/", *, probe=True, times=1):
        for _ in range(times):
            get(self.address(release.name, probe=probe), route, timeout=1.0)

    def seen(self, release, *, probes=True, count):
        """What the log shows, as soon as it shows so many: a line is written after its answer."""
        end = time.monotonic() + 5
        while (samples := self.log.samples(release.name, self.since, probes=probes)).requests < count:
            assert time.monotonic() < end, samples
        return samples

    def gate(self, **analysis):
        return AnalysisGate(
            environment=self.town.name,
            analysis=Analysis(**{"requests": 300, **analysis}),
            old=self.old.name,
            since=self.since,
            evidence=self.log,
            address=self.address,
            work=self.town.work,
        )


@pytest.fixture
def two(open_town):
    def make(name, version="2.0", *, mood=None, **options):
        town = open_town(name, **options)
        if mood:
            make_wheel(town.project.root / "wheels", version, mood)
        return Two(town, version)

    return make


def test_who_answered_what(two):
    """Probes, people and checks are told apart, and a release that does not answer has failed."""
    it = two("log", analysis={"traffic": "live"}, strategy="canary")
    it.ask(it.old, times=3)
    it.ask(it.new, times=2)
    it.ask(it.new, "/readyz", probe=False)
    it.ask(it.new, "/?wait=2", probe=True)
    for _ in range(4):
        it.town.get()  # of people who meet one release alone nothing is written down
    it.share()
    for _ in range(4):
        it.town.get()
    assert (3, 0, {200: 3}) == told(it.seen(it.old, count=3))
    assert (3, 0, {200: 2, 499: 1}) == told(it.seen(it.new, count=3))
    for release in (it.old, it.new):
        assert (2, 0, {200: 2}) == told(it.seen(release, probes=False, count=2))
    assert max(it.seen(it.new, count=3).seconds) > 0.9
    for instance in it.town.place.target.instances.of(it.new.name):
        psutil.Process(instance.pid).kill()
    it.ask(it.new, times=2)
    assert (5, 2, {200: 2, 499: 1, 502: 2}) == told(it.seen(it.new, count=5))


def test_log_is_set_aside(two):
    """A log that is too large is set aside while the proxy serves on, and nothing of either is missed."""
    it = two("rotated")
    it.ask(it.old, times=5)
    it.seen(it.old, count=5)
    assert it.log.rotate(limit=0)
    it.ask(it.old, times=5)
    assert 10 == it.seen(it.old, count=10).requests
    while not (it.town.folder / "proxy" / "access.log").exists():
        it.ask(it.old)
    before = it.log.samples(it.old.name, it.since, probes=True).requests
    it.ask(it.old, times=5)
    assert before + 5 == it.seen(it.old, count=before + 5).requests
    assert ["access.log", "access.log.1"] == sorted(
        each.name for each in (it.town.folder / "proxy").glob("access.log*")
    )


def told(samples):
    return samples.requests, samples.errors, dict(samples.statuses)


def test_alike(two):
    """Two releases that are alike pass, each with as many requests as were asked for."""
    it = two("alike")
    answer = it.gate().ask(it.new)
    if not isinstance(answer, Open):  # a verdict errs now and then; twice in a row is another matter
        it.since = time.time()
        answer = it.gate().ask(it.new)
    assert isinstance(answer, Open), answer
    assert "2.0 failed 0 of 300 requests" in answer.note
    assert 300 == it.log.samples(it.old.name, it.since, probes=True).requests


@pytest.mark.parametrize(
    ("version", "mood", "words"),
    [
        ("5.0", None, "5.0 answered 500 on 8 of 8 requests (1.0: 0 of 8)"),
        ("8.0", {"name": "slow answers", "seconds": 0.05}, "8.0 took "),
        ("8.1", {"name": "knows no host", "host": "shop.example"}, "8.1 answered 400 on 8 of 8 requests (1.0: 0 of 8)"),
        ("8.2", {"name": "dies after a while", "requests": 4}, "8.2 answered 502 on "),
    ],
)
def test_worse(two, version, mood, words):
    """A release that is worse is found out within a few requests."""
    it = two(f"worse-{version.replace('.', '-')}", version, mood=mood, service=Service(host="shop.example"))
    answer = it.gate().ask(it.new)
    assert isinstance(answer, Shut), answer
    assert answer.note.startswith(words)
    assert it.log.samples(it.new.name, it.since, probes=True).requests <= 50


def test_of_people(two):
    """People's traffic is too little for a verdict as long as few of them have come."""
    it = two("live", analysis={"traffic": "live"}, strategy="canary")
    it.share()
    for _ in range(4):
        it.town.get()
    it.seen(it.new, probes=False, count=2)
    answer = it.gate(traffic="live").ask(it.new)
    assert isinstance(answer, Shut), answer
    assert "too little was seen: 2 requests of 2.0, 2 of 1.0, where each needs 300" == answer.note


def test_no_old_release(two):
    """Where the old release runs no longer there is nothing to compare."""
    it = two("gone")
    gate = replace(it.gate(), old="0.9-00000000")
    assert Shut(note="it cannot be asked: 0.9 does not answer past the weights, so there is nothing to compare.") == (
        gate.ask(it.new)
    )
