"""Deploys within a job on GitHub: what would be gone with the runner is deployed, tested, and stopped before it is."""

import shutil

import pytest

from twinrail.deploy import receipt as receipts
from twinrail.deploy import stages
from twinrail.deploy.github import APPROVED
from twinrail.deploy.targets.process.ports import free_port
from twinrail.report.events import GateAsked
from twinrail.system.errors import PlanRefused, TurnedBack

SUITE = """\
import os
import urllib.request


def test_version():
    with urllib.request.urlopen(os.environ["BASE_URL"]) as answer:
        assert "1.0" == answer.read().decode()
"""


@pytest.fixture
def on_github(monkeypatch):
    """Makes this a job on GitHub, on a runner of some kind, with the agreement of some environments."""

    def be(runner, approved=""):
        values = {"GITHUB_ACTIONS": "true", "RUNNER_ENVIRONMENT": runner, "GITHUB_REPOSITORY": "ada/tinyweb",
                  "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1", APPROVED: approved}  # fmt: skip
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return be


@pytest.fixture
def session(project, open_town):
    """Prepares a session: its wheel, and a suite in `folder` where one is named."""

    def prepare(name, version="1.0", *, suite="", **options):
        town = open_town(name, port=free_port(), **options)
        wheel = project.root / "dist" / f"tinyweb-{version}-py3-none-any.whl"
        wheel.parent.mkdir(exist_ok=True)
        shutil.copy2(town.release(version).wheel, wheel)
        town.work.artifacts.put("wheel", wheel, version=version, commit=town.work.commit.id)
        if suite:
            (project.root / suite).mkdir(parents=True)
            (project.root / suite / "test_it.py").write_text(SUITE, encoding="utf-8")
        return town

    yield prepare
    shutil.rmtree(project.root / "tests", ignore_errors=True)
    shutil.rmtree(project.state / receipts.FOLDER, ignore_errors=True)


def kept(town):
    """The receipt that a session left, or None."""
    return receipts.read(town.project.state, town.name)


def test_staging_and_production(session, on_github):
    """On GitHub's own runner each is a rehearsal: said so, stopped, and its receipt lets the next one set out."""
    on_github("github-hosted", "production-approval")
    staging = session("staging", suite="tests/smoke")
    outcome = stages.staging(staging.work)
    assert ("passed", "rehearsal: rolling 1 of 1 · smoke 1 passed · 1.0, stopped again") == (
        outcome.state,
        outcome.headline,
    )
    assert (True, []) == (kept(staging).rehearsal, staging.processes())

    production = session("production", rehearsal=True)
    production.work.settings.environments["staging"] = staging.place.environment
    outcome = stages.production(production.work)
    assert ("passed", "rehearsal: rolling 1 of 1 · 1.0, stopped again") == (outcome.state, outcome.headline)
    assert (True, []) == (kept(production).rehearsal, production.processes())
    asked = [(each.gate, each.answer, each.who) for each in production.events if isinstance(each, GateAsked)]
    fresh = ("freshness", "open", "")
    agreed = ("approval", "open", "reviewers of production-approval")
    assert [("receipt", "open", ""), fresh, agreed, fresh] == asked


def test_production_is_no_rehearsal_unless_it_is_said(session, on_github):
    """Where nobody said that production may be rehearsed, it is refused, and nothing was changed."""
    on_github("github-hosted", "production-approval")
    town = session("production")
    there = sorted(town.folder.rglob("*"))
    with pytest.raises(PlanRefused, match=r"environments\.production\.rehearsal: This runner is gone after the job"):
        stages.production(town.work)
    assert ([], None, there) == (town.processes(), kept(town), sorted(town.folder.rglob("*")))


def test_a_release_that_is_turned_back(session, on_github):
    """What does not come up is turned back, stopped, and leaves no receipt."""
    on_github("github-hosted")
    town = session("staging", "4.0")
    outcome = stages.staging(town.work)
    assert ("failed", 20, []) == (outcome.state, outcome.exit_code, town.processes())
    assert kept(town) is None


@pytest.mark.parametrize("runner", ["github-hosted", "self-hosted"])
def test_e2e(session, on_github, runner):
    """The environment test is stopped after its tests, whether they pass or not; on a runner that stays as well."""
    on_github(runner)
    town = session("test", suite="tests/e2e")
    assert "passed" == stages.e2e(town.work).state
    assert (True, []) == (kept(town).rehearsal, town.processes())
    receipts.path_of(town.project.state, "test").unlink()
    (town.project.root / "tests/e2e/test_it.py").write_text("def test_it():\n    assert False\n", encoding="utf-8")
    assert "failed" == stages.e2e(town.work).state
    assert (None, []) == (kept(town), town.processes())


def test_a_folder_that_stays(session, on_github, tmp_path):
    """On a runner that stays, in a folder that stays, the environment serves on after the job."""
    on_github("self-hosted", "production-approval")
    town = session("production", folder=str(tmp_path / "stays"))
    outcome = stages.production(town.work)
    address = f"http://127.0.0.1:{town.place.target.port}"
    assert ("passed", f"rolling 1 of 1 · {address} (1.0)") == (outcome.state, outcome.headline)
    assert (False, "1.0") == (kept(town).rehearsal, town.get().body)
    assert (tmp_path / "stays" / "production" / "journal.jsonl").is_file()
    assert "ada/tinyweb#7.1" in (tmp_path / "stays" / "production" / "journal.jsonl").read_text(encoding="utf-8")


def test_a_folder_that_the_next_checkout_removes(session, on_github):
    """On a runner that stays, an environment in the checkout is refused."""
    on_github("self-hosted")
    town = session("staging")
    there = sorted(town.folder.rglob("*"))
    with pytest.raises(
        PlanRefused, match=r"environments\.staging\.folder: The next checkout on this runner would remove"
    ):
        stages.staging(town.work)
    assert ([], there) == (town.processes(), sorted(town.folder.rglob("*")))


def test_production_that_nobody_agreed_to(session, on_github):
    """Where no environment of GitHub agreed, production is turned back before anything began."""
    on_github("github-hosted")
    town = session("production", rehearsal=True)
    with pytest.raises(TurnedBack, match="0 of 1 protected environments of GitHub agreed"):
        stages.production(town.work)
    assert [] == town.processes()
