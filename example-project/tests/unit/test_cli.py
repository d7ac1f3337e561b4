"""The command line reads its settings and says what is wrong with them."""

import logging
from collections.abc import Iterator

import pytest

from shopfront import __version__
from shopfront.cli import main
from shopfront.database import Database
from shopfront.migration import SchemaState, migrate
from shopfront.server import GRACE_SECONDS, create_server
from shopfront.settings import Settings


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Undo what a command does to the logging of this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_migrate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command makes the schema, and may be repeated."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    assert 0 == main(["migrate"]) == main(["migrate"])
    database = Database.at(settings.database_url)
    assert migrate(database) == SchemaState.CURRENT
    database.close()


def test_a_failed_migration_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1 and the log says why."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:////no/such/folder/shop.db")
    assert main(["migrate"]) == 1
    assert "unable to open database file" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("DATABASE_URL", "nonsense"), ("DATABASE_URL", "nosql://host/name")],
)
@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_wrong_setting_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    name: str,
    value: str,
) -> None:
    """The exit code is 2 and the message names the variable."""
    monkeypatch.setenv(name, value)
    assert main([command]) == 2
    assert capsys.readouterr().err.startswith(f"shopfront: {name} should be")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The command knows its version."""
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert f"shopfront {__version__}\n" == capsys.readouterr().out


def test_the_server_listens_where_it_should() -> None:
    """Host, port and the time to finish are the server's own."""
    config = create_server(Settings(host="::1", port=9000)).config
    assert (
        config.host,
        config.port,
        config.timeout_graceful_shutdown,
    ) == ("::1", 9000, GRACE_SECONDS)
