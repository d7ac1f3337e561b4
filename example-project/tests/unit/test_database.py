"""Connections are made the way the shop needs them."""

import pytest
from sqlalchemy import text

from shopfront.database import BUSY_TIMEOUT_MS, Database


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("busy_timeout", BUSY_TIMEOUT_MS), ("foreign_keys", 1)],
)
def test_sqlite_is_shared_safely(empty_database: Database, pragma: str, value: object) -> None:
    """Every SQLite connection can share its file with other processes."""
    with empty_database.engine.connect() as connection:
        assert value == connection.scalar(text(f"PRAGMA {pragma}"))


def test_a_failed_writing_transaction_leaves_nothing(database: Database) -> None:
    """An error rolls the transaction back."""

    def clear_and_fail() -> None:
        with database.writing() as session:
            session.execute(text("DELETE FROM products"))
            raise LookupError

    with pytest.raises(LookupError):
        clear_and_fail()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM products"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg(scheme: str) -> None:
    """Every usual spelling of a PostgreSQL address means the same driver."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    database = Database.at(f"{scheme}://localhost/shop")
    assert database.engine.dialect.driver == "psycopg"
