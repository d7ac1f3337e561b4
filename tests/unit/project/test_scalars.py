"""Values that settings have beyond TOML's own."""

import pytest

from twinrail.project.environments import Approval, Strategy
from twinrail.project.scalars import as_flag_table, as_named_table, show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("text", '"text"'),
        ('a "quoted"\nline', '"a \\"quoted\\"\\nline"'),
        ("é" * 59, f'"{"é" * 59}"'),
        ("é" * 60, f'"{"é" * 57}…"'),
        (True, "true"),
        (3, "3"),
        (2.5, "2.5"),
        ({}, "A table"),
        ([], "A list"),
        ([1], "A list"),
        ([{}], "A list of tables"),
    ],
)
def test_show(value, shown):
    """A value is shown as it stands in the file, on one line."""
    assert shown == show(value)


def test_plain_for_table():
    """A name stands for a table with that name, true for a table with its defaults, false for nobody."""
    assert {"name": "rolling"} == as_named_table("rolling")
    assert {"surge": 2} == as_named_table({"surge": 2})
    assert {} == as_flag_table(value=True)
    assert {"approvers": 0} == as_flag_table(value=False)
    assert {"approvers": 2} == as_flag_table({"approvers": 2})


def test_already_a_table():
    """A table that was decoded before passes as it is, and so does one that is not there."""
    assert Strategy() == as_named_table(Strategy())
    assert Approval() == as_flag_table(Approval())
    assert as_flag_table(None) is None


@pytest.mark.parametrize("read", [as_named_table, as_flag_table])
def test_neither(read):
    """What is neither plain nor a table is refused by what it is."""
    with pytest.raises(ValueError, match=r"^A list is neither "):
        read([1])
