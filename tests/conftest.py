"""What every test stands on."""

import pytest
from hypothesis import settings

OURS = ("TWINRAIL_FROM", "TWINRAIL_PYTHON", "TWINRAIL_PROJECT", "TWINRAIL_APPROVED")
# The machine is noisy: what takes its time has not failed.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

GITHUBS = ("GITHUB_ACTIONS", "RUNNER_ENVIRONMENT")


@pytest.fixture(autouse=True)
def _called_as_nox(monkeypatch):
    """Commands that are told to the user begin with `nox`, as they do for whoever typed it, and wherever that is."""
    monkeypatch.setenv("TWINRAIL_CALLED", "nox")
    for name in (*OURS, *GITHUBS):
        monkeypatch.delenv(name, raising=False)
