"""The JSON API answers as documented."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from shopfront.app import create_app
from shopfront.settings import Settings


def order(order_id: str = "o-1", **quantities: int) -> dict[str, Any]:
    """The body that places an order."""
    lines = [{"product_id": name, "quantity": number} for name, number in quantities.items()]
    return {"id": order_id, "lines": lines}


def test_products(client: TestClient) -> None:
    """A price is a string, so that no client rounds it."""
    products = client.get("/api/products").json()
    assert {"id": "mug", "name": "Stoneware mug", "price": "12.60"} in products


def test_an_order_is_created_once(client: TestClient) -> None:
    """The first answer is 201, later ones are 200, and the body is the same."""
    first = client.post("/api/orders", json=order(mug=2))
    second = client.post("/api/orders", json=order(mug=2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() == client.get("/api/orders/o-1").json()


def test_an_order_shows_its_bill(client: TestClient) -> None:
    """The answer has the lines, the tax and the total."""
    placed = client.post("/api/orders", json=order(mug=2)).json()
    line = {"product_id": "mug", "quantity": 2, "unit_price": "12.60", "amount": "25.20"}
    assert [line] == placed["lines"]
    assert (placed["subtotal"], placed["tax"], placed["total"]) == ("25.20", "1.89", "27.09")


def test_an_order_is_paid(client: TestClient) -> None:
    """A payment changes the status."""
    assert client.post("/api/orders", json=order(mug=1)).json()["status"] == "unpaid"
    assert client.put("/api/orders/o-1/payment").json()["status"] == "paid"


def test_errors_say_what_is_wrong(client: TestClient) -> None:
    """Each kind of error has its status and a sentence."""
    client.post("/api/orders", json=order(mug=1))
    conflict = client.post("/api/orders", json=order(mug=2))
    unknown = client.post("/api/orders", json=order("o-2", zither=1))
    missing = client.get("/api/orders/o-3")
    assert (conflict.status_code, unknown.status_code, missing.status_code) == (409, 422, 404)
    assert unknown.json() == {"detail": "no such product: zither"}


@pytest.mark.parametrize(
    "body",
    [
        order("no spaces, please", mug=1),
        order(),
        order(mug=0),
        order(mug=101),
        {"id": "o-1", "lines": [{"product_id": "mug", "quantity": 1}] * 2},
        {**order(mug=1), "coupon": "FREE"},
    ],
)
def test_malformed_orders_are_refused(client: TestClient, body: dict[str, Any]) -> None:
    """What breaks the schema is refused before it reaches the shop."""
    assert client.post("/api/orders", json=body).status_code == 422


def test_page_lists_the_products(client: TestClient) -> None:
    """The page has every product, and its files are there."""
    page = client.get("/")
    assert "text/html" in page.headers["content-type"]
    for product in client.get("/api/products").json():
        assert product["name"] in page.text
    assert (
        200
        == client.get("/static/page.js").status_code
        == client.get("/static/page.css").status_code
    )


def test_a_database_without_schema_is_no_internal_error(settings: Settings) -> None:
    """The shop says that its database cannot be used."""
    with TestClient(create_app(settings)) as client:
        assert client.get("/api/products").status_code == 503
