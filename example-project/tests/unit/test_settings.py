"""The environment is read once, and mistakes in it are named."""

from datetime import timedelta

import pytest

from shopfront.settings import Settings, SettingsError


def test_defaults() -> None:
    """An empty environment, and empty variables, mean the defaults."""
    assert Settings() == Settings.from_environment({"HOST": "", "PORT": ""})


def test_every_variable_is_read() -> None:
    """Each setting has its variable."""
    settings = Settings.from_environment(
        {
            "HOST": "::1",
            "PORT": "9000",
            "DATABASE_URL": "sqlite:///other.db",
            "REDIS_URL": "redis://other:1/2",
            "PAYMENT_WINDOW": "60",
            "SWEEP_INTERVAL": "5",
        }
    )
    expected = Settings(
        "::1",
        9000,
        "sqlite:///other.db",
        "redis://other:1/2",
        timedelta(seconds=60),
        timedelta(seconds=5),
    )
    assert expected == settings


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "http", "PORT should be a whole number, not 'http'"),
        ("PORT", "-1", "PORT should be a whole number, not '-1'"),
        ("SWEEP_INTERVAL", "0", "SWEEP_INTERVAL should be at least one second"),
    ],
)
def test_mistakes_are_named(name: str, value: str, message: str) -> None:
    """The message says which variable is wrong, and what it should be."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert message == str(caught.value)
