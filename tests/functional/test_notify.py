"""notify: a real webhook hears how the run ended, and nothing that a notifier does fails the run."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


@pytest.fixture
def hook():
    """A webhook on loopback, and what it heard."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(500 if self.path == "/broken" else 204)
            self.end_headers()

        def log_message(self, *_):
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("state", "code"), [("passed", 0), ("failed", 1)])
def test_it_tells_of_success_and_of_failure(parcel, hook, monkeypatch, state, code):
    """The webhook gets one JSON object with state, class and the sessions; its address, a secret, is in no record."""
    address, heard = hook
    monkeypatch.setenv("TWINRAIL_WEBHOOK", f"{address}/hidden-path")
    if code:
        parcel.edit("tests/unit/test_postage.py", "(0, 100)", "(0, 101)")
    assert code == parcel.run("pipeline", "--until", "test")
    [(path, kind, told)] = heard
    assert ("/hidden-path", "application/json") == (path, kind)
    assert (state, code, state) == (told["state"], told["exit_code"], told["sessions"]["test"])
    assert "log · webhook" == parcel.result("notify")["headline"]
    for written in parcel.latest.resolve().rglob("*"):
        assert not written.is_file() or "hidden-path" not in written.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("address", ["/broken", "ftp://127.0.0.1/x", "http://127.0.0.1:9/"])
def test_a_notifier_that_fails_does_not_fail_the_run(parcel, hook, monkeypatch, address):
    """A webhook that answers with an error, is none, or is not there, is written down as unknown; the run passes."""
    monkeypatch.setenv("TWINRAIL_WEBHOOK", hook[0] + address if address.startswith("/") else address)
    assert 0 == parcel.run("pipeline", "--until", "lint")
    assert "webhook failed (" in parcel.result("notify")["headline"]
    assert "unknown" == parcel.result("notify")["state"]


def test_without_an_address_only_the_log_is_told(parcel):
    """Where no webhook is set, nobody is asked."""
    assert 0 == parcel.run("notify")
    assert "log" == parcel.result("notify")["headline"]
