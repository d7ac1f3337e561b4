"""Exact amounts: decimals with two places, rounded half to even."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")
TAX_RATE = Decimal("0.075")


@dataclass(frozen=True)
class Bill:
    """What an order costs, before and after tax."""

    subtotal: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """The amount to pay."""
        return self.subtotal + self.tax


def round_to_cents(amount: Decimal) -> Decimal:
    """The nearest whole cent; a tie goes to the even one."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def bill(amounts: Iterable[Decimal]) -> Bill:
    """The bill for these line amounts, with tax rounded once, on the sum."""
    subtotal = round_to_cents(sum(amounts, Decimal(0)))
    return Bill(subtotal=subtotal, tax=round_to_cents(subtotal * TAX_RATE))
