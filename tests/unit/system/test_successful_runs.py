"""Where GitHub tells of the runs of a workflow."""

import pytest

from twinrail.system.github import successful_runs

TOLD = {
    "GITHUB_API_URL": "https://api.example.invalid",
    "GITHUB_REPOSITORY": "ada/shopfront",
    "GITHUB_WORKFLOW_REF": "ada/shopfront/.github/workflows/a b.yml@refs/heads/main",
}


@pytest.fixture(autouse=True)
def _told(monkeypatch):
    for name, value in TOLD.items():
        monkeypatch.setenv(name, value)


def test_the_address_names_the_callers_file():
    """The workflow is the one that began the run, as the runner tells it."""
    runs = "repos/ada/shopfront/actions/workflows/a%20b.yml/runs?status=success&per_page=1"
    assert f"https://api.example.invalid/{runs}" == successful_runs()


@pytest.mark.parametrize("name", TOLD)
def test_without_a_part_there_is_none(monkeypatch, name):
    """A runner that does not tell all of it leaves nothing to ask."""
    monkeypatch.setenv(name, "")
    assert "" == successful_runs()
