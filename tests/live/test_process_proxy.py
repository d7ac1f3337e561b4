"""The proxy of an environment that dies, and one whose port is changed in the settings."""

import os
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psutil
import pytest

from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.interface import Open, Shut
from twinrail.deploy.moves import Bring, Shift, Start, Steer, Stop
from twinrail.deploy.recovery import resume, rollback
from twinrail.deploy.status import status
from twinrail.deploy.targets.process.ports import holder
from twinrail.deploy.targets.process.proxy import PROXY
from twinrail.system.errors import PlaceTaken
from twinrail.system.files import read_json

WHOLE_1, WHOLE_2 = ({"1.0": 2}, {"1.0": 100.0}), ({"2.0": 2}, {"2.0": 100.0})


def kill_proxy(town):
    """The proxy dies, as if the machine had run out of memory."""
    (proxy,) = town.place.target.instances.of(PROXY)
    psutil.Process(proxy.pid).kill()
    while town.place.target.instances.of(PROXY):
        pass


class ProxyDies:
    """A gate amid which the proxy dies; people are to be served when it is asked again, or it shuts at once."""

    name = "smoke"

    def __init__(self, town, *, answers):
        self.town, self.answers, self.seen = town, answers, []

    def ask(self, _):
        if not self.seen:
            kill_proxy(self.town)
        self.seen.append(self.town.get().body)
        return self.answers[len(self.seen) - 1]


def at_arrival(gate):
    return lambda passage: (gate,) if passage.stage == "arrived" else ()


def test_proxy_that_dies_while_a_gate_is_asked(town):
    """The gate is asked again when the proxy is there again; the release is not blamed."""
    town.deploy("1.0")
    gate = ProxyDies(town, answers=[Shut(note="nobody answers"), Open()])
    town.deploy("2.0", gates=at_arrival(gate))
    assert (["", "2.0"], WHOLE_2, "2.0") == (gate.seen, town.serving(), town.get().body)


def test_way_back_without_a_proxy(town):
    """Who goes back finds no proxy, and people are served by the release before all the same."""
    town.deploy("1.0")

    class Shutting(ProxyDies):
        def ask(self, release):
            super().ask(release)
            kill_proxy(self.town) if self.town.place.target.instances.of(PROXY) else None
            return Shut(note="1 failed")

    with pytest.raises(ReleaseTurnedBack, match="smoke: 1 failed"):
        town.deploy("2.0", gates=at_arrival(Shutting(town, answers=[Shut(note="")] * 2)))
    assert (WHOLE_1, {"1.0"}) == (town.serving(), {town.get().body for _ in range(6)})


def test_proxy_that_dies_while_a_release_is_held(open_town):
    """It is started again with the routes that it had, and the release is held anew."""
    town = open_town("held", replicas=1, strategy={"name": "rolling", "bake": "1s"})
    killed = []

    def progress(word):
        if word.startswith("hold") and not killed:
            killed.append(word)
            kill_proxy(town)

    town.deploy("1.0", progress=progress)
    assert (1, "1.0") == (len(killed), town.get().body)


def test_next_deploy_serves_while_it_brings(town):
    """A dead proxy is told by the status, and comes back with the release that lives before anything else is done."""
    town.deploy("1.0")
    kill_proxy(town)
    (seen,) = [each for each in status(town.work) if each.environment == town.name]
    assert (False, True) == (seen.answers, "does not answer" in seen.trouble)
    town.place.target.make(Bring(town.release("2.0")), 1)
    assert (WHOLE_1, "1.0") == (town.serving(), town.get().body)
    (seen,) = [each for each in status(town.work) if each.environment == town.name]
    assert (True, "") == (seen.answers, seen.trouble)


def test_every_move_finds_a_proxy(town):
    """Whatever leads traffic starts the proxy first where it died."""
    town.deploy("1.0")
    name = town.release("1.0").name
    for move in (Start(name, 2), Shift({name: 100.0}), Steer(), Stop(name, 1)):
        kill_proxy(town)
        town.place.target.make(move, 1)
        assert "1.0" == town.get().body


def test_port_that_was_taken_meanwhile(town):
    """Somebody who took the port after it was looked at, and answers there: it is told who, not what they answer."""
    town.deploy("1.0")
    proxy = town.place.target.proxy
    kill_proxy(town)
    while holder(proxy.port):
        pass
    with ThreadingHTTPServer(("127.0.0.1", proxy.port), BaseHTTPRequestHandler) as other:
        Thread(target=other.serve_forever).start()
        try:
            with pytest.raises(PlaceTaken, match=rf"is taken by .*\(pid {os.getpid()}\)"):
                proxy.await_seen()
        finally:
            other.shutdown()


def test_idle_connections_are_let_go(town):
    """The proxy ends a connection to an instance before the instance could: no request meets one that is ending."""
    town.deploy("1.0")
    target = town.place.target
    (proxy,) = target.instances.of("proxy")
    ports = {each.port for each in target.instances.all()} - {proxy.port}

    def held():
        there = psutil.Process(proxy.pid).net_connections("tcp")
        return [each for each in there if each.raddr and each.raddr.port in ports and each.status == "ESTABLISHED"]

    assert all(town.get().status == 200 for _ in range(4))
    assert held()
    until = time.monotonic() + 60  # without the limit it would be 90 s
    while held():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_changed_port(open_town):
    """While the environment runs another port is refused before anything is touched; it serves on at the old one."""
    town = open_town("moved", replicas=1)
    town.deploy("1.0")
    before = town.processes()
    other = open_town("moved", replicas=1)
    assert town.place.target.port != other.place.target.port
    assert "1.0" == other.get().body
    for verb in (resume, rollback):
        with pytest.raises(PlaceTaken, match="answers on port"):
            verb(replace(other.work, environment=other.name))
    assert before == town.processes()
    # What an earlier deployer brought goes on where people are.
    other.place.target.make(Start(town.release("1.0").name, 2), read_json(town.folder / "fence.json")["number"])
    assert ({"1.0": 2}, "1.0") == (town.serving()[0], other.get().body)
