"""What is asked of a Prometheus, and what is made of its answers, against a small server that speaks as it does."""

import json
import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from twinrail.deploy.analysis.prometheus import Prometheus
from twinrail.deploy.interface import Samples
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.strategies import Analysis
from twinrail.system.errors import ToolError

BUCKETS = 'sum by (le) (increase(http_request_duration_seconds_bucket{release="1.4.0-bb"}[60s]))'
FAILURES = 'sum(increase(http_requests_total{release="1.4.0-bb",status=~"5.."}[60s]))'


def bucket(bound, value):
    return {"metric": {"le": bound}, "value": [1.0, value]}


ANSWERS = {
    BUCKETS: [bucket("+Inf", "110.2"), bucket("0.1", "60.4"), bucket("0.25", "100.1")],
    FAILURES: [{"metric": {}, "value": [1.0, "3.6"]}],
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)["query"][0]
        found = self.server.answers.get(query, [])
        if asked.path != "/api/v1/query" or found is None:
            self.say(404 if found is not None else 503, b"no such page")
        elif isinstance(found, str):
            self.say(400, json.dumps({"status": "error", "errorType": "bad_data", "error": found}).encode())
        else:
            self.say(200, json.dumps({"status": "success", "data": {"resultType": "vector", "result": found}}).encode())

    def say(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def ask():
    """What is seen of 1.4.0 in the last minute, by a Prometheus that answers so."""

    def ask(answers=ANSWERS, *, path="", since=940.0, **settings):
        server.answers = answers
        analysis = Analysis(prometheus=f"http://127.0.0.1:{server.server_address[1]}{path}", **settings)
        made = Prometheus.of(analysis)
        made = Prometheus(url=made.url, query=made.query, failures=made.failures, now=lambda: 1000.0)
        return made.samples("1.4.0-bb", since, probes=False)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield ask
        server.shutdown()
        thread.join()


def test_samples(ask):
    """The buckets are those of the time asked about, not added up; whoever extrapolates counts parts of requests."""
    assert Samples(requests=110, errors=4, buckets={0.1: 60, 0.25: 40, math.inf: 10}) == ask()
    assert ask() == ask(path="/")


def test_time(ask):
    """Parts of a second are asked about as a whole one, and so is no time at all."""
    seconds = {query.replace("60s", "1s"): found for query, found in ANSWERS.items()}
    assert [110, 110, 0] == [ask(seconds, since=since).requests for since in (999.7, 1000.0, 998.9)]


def test_other_series(ask):
    """The series are those of the settings, with the release's name filled in."""
    mine = {'sum by (le) (increase(took{app="1.4.0-bb"}[60s]))': ANSWERS[BUCKETS], "sum(increase(bad[60s]))": []}
    assert (110, 0) == told(ask(mine, query='took{app="{release}"}', failures="bad"))


def told(samples):
    return samples.requests, samples.errors


def test_nothing_seen(ask):
    """Series of which nothing is known yet, or not a number, are no requests and no failures."""
    assert Samples() == ask({})
    assert (0, 0) == told(ask({BUCKETS: [bucket("+Inf", "NaN")], FAILURES: [bucket("x", "NaN")]}))


def test_counts_that_shrink(ask):
    """Buckets that were counted a moment apart may shrink from one to the next, and none holds less than nothing."""
    assert {0.1: 10, math.inf: 0} == ask({BUCKETS: [bucket("0.1", "10.4"), bucket("+Inf", "9.1")]}).buckets


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({BUCKETS: "parse error: unexpected }"}, r"refuses sum by \(le\) .*: parse error: unexpected }\."),
        ({BUCKETS: None}, r"refuses .*: 503 Service Unavailable\."),
        ({BUCKETS: [{"metric": {}, "value": [1.0, "3"]}]}, "are no buckets: no label `le` of a number"),
        ({BUCKETS: [bucket("many", "3")]}, "are no buckets"),
    ],
)
def test_errors(ask, answers, words):
    """A wrong query says what is wrong with it, and a series that is none of buckets is one."""
    with pytest.raises(ToolError, match=words):
        ask(answers)


def test_what_is_no_prometheus(ask):
    """An address at which something else answers, or nobody, is said to be no Prometheus."""
    with pytest.raises(ToolError, match="404 Not Found"):
        ask(path="/elsewhere")
    with pytest.raises(ToolError, match=r"There is no Prometheus at .*: .*refused"):
        at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ToolError, match="is not an address of HTTP"):
        at("file:///etc/passwd")


def at(url):
    Prometheus(url=url, query="a", failures="b").samples("1.4.0-bb", 0.0, probes=False)


def test_what_speaks_another_language():
    """A server whose answer is not JSON is no Prometheus."""

    class Plain(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Plain) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(ToolError, match="There is no Prometheus at"):
            at(f"http://127.0.0.1:{server.server_address[1]}")
        thread.join()
