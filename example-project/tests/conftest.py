"""What the tests of a running shop share."""

import os

import pytest


@pytest.fixture(scope="session")
def base_url() -> str:
    """The address of the shop under test."""
    url = os.environ.get("BASE_URL", "")
    if not url:
        pytest.skip("BASE_URL is not set: there is no running shop to test")
    return url.rstrip("/")
