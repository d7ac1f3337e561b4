"""What GitHub Actions tells a step."""

import pytest

from twinrail.system.github import on_github, owner_of_run


@pytest.fixture
def environment(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


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
