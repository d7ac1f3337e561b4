"""The serving process logs, sweeps and stops as it should."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("migrated")

BODY = b'{"id": "slow", "lines": [{"product_id": "mug", "quantity": 2}]}'


def wait_until(condition, seconds: float = 15) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_request_in_flight_is_finished(start_shop) -> None:
    """Told to stop, the shop takes no new connection, and answers the request it has begun."""
    shop = start_shop()

    def body_sent_across_the_stop() -> Iterator[bytes]:
        yield BODY[:20]
        time.sleep(0.2)
        shop.terminate()
        wait_until(lambda: not shop.is_listening())
        yield BODY[20:]

    headers = {"Content-Type": "application/json"}
    answer = httpx.post(
        f"{shop.url}/api/orders", content=body_sent_across_the_stop(), headers=headers
    )
    assert (answer.status_code, answer.json()["total"]) == (201, "27.09")
    assert shop.process.wait(timeout=15) == 0
    stored = httpx.get(f"{start_shop().url}/api/orders/slow")
    assert answer.json() == stored.json()


def test_every_log_line_is_json(start_shop) -> None:
    """From start to stop the log is JSON, and a request's line has its id."""
    shop = start_shop()
    httpx.get(f"{shop.url}/version", headers={"X-Request-ID": "find-me"})
    shop.terminate()
    assert shop.process.wait(timeout=15) == 0
    lines = [json.loads(line) for line in shop.log.read_text().splitlines()]
    found = [line for line in lines if line.get("request_id") == "find-me"]
    assert [(line["route"], line["status"]) for line in found] == [("/version", 200)]


def test_unpaid_orders_expire(start_shop) -> None:
    """The background job of a serving process expires what nobody paid."""
    shop = start_shop(PAYMENT_WINDOW="1", SWEEP_INTERVAL="1")
    headers = {"Content-Type": "application/json"}
    httpx.post(f"{shop.url}/api/orders", content=BODY, headers=headers)
    order = f"{shop.url}/api/orders/slow"
    wait_until(lambda: httpx.get(order).json()["status"] == "expired")
    assert httpx.put(f"{order}/payment").status_code == 409
