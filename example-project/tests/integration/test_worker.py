"""Workers write receipts from a queue in a real Redis."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from redis import Redis

from shopfront.queue import GROUP, STREAM

from .conftest import COMMAND

Work = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis whose database is empty, and is emptied again."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if not url:
        pytest.skip("TEST_REDIS_URL is not set: there is no Redis to test with")
    redis = Redis.from_url(url)
    redis.flushdb()
    yield url
    redis.flushdb()
    redis.close()


@pytest.fixture
def work(environment: dict[str, str], redis_url: str, tmp_path: Path) -> Iterator[Work]:
    """Starts `shopfront work`, and stops it after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        variables = environment | {"REDIS_URL": redis_url, "SWEEP_INTERVAL": "1"}
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen([COMMAND, "work"], env=variables, stdout=log))
        return started[-1]

    yield start
    for each in started:
        each.terminate()
    assert {each.wait(timeout=60) for each in started} <= {0, -signal.SIGKILL}


def pay(url: str, order: str) -> None:
    """Place an order and pay it."""
    body = {"id": order, "lines": [{"product_id": "mug", "quantity": 1}]}
    assert httpx.post(f"{url}/api/orders", json=body).status_code == 201
    assert httpx.put(f"{url}/api/orders/{order}/payment").status_code == 200


def written(url: str, orders: list[str]) -> bool:
    """Whether all of them have a receipt within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        codes = [httpx.get(f"{url}/api/orders/{each}/receipt").status_code for each in orders]
        if codes == [200] * len(orders):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.usefixtures("migrated")
def test_workers_share_what_is_queued(start_shop, work: Work, redis_url: str) -> None:
    """Two of them write all receipts; one that is killed leaves nothing undone."""
    shop = start_shop(REDIS_URL=redis_url)
    pay(shop.url, "first")
    assert httpx.get(f"{shop.url}/api/orders/first/receipt").status_code == 404
    killed = work()
    assert written(shop.url, ["first"])
    killed.kill()
    orders = [f"order-{number}" for number in range(5)]
    for each in orders:
        pay(shop.url, each)
    work()
    assert written(shop.url, orders)
    redis = Redis.from_url(redis_url)
    assert redis.xlen(STREAM) == 6
    assert GROUP in {group["name"].decode() for group in redis.xinfo_groups(STREAM)}
    redis.close()


@pytest.mark.usefixtures("migrated")
def test_what_was_never_queued_is_found(start_shop, work: Work, redis_url: str) -> None:
    """A payment taken while no Redis answers has its receipt written all the same."""
    shop = start_shop(REDIS_URL="redis://127.0.0.1:9/0")
    pay(shop.url, "lonely")
    work()
    assert written(shop.url, ["lonely"])
