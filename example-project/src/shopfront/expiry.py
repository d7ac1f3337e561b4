"""The background job that expires orders nobody paid."""

import logging
from datetime import UTC, datetime
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from shopfront.database import Database
from shopfront.orders import expire_orders
from shopfront.settings import Settings

logger = logging.getLogger(__name__)


class ExpiryJob:
    """A thread that sweeps out overdue orders, from `start` until `stop`.

    Every replica may run one: an order expires once, whoever sweeps first.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        """Prepare the job without starting it."""
        self._database = database
        self._settings = settings
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="expiry")

    def start(self) -> None:
        """Start sweeping."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the sweep under way, if there is one, and end the thread."""
        self._stopping.set()
        self._thread.join()

    def sweep(self, now: datetime) -> None:
        """Expire what is overdue; a database that fails now is tried again next time."""
        try:
            expired = expire_orders(self._database, self._settings.payment_window, now)
        except SQLAlchemyError as error:
            logger.warning("sweep failed", extra={"error": type(error).__name__})
            return
        if expired:
            logger.info("orders expired", extra={"orders": expired})

    def _run(self) -> None:
        while not self._stopping.wait(self._settings.sweep_interval.total_seconds()):
            self.sweep(datetime.now(UTC))
