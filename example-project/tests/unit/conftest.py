"""A shop in this process, on a SQLite file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shopfront.app import create_app
from shopfront.database import Database
from shopfront.migration import migrate
from shopfront.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that point to a database file that is not there yet."""
    return Settings(database_url=f"sqlite:///{tmp_path}/shop.db")


@pytest.fixture
def empty_database(settings: Settings) -> Iterator[Database]:
    """A database without a schema."""
    database = Database.at(settings.database_url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database) -> Database:
    """A database with the schema and the catalogue."""
    migrate(empty_database)
    return empty_database


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    """A client of the shop."""
    with TestClient(create_app(settings)) as client:
        yield client
