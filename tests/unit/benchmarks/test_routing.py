"""What is read of routes, and what is wrong with them on their face."""

import json

import pytest

from benchmarks.routing import read
from twinrail.deploy.moves import Rule, Steer
from twinrail.deploy.targets.process.instances import Instance
from twinrail.deploy.targets.process.routes import routes


def instance(release, number):
    return Instance(name=f"{release}-{number}", release=release, port=4000 + number, pid=1, healthy=True)


BOTH = [instance("1.0", 1), instance("2.0", 2), instance("2.0", 3)]
RULE = Rule(kind="header", name="X-Group", value="b")


@pytest.fixture
def routed(tmp_path):
    """The routes that the target writes, read again."""

    def make(*words, change=lambda _: None):
        told = {"http": routes(7, *words)}
        change(told["http"])
        (tmp_path / "routes.yml").write_text(json.dumps(told))
        return read(tmp_path / "routes.yml")

    return make


@pytest.mark.parametrize("steer", [Steer(), Steer(release="2.0", sticky="s"), Steer(release="2.0", hashed=True)])
def test_weights_and_servers(routed, steer):
    """Weights, and the servers behind them, whatever tells people apart."""
    found = routed(BOTH, {"1.0": 25.0, "2.0": 75.0}, steer)
    assert (7, {"1.0": 2500, "2.0": 7500}) == (found.number, found.weights)
    assert ({"1.0": ("http://127.0.0.1:4001",), "2.0": ("http://127.0.0.1:4002", "http://127.0.0.1:4003")}, []) == (
        found.servers,
        found.faults(),
    )


def test_whom_a_rule_means_must_be_served_too(routed):
    """A release that only a rule leads to counts among those that people may meet."""
    found = routed(BOTH, {"1.0": 100.0}, Steer(release="2.0", rules=(RULE,)))
    assert (
        {"1.0": 10_000},
        {"1.0": ("http://127.0.0.1:4001",), "2.0": ("http://127.0.0.1:4002", "http://127.0.0.1:4003")},
    ) == (found.weights, found.servers)


def test_nobody_is_served_yet(routed):
    """Routes without traffic are in order."""
    found = routed([], {})
    assert ({}, {}, []) == (found.weights, found.servers, found.faults())


def test_faults(routed):
    """Weights that do not add up, and traffic without a server, are faults."""

    def half(told):
        told["services"]["live"]["weighted"]["services"][0]["weight"] = 1

    def empty(told):
        told["services"]["2.0"]["loadBalancer"]["servers"] = []

    shares = {"1.0": 25.0, "2.0": 75.0}
    assert ["routes 7: the weights {'1.0': 1, '2.0': 7500} do not add up to 10000"] == routed(
        BOTH, shares, change=half
    ).faults()
    assert ["routes 7: 2.0 has traffic and no server"] == routed(BOTH, shares, change=empty).faults()
