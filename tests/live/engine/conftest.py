"""What the tests of images and containers start from: an engine, and registries with and without a login."""

import os

import pytest
from engine import Engine, Login, Registry


@pytest.fixture(scope="session")
def engine(worker_id):
    """Docker."""
    return Engine(variable("TWINRAIL_TEST_ENGINE"), worker_id)


@pytest.fixture(scope="session")
def swarm(engine):
    """Docker, as a manager of a swarm."""
    variable("TWINRAIL_TEST_SWARM")
    return engine


@pytest.fixture(scope="session")
def registry():
    """A registry that takes from anybody."""
    return Registry(variable("TWINRAIL_TEST_REGISTRY"))


@pytest.fixture(scope="session")
def closed_registry():
    """A registry that wants a login."""
    user, _, password = variable("TWINRAIL_TEST_LOGIN").partition(":")
    return Registry(variable("TWINRAIL_TEST_CLOSED_REGISTRY"), Login(user, password))


def variable(name):
    """What scripts/engine.sh has set; without it the test is skipped."""
    if not (value := os.environ.get(name)):
        pytest.skip(f"{name} is not set: `source scripts/engine.sh` starts a Docker engine and sets it")
    return value
