"""The installed shop as processes of their own, on a real database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from shopfront import migration
from shopfront.database import Database

START_SECONDS = 20

COMMAND = shutil.which("shopfront", path=Path(sys.executable).parent) or "shopfront"


@dataclass(frozen=True)
class Shop:
    """A serving process, its address and its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def terminate(self) -> None:
        """Ask the process to stop, without waiting for it."""
        self.process.send_signal(signal.SIGTERM)

    def is_listening(self) -> bool:
        """Whether the process accepts connections."""
        url = httpx.URL(self.url)
        with socket.socket() as probe:
            return probe.connect_ex((url.host, url.port)) == 0


StartShop = Callable[..., Shop]
Migrate = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment that names an empty database, of each kind in turn."""
    clean = {name: value for name, value in os.environ.items() if name not in ("HOST", "PORT")}
    if request.param == "sqlite":
        yield clean | {"DATABASE_URL": f"sqlite:///{tmp_path}/shop.db"}
        return
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        pytest.skip("TEST_DATABASE_URL is not set: there is no PostgreSQL to test with")
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with _own_schema(server) as url:
        yield clean | {"DATABASE_URL": url}


@pytest.fixture
def migrate(environment: dict[str, str]) -> Migrate:
    """Starts `shopfront migrate`."""
    return lambda: subprocess.Popen([COMMAND, "migrate"], env=environment)


@pytest.fixture
def start_shop(environment: dict[str, str], tmp_path: Path) -> Iterator[StartShop]:
    """Starts `shopfront serve`, on a port of its own, and stops it after the test."""
    shops: list[Shop] = []

    def start(**variables: str) -> Shop:
        log = tmp_path / f"shop-{len(shops)}.log"
        shop = _serve(environment | variables, log)
        shops.append(shop)
        _wait_for(shop)
        return shop

    yield start
    for shop in shops:
        shop.terminate()
    for shop in shops:
        shop.process.wait(timeout=START_SECONDS)


@pytest.fixture
def migrated(environment: dict[str, str]) -> None:
    """The database has its schema."""
    database = Database.at(environment["DATABASE_URL"])
    migration.migrate(database)
    database.close()


def _serve(environment: dict[str, str], log: Path) -> Shop:
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [COMMAND, "serve", "--host", "127.0.0.1", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Shop(process, f"http://127.0.0.1:{port}", log)


def _wait_for(shop: Shop) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not shop.is_listening():
        assert shop.process.poll() is None, shop.log.read_text()
        assert time.monotonic() < deadline, shop.log.read_text()
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _own_schema(server: str) -> Iterator[str]:
    url = make_url(server).set(drivername="postgresql+psycopg")
    schema = f"shopfront_test_{uuid4().hex}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()
