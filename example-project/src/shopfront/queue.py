"""The way of paid orders to whoever writes their receipts: a stream in Redis, or none at all."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from shopfront.database import Database
from shopfront.receipts import write_receipt
from shopfront.settings import Settings, SettingsError

STREAM = "shopfront:paid"
GROUP = "receipts"
# Some thousands of entries are kept, read ones too: what is older was read long ago.
KEPT = 10_000
# A worker that has not finished an order after this time has died.
TAKEN_OVER_MS = 60_000
TIMEOUT_S = 5

logger = logging.getLogger(__name__)


class Queue(Protocol):
    """Takes paid orders."""

    def put(self, order_id: str) -> None:
        """Have the receipt of this order written, now or soon."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True)
class Directly:
    """No queue: a receipt is written at once, by whoever took the payment."""

    database: Database

    def put(self, order_id: str) -> None:
        """Write the receipt."""
        write_receipt(self.database, order_id)

    def close(self) -> None:
        """Do nothing: the database is closed by whoever opened it."""


@dataclass(frozen=True)
class RedisQueue:
    """A stream in Redis, read by a group of workers: each entry goes to one of them."""

    redis: Redis

    @classmethod
    def at(cls, url: str) -> "RedisQueue":
        """The queue in the Redis at this URL; nothing is connected yet."""
        # The URL may hold a password, so no message repeats it.
        try:
            timeout = {"socket_connect_timeout": TIMEOUT_S, "socket_timeout": TIMEOUT_S}
            return cls(Redis.from_url(url, decode_responses=True, **timeout))
        except ValueError as error:
            raise SettingsError("REDIS_URL should be redis://HOST:PORT/NUMBER") from error

    def put(self, order_id: str) -> None:
        """Add the order; one that cannot be added is found by the workers' next sweep."""
        try:
            self.redis.xadd(STREAM, {"order": order_id}, maxlen=KEPT, approximate=True)
        except RedisError as error:
            logger.warning("not queued", extra={"order": order_id, "error": type(error).__name__})

    def prepare(self) -> None:
        """Make the group of workers, unless it is there."""
        try:
            self.redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def take(self, worker: str, wait_ms: int) -> Iterator[tuple[str, str]]:
        """Pairs of entry and order for this worker: those of dead workers first, then new ones."""
        claimed: Any = self.redis.xautoclaim(STREAM, GROUP, worker, TAKEN_OVER_MS, count=10)
        yield from _orders(claimed[1])
        new: Any = self.redis.xreadgroup(GROUP, worker, {STREAM: ">"}, count=10, block=wait_ms)
        for _, entries in new or ():
            yield from _orders(entries)

    def done(self, entry: str) -> None:
        """The entry needs no more work."""
        self.redis.xack(STREAM, GROUP, entry)

    def close(self) -> None:
        """Close every pooled connection."""
        self.redis.close()


def open_queue(settings: Settings, database: Database) -> Queue:
    """The queue that the settings name, or none."""
    return RedisQueue.at(settings.redis_url) if settings.redis_url else Directly(database)


def _orders(entries: Any) -> Iterator[tuple[str, str]]:
    for entry, fields in entries:
        if fields:
            yield entry, fields["order"]
