"""The tables, as SQLAlchemy maps them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shopfront.column_types import Cents, UtcTime


class Base(DeclarativeBase):
    """The common base of all tables."""


class ProductRow(Base):
    """A product in the catalogue."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    price: Mapped[Decimal] = mapped_column("price_cents", Cents)


class OrderLineRow(Base):
    """A line of an order."""

    __tablename__ = "order_lines"

    order_id: Mapped[str] = mapped_column(String(64), ForeignKey("orders.id"), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(64), ForeignKey("products.id"), primary_key=True)
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column("unit_price_cents", Cents)


class OrderRow(Base):
    """An order; its primary key is what makes placing it happen once."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_status_placed_at", "status", "placed_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    placed_at: Mapped[datetime] = mapped_column(UtcTime)
    lines: Mapped[list[OrderLineRow]] = relationship(
        lazy="selectin", order_by=OrderLineRow.product_id
    )


class ReceiptRow(Base):
    """The receipt of an order; its primary key is what makes writing it happen once."""

    __tablename__ = "receipts"

    order_id: Mapped[str] = mapped_column(String(64), ForeignKey("orders.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcTime)
