"""What the database says of the orders, against what the client was told."""

import sqlite3

import pytest

from benchmarks.load import wrong_orders


@pytest.fixture
def shop(tmp_path):
    """A database with those orders, and a file with what became of each."""

    def make(there, became):
        connection = sqlite3.connect(tmp_path / "orders.db")
        connection.execute("CREATE TABLE orders (id TEXT)")
        connection.executemany("INSERT INTO orders VALUES (?)", [(each,) for each in there])
        connection.commit()
        connection.close()
        (tmp_path / "orders.txt").write_text("".join(f"{order} {word}\n" for order, word in became.items()))
        return wrong_orders(tmp_path / "orders.txt", tmp_path / "orders.db", "w")

    return make


def test_all_as_told(shop):
    """Placed once each; one that got no answer may stand there or not; others' orders are no business of ours."""
    assert [] == shop(["w-1", "w-2", "other-1"], {"w-1": "placed", "w-2": "lost", "w-3": "timeout"})


@pytest.mark.parametrize(
    ("there", "became", "wrong"),
    [
        ([], {"w-1": "placed"}, "w-1 was placed and stands there 0 times"),
        (["w-1", "w-1"], {"w-1": "placed"}, "w-1 was placed and stands there 2 times"),
        (["w-1", "w-1"], {"w-1": "status-503"}, "w-1 ended as status-503 and stands there 2 times"),
        (["w-9"], {}, "w-9 stands there and was never asked for"),
    ],
)
def test_what_is_wrong(shop, there, became, wrong):
    """An order that is missing, stands twice, or came from nowhere is named."""
    assert [wrong] == shop(there, became)
