"""The way to the database: connections, and transactions that read or write."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from shopfront.settings import SettingsError

BUSY_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True)
class Database:
    """An engine, and the two kinds of transaction the shop runs on it."""

    engine: Engine

    @classmethod
    def at(cls, url: str) -> "Database":
        """The database at this URL; nothing is connected yet."""
        # The URL may hold a password, so no message repeats it.
        try:
            return cls(_create_engine(url))
        except ArgumentError as error:
            raise SettingsError(
                "DATABASE_URL should be sqlite:///FILE or postgresql://USER@HOST/NAME"
            ) from error
        except ModuleNotFoundError as error:
            raise SettingsError(
                f"DATABASE_URL needs the package {error.name!r}: install shopfront[postgres]"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that changes nothing."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back on an error."""
        with Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def write_connection(self) -> Iterator[Connection]:
        """A connection in a writing transaction."""
        with self._writer.begin() as connection:
            yield connection

    @cached_property
    def _writer(self) -> Engine:
        return self.engine.execution_options(writes=True)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _create_engine(address: str) -> Engine:
    url = make_url(address)
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        url = url.set(drivername="postgresql+psycopg")
        timeout = {"connect_timeout": CONNECT_TIMEOUT_S}
        return create_engine(url, pool_pre_ping=True, connect_args=timeout)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late; _begin_sqlite begins them.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once, whatever the busy timeout,
    # when another process wrote in between: one that will write takes the write lock first.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
