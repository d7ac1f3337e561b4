"""The prober, against a real server on loopback that takes note of everything."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from twinrail.deploy.analysis.prober import LANES, Prober
from twinrail.deploy.interface import Address
from twinrail.deploy.probe import COMPARED
from twinrail.deploy.targets.process.ports import free_port

SIDE = "X-Side"


class Server(ThreadingHTTPServer):
    """Answers by what `moods` says of a side, and keeps what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.moods, self.on_request = [], {}, lambda _: None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        self.server.asked.append((self.headers[SIDE], self.path, self.client_address[1], dict(self.headers)))
        self.server.on_request(len(self.server.asked))
        mood = self.server.moods.get(self.headers[SIDE], 200)
        if mood == "hangs up":
            self.close_connection = True
            return
        if mood == "waits":
            self.server.waiting.wait(5)
        self.send_response(mood if isinstance(mood, int) else 200)
        self.send_header("Content-Length", "100" if mood == "breaks off" else "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.wfile.flush()
        self.close_connection = mood == "breaks off"

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as server:
        server.waiting = threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.waiting.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def make(server):
    def make(**more):
        url = f"http://127.0.0.1:{server.server_address[1]}"
        addresses = tuple(Address(url=url, headers={SIDE: side}) for side in ("old", "new"))
        return Prober(**{"addresses": addresses, "routes": ("/",), **more})

    return make


def order(server):
    return [(side, route) for side, route, *_ in server.asked]


def test_pairs(server, make):
    """Both are asked for the same route one after the other, and who is first changes from round to round."""
    make(routes=("/a", "/b")).until(4, lanes=1)
    pairs = [("old", "/a"), ("new", "/a"), ("old", "/b"), ("new", "/b")]
    back = [("new", "/a"), ("old", "/a"), ("new", "/b"), ("old", "/b")]
    assert [*pairs, *back] == order(server)


def test_connections_are_kept(server, make):
    """One lane asks each side over one connection, four over four, and all that was asked for is asked."""
    prober = make(routes=("/a", "/b", "/c"))
    prober.until(30, lanes=1)
    assert 2 == len({port for _, _, port, _ in server.asked})
    prober.until(90, lanes=LANES)
    assert 2 + 2 * LANES >= len({port for _, _, port, _ in server.asked})
    assert {(side, route): 30 for side in ("old", "new") for route in ("/a", "/b", "/c")} == Counter(order(server))
    assert [90, 90] == [each.samples.requests for each in prober.seen]
    assert [90, 90] == [len(each.samples.seconds) for each in prober.seen]


def test_headers(server, make):
    """Probes carry their mark, the way past the weights, and the service's own name; warming up has no mark."""
    prober = make(host="shop.example", routes=("/a", "/b"))
    prober.warm()
    assert 0 == prober.seen[0].samples.requests + prober.seen[1].samples.requests
    prober.until(1, lanes=1)
    headers = [headers for *_, headers in server.asked]
    assert [None] * 4 + ["1"] * 2 == [each.get(COMPARED) for each in headers]
    assert {("shop.example", "twinrail")} == {(each["Host"], each["User-Agent"]) for each in headers}


def test_host_of_the_address(server, make):
    """A name that the address brings along counts more; without any it is the address's own."""
    port = server.server_address[1]
    address = Address(url=f"http://127.0.0.1:{port}", headers={"Host": "other.example"})
    make(addresses=(address, Address(url=address.url)), host="").until(1, lanes=1)
    assert ["other.example", f"127.0.0.1:{port}"] == [headers["Host"] for *_, headers in server.asked]


@pytest.mark.parametrize(
    ("mood", "status", "errors"),
    [(500, 500, 5), (404, 404, 0), ("hangs up", 0, 5), ("breaks off", 0, 5), ("waits", 0, 5)],
)
def test_failures(server, make, mood, status, errors):
    """What fails on one side is counted there, and the other side is asked all the same."""
    server.moods["new"] = mood
    prober = make(patience=0.05 if mood == "waits" else 5.0)
    prober.until(5, lanes=1)
    old, new = (each.samples for each in prober.seen)
    assert ({200: 5}, {status: 5}) == (old.statuses, new.statuses)
    assert (0, errors, 5, 5 - errors) == (old.errors, new.errors, len(old.seconds), len(new.seconds))


def test_nobody_there(make):
    """Where nobody listens every request has failed."""
    nobody = Address(url=f"http://127.0.0.1:{free_port()}")
    prober = make(addresses=(nobody, nobody))
    prober.until(3, lanes=2)
    assert [{0: 3}, {0: 3}] == [each.samples.statuses for each in prober.seen]


def test_interrupted(server, make):
    """Ctrl-C ends it after the request that is under way."""
    prober = make()
    server.on_request = lambda number: number == 5 and prober.interrupted.set()
    prober.until(1000, lanes=1)
    assert 5 == len(server.asked)


def test_encrypted():
    """An address of HTTPS is asked by TLS."""
    with Server() as plain:
        thread = threading.Thread(target=plain.handle_request)
        thread.start()
        address = Address(url=f"https://127.0.0.1:{plain.server_address[1]}")
        prober = Prober(addresses=(address, Address(url=f"http://127.0.0.1:{free_port()}")), routes=("/",))
        prober.until(1, lanes=1)
        thread.join()
    assert ({0: 1}, []) == (prober.seen[0].samples.statuses, plain.asked)
