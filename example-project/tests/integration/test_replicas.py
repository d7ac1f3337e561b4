"""Two replicas share a database."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import httpx
import pytest

ORDERS = [f"order-{number}" for number in range(10)]


@pytest.mark.usefixtures("migrated")
def test_an_order_is_placed_once_by_all_replicas(start_shop) -> None:
    """Sent to both replicas at once, twice each, an order is created by one request only."""
    replicas = [start_shop(), start_shop()]

    def place(order_id: str, url: str) -> tuple[str, int, str]:
        body = {"id": order_id, "lines": [{"product_id": "jug", "quantity": 3}]}
        answer = httpx.post(f"{url}/api/orders", json=body, timeout=30)
        return order_id, answer.status_code, answer.text

    requests = list(product(ORDERS, [shop.url for shop in replicas] * 2))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda request: place(*request), requests))
    for order_id in ORDERS:
        codes = sorted(code for placed, code, _ in answers if placed == order_id)
        assert codes == [200, 200, 200, 201]
        assert len({text for placed, _, text in answers if placed == order_id}) == 1


@pytest.mark.usefixtures("migrated")
def test_what_one_replica_stores_another_finds(start_shop) -> None:
    """An order placed at one replica is paid at the other."""
    first, second = start_shop(), start_shop()
    body = {"id": "shared", "lines": [{"product_id": "mug", "quantity": 1}]}
    assert httpx.post(f"{first.url}/api/orders", json=body).status_code == 201
    assert httpx.put(f"{second.url}/api/orders/shared/payment").status_code == 200
    assert httpx.get(f"{first.url}/api/orders/shared").json()["status"] == "paid"
