"""The proxy's routes, and what it says when it cannot have its port or does not answer."""

import json
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from golden_files import check
from twinrail.deploy.moves import Rule, Steer
from twinrail.deploy.targets.process import proxy as module
from twinrail.deploy.targets.process.instances import Instance
from twinrail.deploy.targets.process.ports import free_port
from twinrail.deploy.targets.process.proxy import Proxy
from twinrail.deploy.targets.proxied.routes import routes
from twinrail.system.errors import MoveFailed, PlaceTaken


def instance(release: str, number: int, *, healthy: bool = True) -> Instance:
    return Instance(name=f"{release}-{number}", release=release, port=4000 + number, pid=1, healthy=healthy)


CASES = {
    "nothing": ([], {}),
    "starting": ([instance("1.0", 1, healthy=False)], {}),
    "alone": ([instance("1.0", 1), instance("1.0", 2)], {"1.0": 100.0}),
    "shared": ([instance("1.0", 1), instance("2.0", 2), instance("2.0", 3)], {"1.0": 100 / 3, "2.0": 200 / 3}),
    "held": ([instance("1.0", 1), instance("2.0", 2)], {"1.0": 0.0, "2.0": 100.0}),
    "unnamed": ([instance("1.0", 1), instance("2.0", 2)], {"1.0": 100.0}),
    "leaving": ([instance("1.0", 1), instance("2.0", 2, healthy=False)], {"1.0": 50.0, "2.0": 50.0}),
}


@pytest.mark.parametrize("case", CASES)
def test_golden_routes(case):
    """The routes lead by the weights, past them to each release and instance, and answer for their number."""
    check(f"routes/{case}.json", json.dumps(routes(7, *CASES[case]), indent=2) + "\n")


def test_what_stands_in_the_access_log():
    """People's requests are written down as long as they meet two releases, and where that is asked for."""

    def logged(case, *, asked=True, **more):
        routers = routes(1, *CASES[case], **more, logged=asked)["routers"]
        return {name for name, each in routers.items() if each.get("observability") is None}

    assert {"live", "past-1.0", "past-2.0"} == logged("shared")
    assert {"past-1.0", "past-2.0"} == logged("shared", asked=False)
    assert {"past-1.0"} == logged("alone")
    steer = Steer(release="2.0", rules=(Rule(kind="header", name="X-Group", value="b"),))
    assert {"live", "steer-1", "past-1.0", "past-2.0"} == logged("unnamed", steering=steer)


def test_every_named_service_is_there():
    """Each router leads to a service that stands there, for all cases."""
    for there, shares in CASES.values():
        made = routes(1, there, shares)
        named = {each["service"] for each in made["routers"].values()} - {"ping@internal"}
        assert named <= set(made.get("services", {}))


@pytest.mark.parametrize("case", CASES)
def test_weights_add_up(case):
    """The weights add up to 100 %, or nobody has one; whoever is left shares what those had who are not."""
    live = routes(1, *CASES[case]).get("services", {}).get("live", {"weighted": {"services": []}})
    assert sum(each["weight"] for each in live["weighted"]["services"]) in {0, 10_000}


def test_routes_that_say_something_have_higher_numbers(tmp_path):
    """Each set of routes has a number of its own, and the shares are remembered."""
    proxy = Proxy(tmp_path, free_port(), Path)
    assert {} == proxy.shares()
    for share in (100.0, 50.0):
        proxy.write([], {"1.0": share})
    routed = json.loads((tmp_path / "proxy" / "routes" / "routes.yml").read_text())
    assert "Header(`X-Twinrail-Routes`, `2`)" == routed["http"]["routers"]["number"]["rule"]
    assert {"1.0": 50.0} == proxy.shares()


def test_port_that_is_taken(tmp_path):
    """Who holds the port is named, with the setting that would avoid it, and nothing is written."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PlaceTaken) as taken:
            Proxy(tmp_path / "staging", port, Path).ensure()
    assert taken.value.what.startswith(f"Port {port} of 127.0.0.1 is taken by ")
    assert "[tool.twinrail.environments.staging] port = …" in taken.value.todo
    assert [] == list(tmp_path.iterdir())


def test_proxy_that_ends_by_itself(tmp_path):
    """A proxy that does not stay up is an error that names its log."""
    program = tmp_path / "traefik"
    program.write_text(f"#!{sys.executable}\nprint('bad option')\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(MoveFailed, match="does not show its routes: no answer") as failed:
        Proxy(tmp_path / "staging", free_port(), lambda: program).ensure()
    assert f"Its log stands in {tmp_path / 'staging' / 'logs'}." == failed.value.todo


def test_proxy_that_does_not_answer(tmp_path, monkeypatch):
    """A proxy that runs and never shows its routes is an error after a while."""
    monkeypatch.setattr(module, "_SEEN_WITHIN", 0.1)
    program = tmp_path / "traefik"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n", encoding="utf-8")
    program.chmod(0o755)
    proxy = Proxy(tmp_path / "staging", free_port(), lambda: program)
    try:
        with pytest.raises(MoveFailed, match="does not show its routes"):
            proxy.ensure()
    finally:
        for each in proxy.close():
            proxy._instances.end(each, within=10)
    assert [] == proxy._instances.all()


def test_checks_meet_the_youngest_settings_alone():
    """Past the weights a release answers by those with its youngest settings; people meet all of them."""
    old, new = instance("1.0", 1), replace(instance("1.0", 2), settings="other")
    made = routes(1, [old, new], {"1.0": 100.0})
    served = {name: [each["url"][-4:] for each in one["loadBalancer"]["servers"]] for name, one in
              made["services"].items() if "loadBalancer" in one}  # fmt: skip
    assert "fresh-1.0" == made["routers"]["past-1.0"]["service"]
    assert (["4002"], ["4001", "4002"]) == (served["fresh-1.0"], served["1.0"])
