"""A customer's way through the API of a running shop."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest


@pytest.fixture
def shop(base_url: str) -> Iterator[httpx.Client]:
    """A client of the running shop."""
    with httpx.Client(base_url=base_url, timeout=10) as client:
        yield client


def test_browse_order_and_pay(shop: httpx.Client) -> None:
    """A customer picks two products, orders them and pays."""
    first, second = shop.get("/api/products").json()[:2]
    lines = [{"product_id": item["id"], "quantity": 2} for item in (first, second)]
    body = {"id": uuid4().hex, "lines": lines}
    placed = shop.post("/api/orders", json=body)
    assert placed.status_code == 201, placed.text
    subtotal = 2 * (Decimal(first["price"]) + Decimal(second["price"]))
    assert subtotal == Decimal(placed.json()["subtotal"])
    paid = shop.put(f"/api/orders/{body['id']}/payment").json()
    assert {**placed.json(), "status": "paid"} == paid


def test_an_order_sent_twice_is_placed_once(shop: httpx.Client) -> None:
    """A client that is unsure may send its order again."""
    body = {"id": uuid4().hex, "lines": [{"product_id": "mug", "quantity": 1}]}
    answers = [shop.post("/api/orders", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]


def test_a_request_can_be_followed(shop: httpx.Client) -> None:
    """The request id comes back, so that a support case can name it."""
    request_id = uuid4().hex
    answer = shop.get("/api/products", headers={"X-Request-ID": request_id})
    assert request_id == answer.headers["X-Request-ID"]


def test_requests_are_counted(shop: httpx.Client) -> None:
    """The metrics have the route templates of what was asked for."""
    shop.get(f"/api/orders/{uuid4().hex}")
    metrics = shop.get("/metrics").text
    assert "# TYPE http_request_duration_seconds histogram" in metrics
    assert "http_requests_total{" in metrics
