"""What every test stands on."""

import pytest

OURS = ("TWINRAIL_FROM", "TWINRAIL_PYTHON", "TWINRAIL_PROJECT", "TWINRAIL_APPROVED")
GITHUBS = ("GITHUB_ACTIONS", "RUNNER_ENVIRONMENT")


@pytest.fixture(autouse=True)
def _called_as_nox(monkeypatch):
    """Commands that are told to the user begin with `nox`, as they do for whoever typed it, and wherever that is."""
    monkeypatch.setenv("TWINRAIL_CALLED", "nox")
    for name in (*OURS, *GITHUBS):
        monkeypatch.delenv(name, raising=False)
