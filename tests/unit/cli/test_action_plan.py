"""The plan that `verify` tells: which jobs run, why others do not, what is refused before anything is deployed."""

import json

import pytest

from door import PAYLOAD
from twinrail.cli.inputs import read_plan

PROJECT = """\
[build-system]
requires = ["hatchling"]

[project]
name = "parcel"
version = "0.3.0"
classifiers = ["Programming Language :: Python :: 3.11", "Programming Language :: Python :: 3.12"]

[tool.twinrail.environments.test]
[tool.twinrail.environments.staging]
[tool.twinrail.environments.production]
rehearsal = true
"""
ALL = ["verify", "build", "platforms", "accept", "staging", "approval", "production", "required"]
FORK = {"repository": {**PAYLOAD["repository"], "fork": True}}
SAID = "an event {} deploys nowhere"


@pytest.fixture
def planned(step, door, sessions):
    """What came of `verify`; its noxfile offers what is deployed, and `lint`, which runs where it is given a body."""

    def run(project=PROJECT, *, until="production", path=".", lint="", **env):
        place = door.workspace / path
        place.mkdir(exist_ok=True)
        sessions(**dict.fromkeys(("integration", "e2e", "staging", "production"), "pass"), lint=lint or "pass")
        (door.workspace / "noxfile.py").rename(place / "noxfile.py")
        (door.workspace / "pyproject.toml").unlink(missing_ok=True)
        (place / "pyproject.toml").write_text(project, encoding="utf-8")
        (place / "tests" / "integration").mkdir(parents=True)
        door.env |= env
        return step("run", sessions="lint" if lint else "types", until=until, python="3.12", path=path)

    return run


@pytest.mark.parametrize(
    ("event", "ref", "payload", "why"),
    [
        ("push", "refs/heads/main", PAYLOAD, ""),
        ("workflow_dispatch", "refs/heads/fix", PAYLOAD, ""),
        ("push", "refs/heads/fix", PAYLOAD, "fix is not the default branch"),
        ("push", "refs/tags/v1", PAYLOAD, "deploy.on does not name the tag v1"),
        ("push", "refs/heads/main", FORK, "a fork deploys nowhere"),
        ("pull_request", "refs/pull/7/merge", PAYLOAD, SAID.format("pull_request")),
        ("schedule", "refs/heads/main", {"schedule": "0 5 * * 1"}, SAID.format("schedule")),
        ("push", "refs/heads/main", {}, "a fork deploys nowhere"),
    ],
)
def test_the_plan(planned, door, event, ref, *, payload, why):
    """A run that deploys has all jobs; one that does not says why, in the plan and in the log."""
    door.payload = payload
    came = planned(GITHUB_EVENT_NAME=event, GITHUB_REF=ref)
    assert (0, {"plan", "state", "address"}) == (came.code, set(came.outputs))
    left = dict.fromkeys(("staging", "approval", "production"), why) if why else {}
    people = [] if why else ["production-approval"]
    assert {
        "jobs": [name for name in ALL if name not in left],
        "left_out": left,
        "approvals": people,
        "platforms": [{"runner": "", "pythons": "3.11"}],
    } == json.loads(came.outputs["plan"])
    assert [f"{name:<12} is left out: {why}" for name in left] == [e for e in came.log.lines if "left out" in e]


def test_the_plan_is_read_as_it_was_told(planned):
    """The last job reads what the first one told."""
    plan = read_plan(planned().outputs["plan"])
    assert (tuple(ALL), ("production-approval",), {}) == (plan.jobs, plan.approvals, plan.left_out)


def test_until(planned):
    """Where it is to end earlier, later jobs are left out for that reason."""
    plan = json.loads(planned(until="build").outputs["plan"])
    assert ["verify", "build", "platforms", "required"] == plan["jobs"]
    assert {"it ends after build"} == set(plan["left_out"].values())


def test_only_one_job_plans(step, sessions):
    """A job that is not asked how far it goes tells no plan."""
    sessions(lint="pass")
    assert "plan" not in step("run").outputs


def test_a_plan_in_spite_of_a_failure(planned):
    """What failed fails the step, and the plan is told all the same: the last job wants to know."""
    came = planned(lint="session.error('x')")
    assert (1, "failed") == (came.code, came.outputs["state"])
    assert ALL == json.loads(came.outputs["plan"])["jobs"]


REFUSED = [
    ("rehearsal = true\n", "", "github-hosted", "environments.production.rehearsal", 11),
    ("rehearsal = true\n", "rehearsal = false\n", "github-hosted", "environments.production.rehearsal", 12),
    ("rehearsal = true\n", "rehearsal = true\napproval = {approvers = 3}\n", "github-hosted",
     "environments.production.approval.approvers", 13),
    ("test]\n", "test]\n", "self-hosted", "environments.staging.folder", 10),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "runner", "key", "line"), REFUSED)
def test_a_plan_that_is_refused(planned, old, new, *, runner, key, line):
    """What GitHub or the runner cannot do ends `verify` with 21, and an annotation at the setting's line."""
    path = "api" if line % 2 else "."
    came = planned(PROJECT.replace(old, new), path=path, RUNNER_ENVIRONMENT=runner)
    assert (21, "failed") == (came.code, came.outputs["state"])
    file = "api/pyproject.toml" if line % 2 else "pyproject.toml"
    said = {each.properties["title"]: each.properties for each in came.log.named("error")}
    assert {"file": file, "line": str(line), "title": f"deploy: {key}"} == said[f"deploy: {key}"]
    assert f"{key}: " in came.summary


def test_what_does_not_deploy_is_not_refused(planned):
    """Settings that could not be kept are nobody's trouble in a run that deploys nowhere."""
    came = planned(PROJECT.replace("rehearsal = true\n", ""), GITHUB_EVENT_NAME="pull_request")
    assert (0, "passed") == (came.code, came.outputs["state"])
