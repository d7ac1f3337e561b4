"""Column types that keep the same value in SQLite and in PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from shopfront.money import CENT


class Cents(TypeDecorator[Decimal]):
    """A decimal amount, stored as a whole number of cents."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """The amount in cents."""
        return None if value is None else int(value / CENT)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The amount with two decimal places."""
        return None if value is None else value * CENT


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored in UTC without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, its zone taken off."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its zone put back."""
        return None if value is None else value.replace(tzinfo=UTC)
