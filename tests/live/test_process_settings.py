"""What a deploy changes of a release that is live already: its settings, its replicas."""

import json

import pytest

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.interface import Shut
from twinrail.deploy.probe import get
from twinrail.deploy.strategies.back import Back
from twinrail.project.settings import Service


def variables(town):
    return [json.loads(town.get("/variables").body) for _ in range(8)]


def test_changed_settings_reach_what_runs(open_town, monkeypatch):
    """The same release with other variables, or a secret that was rotated, is replaced instance by instance."""
    service = Service(command=("tinyweb",))
    monkeypatch.setenv("DATABASE_PASSWORD", "one-value")
    town = open_town(
        "painted", replicas=2, variables={"COLOUR": "blue"}, secrets=("DATABASE_PASSWORD",), service=service
    )
    town.deploy("1.0")
    port = town.place.target.port
    before = {each.pid for each in town.processes()}
    again = open_town("painted", replicas=2, port=port, variables={"COLOUR": "red"}, secrets=("DATABASE_PASSWORD",),
                      service=service)  # fmt: skip
    again.deploy("1.0")
    assert {"red"} == {each["COLOUR"] for each in variables(again)}
    assert {"1.0": 2} == again.serving()[0]
    assert 1 == len(before & {each.pid for each in again.processes()})  # the proxy
    monkeypatch.setenv("DATABASE_PASSWORD", "other-value")
    rotated = open_town("painted", replicas=2, port=port, variables={"COLOUR": "red"}, secrets=("DATABASE_PASSWORD",),
                        service=service)  # fmt: skip
    rotated.deploy("1.0")
    assert {"other-value"} == {each["DATABASE_PASSWORD"] for each in variables(rotated)}


def test_fewer_replicas_end_some(open_town):
    """The same release with fewer replicas keeps so many, and serves."""
    town = open_town("shrinking", replicas=3)
    town.deploy("1.0")
    smaller = open_town("shrinking", replicas=1, port=town.place.target.port)
    smaller.deploy("1.0")
    assert ({"1.0": 1}, {"1.0": 100.0}) == smaller.serving()
    assert 200 == smaller.get().status


def test_way_back_starts_a_release_as_it_ran(open_town):
    """On a way back a release is started with the variables with which it ran, in a retreat and in a rollback."""
    service = Service(command=("tinyweb",))
    town = open_town("remembering", replicas=2, variables={"COLOUR": "blue"}, service=service)
    town.deploy("1.0")
    port = town.place.target.port
    again = open_town("remembering", replicas=2, port=port, variables={"COLOUR": "red"}, service=service)
    shut = type("Shutting", (), {"name": "smoke", "ask": lambda *_: Shut(note="1 failed")})()
    with pytest.raises(ReleaseTurnedBack, match="smoke: 1 failed"):
        again.deploy("2.0", gates=lambda passage: (shut,) if passage.stage == "arrived" else ())
    assert ({"blue"}, {"1.0": 2}) == ({each["COLOUR"] for each in variables(again)}, again.serving()[0])
    again.deploy("2.0")
    assert {"red"} == {each["COLOUR"] for each in variables(again)}
    again.deploy("1.0", strategy=Back(), rollback=True)
    assert {"blue"} == {each["COLOUR"] for each in variables(again)}
    again.deploy("1.0")
    assert {"red"} == {each["COLOUR"] for each in variables(again)}


class Seeing:
    """A gate that looks at whom the checks meet, and shuts."""

    name = "smoke"

    def __init__(self, town):
        self.town, self.seen = town, set()

    def ask(self, release):
        address = self.town.place.target.address(release.name, past_weights=True)
        self.seen |= {json.loads(get(address, "/variables").body)["COLOUR"] for _ in range(8)}
        return Shut(note="1 failed")


def test_changed_settings_are_turned_back(open_town):
    """The checks meet the new settings alone; when a gate shuts, those run on that ran before, and no other."""
    service = Service(command=("tinyweb",))
    town = open_town("repainted", replicas=2, variables={"COLOUR": "blue"}, service=service)
    town.deploy("1.0")
    before = town.place.target.instances.all()
    again = open_town(
        "repainted", replicas=2, port=town.place.target.port, variables={"COLOUR": "red"}, service=service
    )
    gate = Seeing(again)
    with pytest.raises(ReleaseTurnedBack, match="smoke: 1 failed"):
        again.deploy("1.0", gates=lambda passage: (gate,) if passage.stage == "arrived" else ())
    assert ({"red"}, {"blue"}) == (gate.seen, {each["COLOUR"] for each in variables(again)})
    assert before == again.place.target.instances.all()
