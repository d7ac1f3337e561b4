"""A real Prometheus, which scrapes a service of two releases and is asked what it saw."""

import json
import math
import shutil
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from twinrail.deploy.analysis.prometheus import Prometheus
from twinrail.deploy.interface import Samples
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.strategies import Analysis
from twinrail.system.errors import ToolError

OLD, NEW = "1.3.2-aaaaaaaa", "1.4.0-bbbbbbbb"


class Metrics(BaseHTTPRequestHandler):
    """What a client library of Prometheus would show of both releases."""

    seen: dict[str, tuple[int, int, int, int]] = {}  # noqa: RUF012  # of the class: the test changes it

    def do_GET(self):
        lines = []
        for release, (fast, middle, slow, failed) in self.seen.items():
            for bound, count in (("0.1", fast), ("0.5", fast + middle), ("+Inf", fast + middle + slow)):
                lines.append(f'http_request_duration_seconds_bucket{{release="{release}",le="{bound}"}} {count}')
            lines.append(f'http_requests_total{{release="{release}",status="500"}} {failed}')
            lines.append(f'http_requests_total{{release="{release}",status="200"}} {fast}')
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(("\n".join(lines) + "\n").encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def service():
    Metrics.seen = {OLD: (0, 0, 0, 0), NEW: (0, 0, 0, 0)}
    with ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def prometheus(service, tmp_path_factory):
    """The address of a Prometheus that looks at the service five times a second."""
    folder = tmp_path_factory.mktemp("prometheus")
    if not (program := shutil.which("prometheus")):
        pytest.skip("Prometheus (Debian's package prometheus) is not installed")
    port = free_port()
    targets = [{"targets": [f"127.0.0.1:{service}"]}]
    scrapes = {"scrape_configs": [{"job_name": "shop", "scrape_interval": "200ms", "scrape_timeout": "200ms",
                                   "static_configs": targets}]}  # fmt: skip
    (folder / "prometheus.yml").write_text(json.dumps(scrapes), encoding="utf-8")
    words = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")  # fmt: skip
    process = subprocess.Popen([program, *words], cwd=folder)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def of(address, **settings):
    return Prometheus.of(Analysis(prometheus=address, **settings))


def until(look, wanted):
    """What is seen at last, once it is as wanted."""
    end = time.monotonic() + 20
    while True:
        try:
            found = look()
        except ToolError:  # it is only starting
            found = None
        if found is not None and wanted(found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.1)


def scraped(address, release):
    """How many times the buckets of a release were looked at in the last minute."""
    query = f'count_over_time(http_request_duration_seconds_bucket{{release="{release}",le="0.1"}}[1m])'
    try:
        with urllib.request.urlopen(f"{address}/api/v1/query?query={urllib.parse.quote(query)}", timeout=5) as answer:
            found = json.load(answer)["data"]["result"]
    except OSError as error:
        raise ToolError(str(error)) from error
    return int(found[0]["value"][1]) if found else 0


def test_unknown_release(prometheus):
    """Of a release that it has not seen it knows of no requests."""
    until(lambda: scraped(prometheus, NEW), lambda count: count >= 1)
    assert Samples() == of(prometheus).samples("0.9-cccccccc", time.time() - 60, probes=False)


def test_wrong_query(prometheus):
    """What is wrong with a query it says itself."""
    until(lambda: scraped(prometheus, NEW), lambda count: count >= 1)
    with pytest.raises(ToolError, match=r"refuses sum by \(le\) .*parse error"):
        of(prometheus, query='took{release="{release}"').samples(NEW, time.time() - 60, probes=False)


def test_what_was_seen(prometheus):
    """Requests, failures and buckets of each release since a moment are what the service counted."""
    until(lambda: scraped(prometheus, NEW), lambda count: count >= 5)
    since = time.time() - 1
    Metrics.seen = {OLD: (600, 300, 100, 0), NEW: (100, 300, 600, 40)}
    asked = of(prometheus)
    found = until(lambda: asked.samples(NEW, since, probes=False), lambda seen: seen.requests >= 900)
    old = asked.samples(OLD, since, probes=False)
    # It extrapolates to the edges of the time asked about, so counts are near, and shares are right.
    assert {0.1, 0.5, math.inf} == set(found.buckets)
    assert 900 <= found.requests <= 1300
    assert 900 <= old.requests <= 1300
    assert pytest.approx(0.04, abs=0.002) == found.errors / found.requests
    assert 0 == old.errors
    assert pytest.approx([0.1, 0.3, 0.6], abs=0.01) == [found.buckets[each] / found.requests for each in found.buckets]
    assert pytest.approx([0.6, 0.3, 0.1], abs=0.01) == [old.buckets[each] / old.requests for each in old.buckets]
