"""The JSON that the API takes and gives."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shopfront.domain import Order, OrderStatus

OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
ProductId = Annotated[str, Field(min_length=1, max_length=64)]


class NewOrderLine(BaseModel):
    """A product to order, and how many of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_id: ProductId
    quantity: Annotated[int, Field(ge=1, le=100)]


class NewOrder(BaseModel):
    """An order to place, under an id that the client chose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: OrderId
    lines: Annotated[tuple[NewOrderLine, ...], Field(min_length=1, max_length=50)]

    @field_validator("lines")
    @classmethod
    def _name_each_product_once(cls, lines: tuple[NewOrderLine, ...]) -> tuple[NewOrderLine, ...]:
        if len({line.product_id for line in lines}) < len(lines):
            raise ValueError("each product should be in one line only")
        return lines

    @property
    def quantities(self) -> dict[str, int]:
        """How many of each product are wanted, by product id."""
        return {line.product_id: line.quantity for line in self.lines}


class ProductView(BaseModel):
    """A product, as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    price: Decimal


class OrderLineView(BaseModel):
    """A line of an order, as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    product_id: str
    quantity: int
    unit_price: Decimal
    amount: Decimal


class OrderView(BaseModel):
    """An order, as the API shows it."""

    id: str
    status: OrderStatus
    placed_at: datetime
    lines: list[OrderLineView]
    subtotal: Decimal
    tax: Decimal
    total: Decimal

    @classmethod
    def of(cls, order: Order) -> "OrderView":
        """The view of an order, with its bill."""
        bill = order.bill
        return cls(
            id=order.id,
            status=order.status,
            placed_at=order.placed_at,
            lines=[OrderLineView.model_validate(line) for line in order.lines],
            subtotal=bill.subtotal,
            tax=bill.tax,
            total=bill.total,
        )
