"""A load on an environment: starts the client, hears how far it is, and holds its orders against the database."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class People:
    """Who asks, and how.

    Attributes:
        mix: what they ask, by the service's name.
        word: what the ids of their orders begin with.
        people: how many ask without a pause, or with `pause` seconds between two questions.
        slow: for each further person, how many seconds every answer takes.
        host: the name in the header Host; empty: the address.
        patience: seconds until an answer counts as missing.
    """

    mix: str
    word: str
    people: int = 8
    slow: tuple[float, ...] = ()
    pause: float = 0.0
    host: str = ""
    patience: float = 30.0

    def words(self, address: str, orders: Path, least: int) -> list[str]:
        """The client's command line."""
        options = {
            "mix": self.mix, "word": self.word, "people": self.people, "pause": self.pause, "host": self.host,
            "patience": self.patience, "least": least, "orders": orders,
        }  # fmt: skip
        words = [f"--{name}={value}" for name, value in options.items()]
        return [sys.executable, "-m", "benchmarks.client", address, *words, "--slow", *map(str, self.slow)]


@dataclass
class Load:
    """A load that goes on.

    Attributes:
        orders: the file with the id of each order and what became of it.
        asked: how many requests were answered or failed so far.
        found: all that the client found; empty until it has ended.
    """

    orders: Path
    asked: int = 0
    failed: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _over: bool = False

    def wait_for(self, asked: int) -> None:
        """Returns when so many requests were asked, or the client has ended."""
        with self._news:
            self._news.wait_for(lambda: self._over or self.asked >= asked)

    def hear(self, process: "subprocess.Popen[str]") -> None:
        """Reads what the client says until it ends."""
        for line in process.stdout or ():
            told = json.loads(line)
            with self._news:
                self.asked, self.failed = told["asked"], told["failed"]
                self.found = told if "seconds" in told else {}
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()


@contextlib.contextmanager
def going_on(people: People, address: str, orders: Path, *, least: int = 0) -> Iterator[Load]:
    """They ask while the block runs, and afterwards until all together asked `least` times.

    Raises:
        RuntimeError: the client died.
    """
    load = Load(orders)
    words = people.words(address, orders, least)
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        hearing = threading.Thread(target=load.hear, args=(process,))
        hearing.start()
        try:
            load.wait_for(1)
            yield load
        finally:
            if process.stdin:
                process.stdin.close()
            hearing.join()
            process.wait()
    if not load.found:
        raise RuntimeError(f"The load client ended with {process.returncode}: {' '.join(words)}")


def wrong_orders(orders: Path, database: Path, word: str) -> list[str]:
    """What the database says otherwise than the client: orders that are missing, stand twice, or came from nowhere.

    Only orders are meant whose id begins with `word`.
    """
    became = dict(line.split() for line in orders.read_text(encoding="utf-8").splitlines())
    there = _counted(database, word)
    placed = {order for order, word in became.items() if word == "placed"}
    found = [f"{order} was placed and stands there {there[order]} times" for order in placed if there[order] != 1]
    found += [f"{order} ended as {became[order]} and stands there {there[order]} times"
              for order in became.keys() - placed if there[order] > 1]  # fmt: skip
    return found + [f"{order} stands there and was never asked for" for order in there.keys() - became.keys()]


def _counted(database: Path, word: str) -> Counter[str]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    query = "SELECT id, count(*) FROM orders WHERE id GLOB ? GROUP BY id"
    try:
        return Counter(dict(connection.execute(query, (f"{word}-*",))))
    finally:
        connection.close()
