"""The background job sweeps until it is stopped."""

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from shopfront.database import Database
from shopfront.domain import OrderStatus
from shopfront.expiry import ExpiryJob
from shopfront.orders import find_order, place_order
from shopfront.settings import Settings

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def quick(settings: Settings) -> Settings:
    """The same settings with hardly a pause between sweeps."""
    return Settings(database_url=settings.database_url, sweep_interval=timedelta(milliseconds=5))


def test_it_expires_overdue_orders(database: Database, settings: Settings) -> None:
    """An order nobody paid expires while the job runs, and the job stops when told."""
    place_order(database, "a", {"mug": 1}, LONG_AGO)
    job = ExpiryJob(database, quick(settings))
    job.start()
    deadline = time.monotonic() + 5
    while find_order(database, "a").status is OrderStatus.UNPAID and time.monotonic() < deadline:
        time.sleep(0.005)
    job.stop()
    assert find_order(database, "a").status == OrderStatus.EXPIRED


def test_it_stops_without_waiting_for_the_next_sweep(
    database: Database, settings: Settings
) -> None:
    """Stopping does not take a whole interval."""
    job = ExpiryJob(database, settings)
    started = time.monotonic()
    job.start()
    job.stop()
    assert time.monotonic() - started < settings.sweep_interval.total_seconds() / 2


def test_it_survives_a_database_that_fails(
    empty_database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A sweep that fails is a warning, for the next one to do better."""
    with caplog.at_level(logging.WARNING, "shopfront"):
        ExpiryJob(empty_database, settings).sweep(LONG_AGO)
    assert caplog.messages == ["sweep failed"]
