"""What every test stands on."""

import pytest


@pytest.fixture(autouse=True)
def _called_as_nox(monkeypatch):
    """Commands that are told to the user begin with `nox`, as they do for whoever typed it."""
    monkeypatch.setenv("TWINRAIL_CALLED", "nox")
    monkeypatch.delenv("TWINRAIL_FROM", raising=False)
