"""A paid order gets one receipt."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from shopfront.database import Database
from shopfront.domain import ReceiptNotFound
from shopfront.orders import pay_order, place_order
from shopfront.queue import Directly, RedisQueue, open_queue
from shopfront.receipts import find_receipt, orders_without_receipt, write_receipt
from shopfront.settings import Settings, SettingsError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "Order a\n1 x jug: 19.10\n2 x mug: 25.20\nPaid: 47.62\n"


def test_only_what_is_paid_has_one(database: Database) -> None:
    """An unpaid order waits for nothing; a paid one does until its receipt is written."""
    place_order(database, "a", {"mug": 2, "jug": 1}, NOON)
    write_receipt(database, "a")
    assert orders_without_receipt(database) == []
    pay_order(database, "a")
    assert orders_without_receipt(database) == ["a"]
    with pytest.raises(ReceiptNotFound, match="'a' has no receipt yet"):
        find_receipt(database, "a")
    write_receipt(database, "a")
    write_receipt(database, "a")
    assert orders_without_receipt(database) == []
    assert find_receipt(database, "a") == TEXT


def test_without_a_queue_it_is_there_at_once(client: TestClient) -> None:
    """Whoever pays finds the receipt."""
    body = {
        "id": "a",
        "lines": [{"product_id": "mug", "quantity": 2}, {"product_id": "jug", "quantity": 1}],
    }
    client.post("/api/orders", json=body)
    assert client.get("/api/orders/a/receipt").status_code == 404
    client.put("/api/orders/a/payment")
    answer = client.get("/api/orders/a/receipt")
    assert (answer.status_code, answer.text) == (200, TEXT)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_the_queue_is_what_the_settings_name(database: Database) -> None:
    """A URL of Redis makes a queue; a wrong one is a mistake; nothing is connected yet."""
    assert isinstance(open_queue(Settings(), database), Directly)
    queue = open_queue(Settings(redis_url="redis://127.0.0.1:9/0"), database)
    assert isinstance(queue, RedisQueue)
    with pytest.raises(SettingsError, match="REDIS_URL should be"):
        open_queue(Settings(redis_url="nonsense"), database)


def test_a_payment_outlives_its_queue(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """With nobody at the other end the order waits for a sweep."""
    place_order(database, "a", {"mug": 1}, NOON)
    pay_order(database, "a")
    queue = open_queue(Settings(redis_url="redis://127.0.0.1:9/0"), database)
    queue.put("a")
    queue.close()
    assert "not queued" in caplog.text
    assert orders_without_receipt(database) == ["a"]
