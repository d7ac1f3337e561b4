"""What the environment tells the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class SettingsError(ValueError):
    """An environment variable has a value that the shop cannot use."""


@dataclass(frozen=True)
class Settings:
    """Where the shop listens, where it keeps its data, and how long orders wait."""

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = "sqlite:///shopfront.db"
    redis_url: str = ""
    payment_window: timedelta = timedelta(minutes=15)
    sweep_interval: timedelta = timedelta(seconds=30)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Settings from HOST, PORT, the two URLs, PAYMENT_WINDOW and SWEEP_INTERVAL."""
        return cls(
            host=environment.get("HOST") or cls.host,
            port=_whole_number(environment, "PORT", cls.port),
            database_url=environment.get("DATABASE_URL") or cls.database_url,
            redis_url=environment.get("REDIS_URL") or cls.redis_url,
            payment_window=_seconds(environment, "PAYMENT_WINDOW", cls.payment_window),
            sweep_interval=_seconds(environment, "SWEEP_INTERVAL", cls.sweep_interval),
        )


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} should be a whole number, not {text!r}")
    return int(text)


def _seconds(environment: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    seconds = _whole_number(environment, name, int(default.total_seconds()))
    if seconds == 0:
        raise SettingsError(f"{name} should be at least one second")
    return timedelta(seconds=seconds)
