"""What GitHub Actions tells a step."""

import json
import os

import pytest

from twinrail.system.github import Trigger, hosted, on_github, owner_of_run, read_trigger, rerun, without_files

REPOSITORY = {"name": "shopfront", "full_name": "ada/shopfront", "default_branch": "main", "fork": False}
FORK = {**REPOSITORY, "full_name": "eve/shopfront", "fork": True}


@pytest.fixture
def environment(monkeypatch):
    """None of the variables by which GitHub speaks."""
    for name in [each for each in os.environ if each.startswith(("GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_"))]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def triggered(environment, write):
    """Why a run began that an event with this payload set off; `payload` is a document, or the text of a file."""

    def read(event, ref, payload):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        environment.setenv("GITHUB_EVENT_NAME", event)
        environment.setenv("GITHUB_REF", ref)
        environment.setenv("GITHUB_EVENT_PATH", str(write("event.json", text)))
        return read_trigger()

    return read


@pytest.mark.parametrize("value", [None, "", "false", "1"])
def test_elsewhere(environment, value):
    """Off GitHub there is no owner, and only `true` says that one is there."""
    if value is not None:
        environment.setenv("GITHUB_ACTIONS", value)

    assert on_github() is False
    assert "" == owner_of_run()


def test_on_github(environment):
    """On GitHub the owner names repository, run and attempt; what is missing leaves its place empty."""
    environment.setenv("GITHUB_ACTIONS", "true")
    assert on_github() is True
    assert "#." == owner_of_run()

    environment.setenv("GITHUB_REPOSITORY", "ada/shopfront")
    environment.setenv("GITHUB_RUN_ID", "4711")
    environment.setenv("GITHUB_RUN_ATTEMPT", "2")
    assert "ada/shopfront#4711.2" == owner_of_run()
    assert "gh run rerun 4711 --repo ada/shopfront" == rerun()


@pytest.mark.parametrize(
    ("actions", "kind", "gone"),
    [
        ("true", "github-hosted", True),
        ("true", "self-hosted", False),
        ("true", "", True),
        ("true", None, True),
        ("true", "Self-Hosted", True),
        (None, "github-hosted", False),
        (None, None, False),
    ],
)
def test_hosted(environment, actions, kind, gone):
    """A runner on GitHub that does not say that it stays is taken for one that is gone; a laptop is none."""
    for name, value in (("GITHUB_ACTIONS", actions), ("RUNNER_ENVIRONMENT", kind)):
        if value is not None:
            environment.setenv(name, value)

    assert gone is hosted()


@pytest.mark.parametrize(
    ("event", "ref", "payload", "branch", "fork"),
    [
        ("push", "refs/heads/main", {"ref": "refs/heads/main", "repository": REPOSITORY}, "main", False),
        ("push", "refs/tags/v1.4.0", {"created": True, "repository": REPOSITORY}, "main", False),
        ("push", "refs/heads/main", {"repository": FORK}, "main", True),
        (
            "pull_request",
            "refs/pull/7/merge",
            {"number": 7, "pull_request": {"head": {"repo": FORK}, "base": {"repo": REPOSITORY}},
             "repository": REPOSITORY},
            "main",
            False,
        ),
        ("schedule", "refs/heads/main", {"schedule": "17 4 * * 1"}, "", True),
        ("workflow_dispatch", "refs/heads/main", {"inputs": {"repository": "x"}, "repository": REPOSITORY}, "main",
         False),
        ("push", "refs/heads/main", {"repository": {"default_branch": "main"}}, "main", True),
        ("push", "refs/heads/main", {"repository": {**REPOSITORY, "fork": None}}, "main", True),
        ("push", "refs/heads/main", {"repository": {**REPOSITORY, "fork": "false"}}, "main", True),
        ("push", "refs/heads/main", {"repository": {**REPOSITORY, "default_branch": None}}, "", False),
    ],
    ids=[
        "push", "tag", "push to a fork", "pull request from a fork", "schedule", "dispatch", "fork unsaid", "fork null",
        "fork a text", "no default branch",
    ],
)  # fmt: skip
def test_trigger(triggered, event, ref, payload, *, branch, fork):
    """A trigger is what the payload says; one that does not say that it is no fork is taken for one."""
    assert Trigger(event=event, ref=ref, default_branch=branch, fork=fork) == triggered(event, ref, payload)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '"push"', "7", "[" * 100_000, '{"repository": "x"}', '{"repository": [1]}', "\ufeff{}"],
)
def test_trigger_of_a_broken_payload(triggered, text):
    """A payload that cannot be read says nothing: no default branch, and no leave to deploy."""
    assert Trigger(event="push", ref="refs/heads/main", fork=True) == triggered("push", "refs/heads/main", text)


def test_trigger_without_payload(environment, tmp_path):
    """Neither a missing file nor a missing variable is a fault."""
    assert Trigger(event="", ref="", fork=True) == read_trigger()
    environment.setenv("GITHUB_EVENT_PATH", str(tmp_path / "none.json"))
    assert Trigger(event="", ref="", fork=True) == read_trigger()


def test_without_files(environment):
    """Programs get neither the files through which a step speaks, nor tokens and inputs of the runner; else all."""
    hidden = {"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY",
              "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "INPUT_PATH"}  # fmt: skip
    shown = {"GITHUB_ACTIONS", "GITHUB_SHA", "GITHUB_REPOSITORY", "RUNNER_TEMP", "TWINRAIL_DEPLOY_TOKEN"}
    for name in hidden | shown:
        environment.setenv(name, "x")

    seen = without_files()

    assert (set(), shown | {"PATH"}) == (hidden & seen.keys(), (shown | {"PATH"}) & seen.keys())
