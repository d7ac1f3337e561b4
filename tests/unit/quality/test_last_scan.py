"""When the scan before was: told where it is known, unknown with its reason where it is not."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from twinrail.quality.last_scan import LastScan, last_scan, note_scan

DAY = 86400


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A project on a laptop."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return SimpleNamespace(project=SimpleNamespace(state=tmp_path), commit=SimpleNamespace(id="3f2a9c1"))


@pytest.mark.parametrize(("seconds", "says"), [
    (5, "last scan just now"), (60, "last scan 1 minute ago"), (7300, "last scan 2 hours ago"),
    (2.9 * DAY, "last scan 2 days ago"), (61 * DAY, "last scan 61 days ago"),
])  # fmt: skip
def test_an_age_reads_as_people_say_it(seconds, says):
    """Whole days, hours and minutes, whichever is the largest."""
    assert says == LastScan(seconds=seconds).headline


def test_what_is_unknown_says_why():
    """The reason stands in the headline."""
    assert "last scan: unknown (HTTP 403)" == LastScan(why="HTTP 403").headline


@pytest.mark.parametrize(("days", "scheduled", "advised"), [
    (7.9, True, False), (8.1, True, True), (8.1, False, False), (None, True, False),
])  # fmt: skip
def test_a_schedule_that_sleeps_is_told(days, scheduled, advised):
    """After more than a week of silence on GitHub; nothing schedules scans on a laptop."""
    last = LastScan(seconds=None if days is None else days * DAY, scheduled=scheduled)
    assert advised is ("is the schedule still on?" in last.advice)


def test_a_laptop_remembers(work):
    """The scan before is the one that was noted last."""
    assert "last scan: unknown (none on this machine yet)" == last_scan(work).headline
    note_scan(work, 3)
    assert "last scan just now" == last_scan(work).headline
    noted = json.loads((work.project.state / "scan.json").read_text(encoding="utf-8"))
    assert ("3f2a9c1", 3) == (noted["commit"], noted["findings"])


@pytest.mark.parametrize("text", ["{", "[1]", '{"when": "yesterday"}', '{"who": 1}'])
def test_a_note_that_cannot_be_read_is_unknown(work, text):
    """Whatever happened to the file, the scan goes on."""
    (work.project.state / "scan.json").write_text(text, encoding="utf-8")
    assert "scan.json cannot be read" == last_scan(work).why


def test_a_clock_that_went_back_is_no_age(work):
    """A scan of tomorrow was just now."""
    (work.project.state / "scan.json").write_text(json.dumps({"when": time.time() + DAY}), encoding="utf-8")
    assert "last scan just now" == last_scan(work).headline


@pytest.fixture
def github(monkeypatch):
    """A job on GitHub, and what answers for it here: `answer` is the status, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = self.server.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            # The first answer only: what it leads to gets an empty list.
            self.server.answer = (200, {}, b'{"workflow_runs": []}')

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.address = [], f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        on_github(monkeypatch, server.address)
        yield server
        server.shutdown()


def on_github(monkeypatch, address):
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": address,
        "GITHUB_REPOSITORY": "ada/shop",
        "GITHUB_WORKFLOW_REF": "ada/shop/.github/workflows/scan.yml@refs/heads/main",
        "TWINRAIL_GITHUB_TOKEN": "token",  # pragma: allowlist secret
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("answer", "why"), [
    ((200, {}, b'{"workflow_runs": []}'), "no run of this workflow has passed yet"),
    ((404, {}, b"{}"), "HTTP 404"),
    ((500, {}, b""), "HTTP 500"),
    ((200, {}, b"<html>"), "the answer cannot be read"),
    ((200, {}, b"[]"), "the answer cannot be read"),
    ((200, {}, b'{"workflow_runs": [{"run_started_at": "soon"}]}'), "the answer cannot be read"),
    ((200, {}, b'{"workflow_runs": [{}]}'), "the answer cannot be read"),
    ((200, {"Content-Length": "100"}, b"{"), "the answer cannot be read"),
])  # fmt: skip
def test_an_answer_that_says_nothing_is_unknown(work, github, answer, why):
    """No answer of GitHub fails a scan."""
    github.answer = answer
    assert why == last_scan(work).why


def test_the_token_goes_to_nobody_else(work, github):
    """Sent on to another address, the question is asked there without the token."""
    github.answer = (302, {"Location": f"{github.address}/elsewhere"}, b"")
    last_scan(work)
    assert ["Bearer token", None] == [token for _, token in github.asked]
    assert "/elsewhere" == github.asked[1][0]


def test_nobody_answers(work, monkeypatch):
    """An address where nobody is says so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        on_github(monkeypatch, f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert last_scan(work).why.startswith("no answer: ")


@pytest.mark.parametrize("address", ["", "file:///etc"])
def test_no_address_is_unknown(work, monkeypatch, address):
    """A runner that does not say where its API is, or names no address of HTTP, is not asked."""
    on_github(monkeypatch, address)
    assert "GitHub does not say which workflow this is" == last_scan(work).why
