"""Texts are held against each other here: what they run of the pack is measured elsewhere."""

import pytest
from coverage import Coverage


@pytest.fixture(scope="module", autouse=True)
def _unmeasured():
    """Coverage pauses: with it these tests take half as long again, and it learns nothing from them."""
    measuring = Coverage.current()
    if measuring:
        measuring.stop()
    yield
    if measuring:
        measuring.start()
