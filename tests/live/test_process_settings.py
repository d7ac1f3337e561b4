"""What a deploy changes of a release that is live already: its settings, its replicas."""

import json

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
