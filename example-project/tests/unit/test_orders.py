"""Orders are placed once, paid, or expire."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shopfront.database import Database
from shopfront.domain import (
    OrderConflict,
    OrderExpired,
    OrderNotFound,
    OrderStatus,
    UnknownProduct,
)
from shopfront.orders import expire_orders, find_order, list_products, pay_order, place_order

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def test_catalogue_is_sorted_by_name(database: Database) -> None:
    """The catalogue comes by name, with exact prices."""
    products = list_products(database)
    assert [product.name for product in products] == sorted(product.name for product in products)
    assert Decimal("12.60") == {product.id: product.price for product in products}["mug"]


def test_an_order_is_kept_as_placed(database: Database) -> None:
    """What was placed is what is found."""
    placed = place_order(database, "a", {"mug": 2, "jug": 1}, NOON)
    assert placed.is_new
    assert placed.order == find_order(database, "a")
    assert placed.order.placed_at == NOON
    assert Decimal("47.62") == placed.order.bill.total


def test_an_order_is_placed_once(database: Database) -> None:
    """The same order again is the order that was placed first."""
    first = place_order(database, "a", {"mug": 2}, NOON)
    second = place_order(database, "a", {"mug": 2}, NOON + WINDOW)
    assert not second.is_new
    assert first.order == second.order


def test_an_id_is_not_taken_twice(database: Database) -> None:
    """Other contents under the same id are a conflict."""
    place_order(database, "a", {"mug": 2}, NOON)
    with pytest.raises(OrderConflict):
        place_order(database, "a", {"mug": 3}, NOON)


def test_unknown_products_are_named(database: Database) -> None:
    """All unknown products are named, and nothing is stored."""
    with pytest.raises(UnknownProduct, match="cape, zither"):
        place_order(database, "a", {"zither": 1, "mug": 1, "cape": 1}, NOON)
    with pytest.raises(OrderNotFound):
        find_order(database, "a")


def test_only_overdue_unpaid_orders_expire(database: Database) -> None:
    """An order expires once its payment window is over, unless it was paid."""
    place_order(database, "late", {"mug": 1}, NOON)
    place_order(database, "paid", {"mug": 1}, NOON)
    place_order(database, "fresh", {"mug": 1}, NOON + WINDOW)
    pay_order(database, "paid")
    assert expire_orders(database, WINDOW, NOON + WINDOW + timedelta(seconds=1)) == 1
    found = {order_id: find_order(database, order_id).status for order_id in ("late", "paid")}
    assert found == {"late": OrderStatus.EXPIRED, "paid": OrderStatus.PAID}
    assert find_order(database, "fresh").status == OrderStatus.UNPAID


def test_paying_twice_is_paying_once(database: Database) -> None:
    """A second payment changes nothing."""
    place_order(database, "a", {"mug": 1}, NOON)
    assert pay_order(database, "a") == pay_order(database, "a")


def test_an_expired_order_cannot_be_paid(database: Database) -> None:
    """The payment comes too late."""
    place_order(database, "a", {"mug": 1}, NOON)
    expire_orders(database, WINDOW, NOON + 2 * WINDOW)
    with pytest.raises(OrderExpired):
        pay_order(database, "a")
