"""What happens to orders: they are placed once, paid, or expire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shopfront.database import Database
from shopfront.domain import (
    Order,
    OrderConflict,
    OrderExpired,
    OrderLine,
    OrderNotFound,
    OrderStatus,
    Product,
    UnknownProduct,
)
from shopfront.tables import OrderLineRow, OrderRow, ProductRow


@dataclass(frozen=True)
class Placement:
    """An order, and whether it was placed just now or earlier."""

    order: Order
    is_new: bool


def list_products(database: Database) -> list[Product]:
    """The whole catalogue, by name."""
    with database.reading() as session:
        rows = session.scalars(select(ProductRow).order_by(ProductRow.name))
        return [Product(id=row.id, name=row.name, price=row.price) for row in rows]


def find_order(database: Database, order_id: str) -> Order:
    """The order with this id."""
    with database.reading() as session:
        return _order(_row(session, order_id))


def place_order(
    database: Database, order_id: str, quantities: Mapping[str, int], now: datetime
) -> Placement:
    """Place an order, or return the one that was placed under this id before."""
    try:
        return _place(database, order_id, quantities, now)
    except IntegrityError:
        # Another replica stored the same id at the same time: now it is there to be found.
        return _place(database, order_id, quantities, now)


def pay_order(database: Database, order_id: str) -> Order:
    """Mark an order as paid; paying it again changes nothing."""
    with database.writing() as session:
        row = _row(session, order_id, for_update=True)
        if row.status == OrderStatus.EXPIRED:
            raise OrderExpired(f"order {order_id!r} has expired: place a new one")
        row.status = OrderStatus.PAID
        return _order(row)


def expire_orders(database: Database, window: timedelta, now: datetime) -> int:
    """Expire the orders that stayed unpaid for longer than the window; return how many."""
    overdue = (OrderRow.status == OrderStatus.UNPAID) & (OrderRow.placed_at < now - window)
    with database.writing() as session:
        expired = session.scalars(
            update(OrderRow)
            .where(overdue)
            .values(status=OrderStatus.EXPIRED)
            .returning(OrderRow.id)
        )
        return len(expired.all())


def _place(
    database: Database, order_id: str, quantities: Mapping[str, int], now: datetime
) -> Placement:
    with database.writing() as session:
        if row := session.get(OrderRow, order_id):
            return Placement(_same_order(row, quantities), is_new=False)
        row = OrderRow(id=order_id, status=OrderStatus.UNPAID, placed_at=now)
        row.lines = _lines(session, quantities)
        session.add(row)
        session.flush()
        return Placement(_order(row), is_new=True)


def _same_order(row: OrderRow, quantities: Mapping[str, int]) -> Order:
    order = _order(row)
    if order.quantities != quantities:
        raise OrderConflict(f"order {row.id!r} already exists with other contents")
    return order


def _lines(session: Session, quantities: Mapping[str, int]) -> list[OrderLineRow]:
    found = session.scalars(select(ProductRow).where(ProductRow.id.in_(quantities)))
    prices = {product.id: product.price for product in found}
    if unknown := sorted(quantities.keys() - prices.keys()):
        raise UnknownProduct(f"no such product: {', '.join(unknown)}")
    return [
        OrderLineRow(product_id=product, quantity=quantity, unit_price=prices[product])
        for product, quantity in sorted(quantities.items())
    ]


def _row(session: Session, order_id: str, for_update: bool = False) -> OrderRow:
    row = session.get(OrderRow, order_id, with_for_update=for_update or None)
    if row is None:
        raise OrderNotFound(f"no order has the id {order_id!r}")
    return row


def _order(row: OrderRow) -> Order:
    return Order(
        id=row.id,
        status=OrderStatus(row.status),
        placed_at=row.placed_at,
        lines=tuple(
            OrderLine(line.product_id, line.quantity, line.unit_price) for line in row.lines
        ),
    )
