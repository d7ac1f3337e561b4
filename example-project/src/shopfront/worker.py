"""The process that writes receipts, until it is told to stop."""

import logging
import signal
import socket
import time
from os import getpid
from threading import Event

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from shopfront.database import Database
from shopfront.queue import RedisQueue
from shopfront.receipts import orders_without_receipt, write_receipt
from shopfront.settings import Settings, SettingsError

WAIT_MS = 500
PAUSE_S = 1.0

logger = logging.getLogger(__name__)


class Worker:
    """Writes the receipts of paid orders as the queue brings them.

    Now and then it also looks for paid orders that never came through the queue.
    """

    def __init__(self, database: Database, queue: RedisQueue, settings: Settings) -> None:
        """Prepare the worker without starting it."""
        self._database = database
        self._queue = queue
        self._interval = settings.sweep_interval.total_seconds()
        self._name = f"{socket.gethostname()}-{getpid()}"
        self._stopping = Event()
        self._swept = float("-inf")

    def stop(self, *_: object) -> None:
        """Finish the order under way, if there is one, and end."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`; a queue or a database that fails now is tried again."""
        logger.info("worker started", extra={"worker": self._name})
        ready = False
        while not self._stopping.is_set():
            try:
                if not ready:
                    self._queue.prepare()
                    ready = True
                self._sweep()
                self._work()
            except (RedisError, SQLAlchemyError) as error:
                logger.warning("work failed", extra={"error": type(error).__name__})
                # A Redis that was made anew has no group.
                ready = False
                self._stopping.wait(PAUSE_S)

    def _work(self) -> None:
        for entry, order_id in self._queue.take(self._name, WAIT_MS):
            write_receipt(self._database, order_id)
            self._queue.done(entry)
            if self._stopping.is_set():
                return

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < self._interval:
            return
        for order_id in orders_without_receipt(self._database):
            write_receipt(self._database, order_id)
        self._swept = time.monotonic()


def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    if not settings.redis_url:
        raise SettingsError("REDIS_URL should name the Redis that holds the queue")
    database, queue = Database.at(settings.database_url), RedisQueue.at(settings.redis_url)
    worker = Worker(database, queue, settings)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, worker.stop)
    try:
        worker.run()
    finally:
        queue.close()
        database.close()
