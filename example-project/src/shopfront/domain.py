"""The shop's nouns, and what may go wrong with them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shopfront.money import Bill, bill


class ShopError(Exception):
    """A request that the shop understands but cannot fulfil."""


class UnknownProduct(ShopError):
    """An order names a product that is not in the catalogue."""


class OrderConflict(ShopError):
    """An order id is already taken by an order with other contents."""


class OrderNotFound(ShopError):
    """No order has this id."""


class ReceiptNotFound(ShopError):
    """The order is not paid, or its receipt is not written yet."""


class OrderExpired(ShopError):
    """The order waited too long for its payment."""


class OrderStatus(StrEnum):
    """Where an order stands."""

    UNPAID = "unpaid"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Product:
    """Something to buy."""

    id: str
    name: str
    price: Decimal


@dataclass(frozen=True)
class OrderLine:
    """One product in an order, at the price it had when the order was placed."""

    product_id: str
    quantity: int
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        """The price of the whole line, before tax."""
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Order:
    """What a customer wants, and whether it has been paid."""

    id: str
    status: OrderStatus
    placed_at: datetime
    lines: tuple[OrderLine, ...]

    @property
    def bill(self) -> Bill:
        """What the order costs."""
        return bill(line.amount for line in self.lines)

    @property
    def quantities(self) -> dict[str, int]:
        """How many of each product are ordered, by product id."""
        return {line.product_id: line.quantity for line in self.lines}
