"""The gate `analysis`: who is asked, and which answer follows from which verdict."""

import sys
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from seen import NEW, OLD, durations, samples

from twinrail.deploy.gates.analysis import AnalysisGate
from twinrail.deploy.interface import Address, Open, Samples, Shut, Wait
from twinrail.deploy.release import Release
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.settings import Service, Settings
from twinrail.project.strategies import Analysis
from twinrail.project.venv import Venv
from twinrail.session.work import Work
from twinrail.system.errors import Interrupted, ToolError
from twinrail.system.user import user_name

RELEASE = Release(version="1.4.0", digest="b" * 64, wheel=Path("w"), requirements=Path("r"), commit="c0ffee")


@dataclass
class HereIsScipy:
    """The virtual environments of the pack, all of them this one, which has SciPy."""

    asked: list[str] = field(default_factory=list)
    error: Exception | None = None

    def for_tools(self, lock):
        self.asked.append(lock)
        if self.error:
            raise self.error
        return Venv(Path(sys.prefix))


@dataclass
class Knows:
    """Evidence that knows what it is told."""

    seen: dict[str, Samples]
    asked: list[tuple] = field(default_factory=list)

    def samples(self, release, since, *, probes):
        self.asked.append((release, since, probes))
        found = self.seen[release]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def gate(make_project, shell, tmp_path):
    """Makes a gate of an environment where 1.3.2 is live."""

    def make(old=None, new=None, *, venvs=None, addresses=None, host="", **analysis):
        events = []
        work = Work(
            session="production",
            project=make_project(),
            settings=Settings(service=Service(host=host)),
            shell=shell,
            folder=tmp_path / "reports",
            run="run-1",
            tell=events.append,
        )
        work.__dict__["venvs"] = venvs or HereIsScipy()
        nobody = Address(url=f"http://127.0.0.1:{free_port()}")
        return AnalysisGate(
            environment="production",
            analysis=Analysis(**analysis),
            old=OLD,
            since=4711.0,
            evidence=Knows({OLD: old, RELEASE.name: new}),
            address=lambda name: (addresses or {}).get(name, nobody),
            work=work,
        )

    return make


def test_pass(gate, listener):
    """A release that does as well is let through, with what was measured; the numbers are SciPy's, in the record."""
    made = gate(samples(), samples(), traffic="live")
    answer = made.ask(RELEASE)
    assert isinstance(answer, Open), answer
    assert answer.note.startswith("1.4.0 failed 0 of 1,000 requests")
    assert ["errors compared", "median compared", "slowest tenth compared"] == [each.name for each in answer.readings]
    assert [(OLD, 4711.0, False), (NEW, 4711.0, False)] == made.evidence.asked
    assert ["analysis"] == made.work.venvs.asked
    assert ["scipy"] == [each.command.tool.split()[0] for each in listener.ran]
    assert made.work.report(f"analysis-{NEW}.json").exists()


def test_fail(gate):
    """A release that does worse is not, and the line says by how much."""
    answer = gate(samples(), samples(errors=40), traffic="live").ask(RELEASE)
    assert isinstance(answer, Shut), answer
    assert "1.4.0 answered 500 on 40 of 1,000 requests (1.3.2: 0 of 1,000)" == answer.note
    assert [False, True, True] == [each.ok for each in answer.readings]


@pytest.mark.parametrize("inconclusive", ["back", "hold"])
def test_inconclusive(gate, inconclusive):
    """Too little turns the release back, or waits for somebody who goes on, as the settings say; it never passes."""
    answer = gate(samples(), samples(10), traffic="live", inconclusive=inconclusive).ask(RELEASE)
    note = "too little was seen: 10 requests of 1.4.0, 1,000 of 1.3.2, where each needs 1,000"
    if inconclusive == "hold":
        again = "nox -s resume -- production"
        assert Wait(note=f"{note}; all the same by {again} --end", todo=again) == answer
    else:
        assert (Shut, note, 3) == (type(answer), answer.note, len(answer.readings))


def test_somebody_goes_on(gate):
    """Whoever says so goes on past a doubt that is left to people, by name; past anything else nobody does."""
    doubtful = replace(gate(samples(), samples(10), traffic="live", inconclusive="hold"), accepted=True)
    answer = doubtful.ask(RELEASE)
    assert (Open, user_name()) == (type(answer), answer.who)
    assert answer.note.endswith("; gone on with by hand")
    for new, inconclusive in ((samples(10), "back"), (samples(errors=40), "hold")):
        other = replace(gate(samples(), new, traffic="live", inconclusive=inconclusive), accepted=True)
        assert isinstance(other.ask(RELEASE), Shut)


@pytest.mark.parametrize("traffic", ["live", "probe"])
def test_no_scipy(gate, traffic):
    """Without SciPy the gate cannot be asked, and is shut."""
    venvs = HereIsScipy(error=ToolError("uv ended with 1: no network"))
    answer = gate(samples(), samples(), venvs=venvs, traffic=traffic).ask(RELEASE)
    assert Shut(note="it cannot be asked: uv ended with 1: no network") == answer


def test_no_log(gate):
    """Without a log people's traffic cannot be compared."""
    error = ToolError("The proxy of production writes no access log.")
    answer = gate(error, error, traffic="live").ask(RELEASE)
    assert Shut(note="it cannot be asked: The proxy of production writes no access log.") == answer


def test_prometheus(gate):
    """Where the settings name a Prometheus it is asked, and what is wrong with it shuts the gate."""
    address = f"http://127.0.0.1:{free_port()}"
    made = gate(samples(), samples(), traffic="live", prometheus=address)
    answer = made.ask(RELEASE)
    assert isinstance(answer, Shut), answer
    assert answer.note.startswith(f"it cannot be asked: There is no Prometheus at {address}")
    assert [] == made.evidence.asked


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        self.server.hosts.add(self.headers["Host"])
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """Makes services that answer with a status; they end with the test."""
    servers = []

    def make(status):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.status, server.hosts = status, set()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        return server, Address(url=f"http://127.0.0.1:{server.server_address[1]}")

    yield make
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def test_probes(gate, serve):
    """Probes ask both releases at their own addresses, in the service's name; without a log they count."""
    (old, there), (new, here) = serve(200), serve(500)
    none = ToolError("The proxy of production writes no access log.")
    made = gate(none, none, addresses={OLD: there, NEW: here}, host="shop.example", requests=20, points=20)
    answer = made.ask(RELEASE)
    assert isinstance(answer, Shut), answer
    assert "1.4.0 answered 500 on 8 of 8 requests (1.3.2: 0 of 8)" == answer.note
    assert {"shop.example"} == old.hosts == new.hosts


def test_interrupted(gate, serve):
    """Ctrl-C is no answer of the gate."""
    (_, there), (_, here) = serve(200), serve(200)
    made = gate(samples(0), samples(0), addresses={OLD: there, NEW: here})
    made.work.interrupted.set()
    with pytest.raises(Interrupted):
        made.ask(RELEASE)


def test_slow_release(gate):
    """Both kinds of fault stand in one line."""
    slow = samples(errors=40, seconds=durations(960, median=0.8))
    answer = gate(samples(), slow, traffic="live").ask(RELEASE)
    assert "answered 500 on 40 of 1,000 requests (1.3.2: 0 of 1,000); 1.4.0 took 9.9 times as long" in answer.note
