"""Amounts are exact, and ties go to the even cent."""

from decimal import Decimal

import pytest

from shopfront.money import bill, round_to_cents


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.00"),
        ("0.015", "0.02"),
        ("0.025", "0.02"),
        ("0.0251", "0.03"),
        ("7", "7.00"),
        ("-0.015", "-0.02"),
    ],
)
def test_rounding(amount: str, rounded: str) -> None:
    """A tie goes to the even cent, anything else to the nearest."""
    assert rounded == str(round_to_cents(Decimal(amount)))


def test_tax_is_rounded_once_on_the_sum() -> None:
    """Two lines of 0.10 bear 0.02 of tax together; each alone would bear 0.01."""
    total = bill([Decimal("0.10"), Decimal("0.10")])
    assert (Decimal("0.20"), Decimal("0.02"), Decimal("0.22")) == (
        total.subtotal,
        total.tax,
        total.total,
    )


def test_nothing_costs_nothing() -> None:
    """The bill for no lines is zero."""
    assert Decimal("0.00") == bill([]).total
