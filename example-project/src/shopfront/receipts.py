"""Receipts of paid orders: each is written once, whoever writes it."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from shopfront import orders
from shopfront.database import Database
from shopfront.domain import Order, OrderStatus, ReceiptNotFound
from shopfront.tables import OrderRow, ReceiptRow


def write_receipt(database: Database, order_id: str) -> None:
    """Write the receipt of a paid order, unless it has one."""
    order = orders.find_order(database, order_id)
    if order.status != OrderStatus.PAID:
        return
    try:
        with database.writing() as session:
            if session.get(ReceiptRow, order_id) is None:
                now = datetime.now(UTC)
                session.add(ReceiptRow(order_id=order_id, text=receipt(order), written_at=now))
    except IntegrityError:
        # Another worker wrote it at the same time.
        return


def find_receipt(database: Database, order_id: str) -> str:
    """The receipt of the order with this id."""
    with database.reading() as session:
        row = session.get(ReceiptRow, order_id)
    if row is None:
        raise ReceiptNotFound(f"order {order_id!r} has no receipt yet")
    return row.text


def orders_without_receipt(database: Database, limit: int = 100) -> list[str]:
    """The ids of paid orders that wait for their receipt, oldest first."""
    with database.reading() as session:
        found = session.scalars(
            select(OrderRow.id)
            .outerjoin(ReceiptRow, ReceiptRow.order_id == OrderRow.id)
            .where(OrderRow.status == OrderStatus.PAID, ReceiptRow.order_id.is_(None))
            .order_by(OrderRow.placed_at)
            .limit(limit)
        )
        return list(found)


def receipt(order: Order) -> str:
    """What the receipt of an order says."""
    lines = [f"{line.quantity} x {line.product_id}: {line.amount}" for line in order.lines]
    return "\n".join([f"Order {order.id}", *lines, f"Paid: {order.bill.total}"]) + "\n"
