"""Checks, and the one request that they are made of, against a real server on loopback."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from twinrail.deploy.checks.latency import Latency
from twinrail.deploy.checks.memory import Memory
from twinrail.deploy.checks.route import Route
from twinrail.deploy.checks.status import Status
from twinrail.deploy.checks.version import Version
from twinrail.deploy.interface import Address
from twinrail.deploy.probe import Reply, get
from twinrail.deploy.targets.process.ports import free_port

ANSWERS = {
    "/readyz": (200, "ready\n"),
    "/slow": (503, "\n  warming up\nand more\n"),
    "/empty": (204, ""),
    "/moved": (302, ""),
    "/patience": (429, "not so fast"),
    "/oops": (500, "KeyError: 'currency'\nand more"),
    "/long": (200, "x" * 200_000),
    "/version": (200, '{"version": "2.0.1", "name": "shop"}'),
}


class Handler(BaseHTTPRequestHandler):
    """Answers by the table above; echoes a header; one route breaks off."""

    def do_GET(self):
        if self.path == "/broken":
            self.wfile.write(b"gibberish\r\n\r\n")
            return
        status, body = ANSWERS.get(self.path, (404, "not here"))
        if self.path == "/header":
            status, body = 200, f"{self.headers['X-Twinrail-Release']} for {self.headers['User-Agent']}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Address(url=f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()


@pytest.fixture
def nobody() -> Address:
    """An address where nobody listens."""
    return Address(url=f"http://127.0.0.1:{free_port()}")


def test_reply(address):
    """A reply holds status and body, and reads as its first line."""
    reply = get(address, "/slow")
    assert (503, "503 warming up", "") == (reply.status, str(reply), reply.error)
    assert reply.seconds > 0


def test_reply_without_words(address):
    """A reply without a body reads as its status."""
    assert "204" == str(get(address, "/empty"))


def test_long_reply(address):
    """Of a long body the first 64 KiB are kept, and the first 120 characters shown."""
    reply = get(address, "/long")
    assert (65_536, f"200 {'x' * 120}") == (len(reply.body), str(reply))


def test_headers_are_sent(address):
    """An address's headers go with the request, which says who asks."""
    past = Address(url=address.url, headers={"X-Twinrail-Release": "2.0-8c1f09ab"})
    assert "2.0-8c1f09ab for twinrail" == get(past, "/header").body


@pytest.mark.parametrize("route", ["/broken", "/readyz"])
def test_no_answer(address, nobody, route):
    """Where nobody listens, or what comes is no HTTP, there is no answer but a reason."""
    reply = get(address if route == "/broken" else nobody, route)
    assert 0 == reply.status
    assert str(reply).startswith("no answer (")
    assert reply.error


def test_no_answer_in_time():
    """A server that accepts and says nothing is no answer, after the timeout."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        reply = get(Address(url=f"http://127.0.0.1:{silent.getsockname()[1]}"), "/", timeout=0.05)
    assert Reply(error="timed out", seconds=reply.seconds) == reply


@pytest.mark.parametrize(
    ("check", "ok", "value", "limit"),
    [
        (Status("/readyz"), True, "200 ready", "200"),
        (Status("/readyz", words="ready"), True, "200 ready", "200 with 'ready'"),
        (Status("/readyz", words="steady"), False, "200 ready", "200 with 'steady'"),
        (Status("/slow"), False, "503 warming up", "200"),
        (Status("/nowhere", status=404), True, "404 not here", "404"),
        (Version("/version", "2.0.1"), True, '200 {"version": "2.0.1", "name": "shop"}', "2.0.1"),
        (Version("/version", "2.0"), False, '200 {"version": "2.0.1", "name": "shop"}', "2.0"),
        (Version("/version", "2.0.11"), False, '200 {"version": "2.0.1", "name": "shop"}', "2.0.11"),
        (Version("/version", "0.1"), False, '200 {"version": "2.0.1", "name": "shop"}', "0.1"),
        (Version("/slow", "2.0"), False, "503 warming up", "2.0"),
        (Version("/nowhere", "2.0"), None, "404 not here", "2.0"),
    ],
)
def test_measures(address, check, ok, value, limit):
    """A check's reading holds what came, what was asked, and whether it is so; no route, no version to tell."""
    reading = check.measure(address)
    assert (ok, value, limit) == (reading.ok, reading.value, reading.limit)


@pytest.mark.parametrize(
    ("check", "final"),
    [
        (Status("/readyz"), False),
        (Status("/slow"), False),
        (Status("/nowhere"), True),
        (Status("/nowhere", status=404), False),
        (Status("/patience"), False),
        (Route("/oops"), False),
        (Route("/nowhere"), True),
        (Route("/nowhere", missing=True), False),
        (Version("/version", "2.0"), True),
        (Version("/version", "2.0.1"), False),
        (Version("/slow", "2.0"), False),
        (Version("/nowhere", "2.0"), False),
    ],
)
def test_final(address, check, final):
    """Where the answer faults the question, or names another version, asking again is of no use."""
    assert final is check.measure(address).final


@pytest.mark.parametrize(
    ("route", "missing", "ok", "value"),
    [
        ("/readyz", False, True, "200 ready"),
        ("/empty", False, True, "204"),
        ("/moved", False, True, "302"),
        ("/nowhere", False, False, "404 not here"),
        ("/nowhere", True, True, "404 not here"),
        ("/slow", True, False, "503 warming up"),
        ("/oops", False, False, "500 KeyError: 'currency'"),
    ],
)
def test_routes(address, route, missing, ok, value):
    """A route that people use answers below 400; one that nobody named may not be there."""
    reading = Route(route, missing=missing).measure(address)
    assert (route, ok, value, "") == (reading.name, reading.ok, reading.value, reading.limit)


@pytest.mark.parametrize("missing", [False, True])
def test_route_without_an_answer(nobody, missing):
    """No answer is no page that is not there."""
    reading = Route("/", missing=missing).measure(nobody)
    assert (False, True) == (reading.ok, reading.value.startswith("no answer ("))


@pytest.mark.parametrize(
    ("held", "ok", "value"),
    [
        ({"2.0-1": 50_000_000, "2.0-2": 600_000_000}, True, "600 MB"),
        ({"2.0-1": 50_000_000, "2.0-2": 600_000_001}, False, "600 MB"),
        ({"2.0-1": 1_200}, True, "1 kB"),
        ({}, None, "0 B"),
        ({"2.0-1": 0}, None, "0 B"),
    ],
)
def test_memory(nobody, held, ok, value):
    """The heaviest instance may hold as much as the limit says; it is weighed anew each time, and nobody is asked."""
    reading = Memory(600_000_000, lambda: held).measure(nobody)
    assert ("memory", ok, value, "≤ 600 MB") == (reading.name, reading.ok, reading.value, reading.limit)


def test_latency(address, nobody):
    """A route that answers in time is fast enough, one that does not, or does not answer, is not."""
    assert True is Latency("/readyz", 60.0).measure(address).ok
    late = Latency("/readyz", 0.0).measure(address)
    assert (False, "≤ 0 ms", "latency of /readyz") == (late.ok, late.limit, late.name)
    assert False is Latency("/readyz", 60.0).measure(nobody).ok


def test_nobody_listens(nobody):
    """A check that gets no answer is not passed, and says why."""
    reading = Status("/readyz").measure(nobody)
    assert False is reading.ok
    assert "no answer (" in reading.value
    assert False is Version("/version", "1.0").measure(nobody).ok
