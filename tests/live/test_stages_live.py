"""The sessions that deploy, as a whole: a built wheel, its environments, suites and load against it."""

import shutil

import pytest
from town import Town

from twinrail.deploy import stages
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.environments import Approval, Performance
from twinrail.report.events import GateAsked

SUITE = """\
import os
import urllib.request


def test_version():
    with urllib.request.urlopen(os.environ["BASE_URL"]) as answer:
        assert {expected!r} == answer.read().decode()
"""
LOAD = """\
from locust import HttpUser, task


class Person(HttpUser):
    @task
    def look(self):
        self.client.get("/")
"""


@pytest.fixture
def session(project, open_town):
    """Prepares a session: `session("staging", "1.0", "tests/smoke")` has a suite that expects 1.0, and its wheel."""
    port = free_port()

    def prepare(name, version, folder="", *, expected="", **options) -> Town:
        town = open_town(name, port=port, **options)
        root = project.root
        wheel = root / "dist" / f"tinyweb-{version}-py3-none-any.whl"
        wheel.parent.mkdir(exist_ok=True)
        shutil.copy2(town.release(version).wheel, wheel)
        town.work.artifacts.put("wheel", wheel, version=version, commit=town.work.commit.id)
        for path, text in ((folder and f"{folder}/test_it.py", SUITE), ("tests/perf/locustfile.py", LOAD)):
            if path:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text.replace("{expected!r}", repr(expected or version)), encoding="utf-8")
        return town

    yield prepare
    shutil.rmtree(project.root / "tests", ignore_errors=True)


def test_staging(session):
    """Staging serves the built wheel once its smoke tests and its load have passed."""
    town = session("staging", "1.0", "tests/smoke", performance=Performance(users=2, duration="1s", p95="10s"))
    outcome = stages.staging(town.work)
    assert "passed" == outcome.state, (outcome, town.said)
    rolled, smoke, people, url = outcome.headline.split(" · ")
    assert ("rolling 1 of 1", "smoke 1 passed", "2 users: p95 ") == (rolled, smoke, people[:13])
    assert f"http://127.0.0.1:{town.place.target.port} (1.0)" == url
    asked = [each.gate for each in town.events if isinstance(each, GateAsked)]
    assert ["freshness", "freshness", "smoke", "performance"] == asked
    assert ["requests", "p95", "errors", "throughput"] == [each.name for each in outcome.readings]


def test_staging_turned_back_by_smoke_tests(session):
    """A release whose smoke tests fail is turned back with what they found, and the one before serves."""
    first = stages.staging(session("staging", "1.0", "tests/smoke").work)
    town = session("staging", "2.0", "tests/smoke", expected="3.0")
    outcome = stages.staging(town.work)
    assert ("passed", "failed", 20) == (first.state, outcome.state, outcome.exit_code)
    assert "2.0 was turned back: smoke: 1 failed, 0 passed" == outcome.headline
    assert "1.0 serves 100 % again." == outcome.detail.splitlines()[0]
    assert ["test_version"] == [each.title for each in outcome.findings]
    assert ({"1.0": 1}, {"1.0": 100.0}) == town.serving()


def test_staging_turned_back_by_its_load(session):
    """A release that is too slow is turned back with what was measured; so is one without a load to ask with."""
    slow = stages.staging(session("staging", "1.0", performance=Performance(users=1, duration="1s", p95="0s")).work)
    assert slow.headline.startswith("1.0 was turned back: performance: p95 ")
    assert {"requests": True, "p95": False, "errors": True, "throughput": None} == {
        each.name: each.ok for each in slow.readings
    }
    town = session("staging", "1.0", performance=Performance(file="tests/perf/nothing.py"))
    missing = stages.staging(town.work)
    assert "1.0 was turned back: performance: there is no Locust file tests/perf/nothing.py" == missing.headline
    assert ({}, {}) == town.serving()


def test_e2e(session):
    """The session e2e deploys to the environment test and says what its tests say; the release stays when they fail."""
    town = session("test", "1.0", "tests/e2e")
    outcome = stages.e2e(town.work)
    assert "passed" == outcome.state, (outcome, town.said)
    assert f"1 passed against http://127.0.0.1:{town.place.target.port}" == outcome.headline
    outcome = stages.e2e(session("test", "2.0", "tests/e2e", expected="3.0").work)
    assert ("failed", 1, "2.0") == (outcome.state, outcome.exit_code, town.get().body)


def test_e2e_of_a_release_that_fails(session):
    """Where the release does not come up, no e2e test is asked."""
    outcome = stages.e2e(session("test", "4.0", "tests/e2e").work)
    assert ("failed", 20) == (outcome.state, outcome.exit_code)
    assert "Nothing was live before, and nothing is now." == outcome.detail.splitlines()[-1]
    assert "    cannot open the database" in outcome.detail.splitlines()


def test_production(session):
    """Production asks for agreement first; once given, it deploys, and says what was live before."""
    asked = session("production", "1.0", approval=Approval(approvers=1))
    # Other tests of this project may have agreed to the same release.
    shutil.rmtree(asked.folder, ignore_errors=True)
    waiting = stages.production(asked.work)
    assert ("waiting", 75, []) == (waiting.state, waiting.exit_code, asked.processes())
    town = session("production", "1.0", approved=frozenset({"production"}))
    url = f"http://127.0.0.1:{town.place.target.port}"
    assert f"rolling 1 of 1 · {url} (1.0)" == stages.production(town.work).headline
    town = session("production", "2.0", approved=frozenset({"production"}))
    assert f"rolling 1 of 1 · {url} (2.0, was 1.0)" == stages.production(town.work).headline
