"""The load client, a process of its own: `python -m benchmarks.client ADDRESS --least 20000 --orders FILE`.

People ask over connections that they keep, one request at a time, and never try again. Half of them keep cookies, as
browsers do. Lines of JSON go to standard output, one every half second and the last one with all that was found.
They ask until standard input ends, and at least as often as was said.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.found import Found
from benchmarks.questions import MIXES, Question, version_in
from benchmarks.wire import Answer, Connection, NoAnswer, open_

TOLD_EVERY = 0.5
"""Seconds between two lines of progress."""


@dataclass
class Crowd:
    """Everybody who asks."""

    host: str
    port: int
    name: str
    found: Found
    least: int
    pause: float
    patience: float
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def enough(self) -> bool:
        """Whether everybody may go home."""
        return self.ending.is_set() and self.found.asked >= self.least

    async def told(self) -> None:
        """Says how far they are."""
        while True:
            await asyncio.sleep(TOLD_EVERY)
            print(json.dumps(self.found.progress()), flush=True)

    async def until_told(self) -> None:
        """Waits for the end of standard input."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        await reader.read()
        self.ending.set()


@dataclass
class Person:
    """Somebody who asks one question after the other, over a connection that is kept.

    Attributes:
        slow: whether every answer is made to take its time.
    """

    crowd: Crowd
    questions: Iterator[Question]
    keeps_cookies: bool
    slow: bool
    connection: Connection | None = None
    cookie: str = ""
    placed: str = ""
    version: str = ""

    async def live(self) -> None:
        """Asks until everybody may go home."""
        for question in self.questions:
            if self.crowd.enough:
                break
            # Only what was placed can be found again.
            if question.reads in {"", self.placed}:
                await self.ask(question)
                if self.crowd.pause:
                    await asyncio.sleep(self.crowd.pause)
        if self.connection:
            self.connection.close()

    async def ask(self, question: Question) -> None:
        """Asks once."""
        try:
            connection = await self.connected()
            started = time.perf_counter()
            answer = await connection.ask(question.encoded(self.crowd.name, self.cookie))
            self.heard(question, answer, time.perf_counter() - started)
        except NoAnswer as error:
            self.crowd.found.unanswered(question, error)
            if error.kind == "refused":
                await asyncio.sleep(0.01)

    async def connected(self) -> Connection:
        """The connection: the one that stands, or a new one."""
        if self.connection is None or self.connection.ended:
            self.crowd.found.reconnects += self.connection is not None and not self.connection.failed
            self.connection = await open_(self.crowd.host, self.crowd.port, self.crowd.patience)
        return self.connection

    def heard(self, question: Question, answer: Answer, seconds: float) -> None:
        """Takes note of an answer."""
        found = self.crowd.found
        found.slow += self.slow
        if found.answered(question, answer, seconds):
            self.placed = question.order or self.placed
            if self.keeps_cookies and question.names_version:
                before, self.version = self.version, version_in(answer.body)
                found.turns += before not in {"", self.version}
        if self.keeps_cookies and (given := answer.header(b"set-cookie")):
            self.cookie = given.partition(b";")[0].decode("latin-1")
            found.cookies += 1


async def ask(options: argparse.Namespace, found: Found) -> None:
    """They ask, as the options say, and note what they find."""
    url, mix = urlsplit(options.address), MIXES[options.mix]
    crowd = Crowd(
        host=url.hostname or "",
        port=url.port or 80,
        name=options.host or url.netloc,
        found=found,
        least=options.least,
        pause=options.pause,
        patience=options.patience,
    )
    people = [
        Person(crowd, mix(f"{options.word}-{number}", wait), keeps_cookies=number % 2 == 1, slow=wait > 0)
        for number, wait in enumerate([0.0] * options.people + options.slow)
    ]
    beside = [asyncio.create_task(each) for each in (crowd.told(), crowd.until_told())]
    await asyncio.gather(*(each.live() for each in people))
    for task in beside:
        task.cancel()


def main(words: list[str]) -> int:
    """Standard output gets lines of JSON."""
    options = _read(words)
    with Path(options.orders).open("w", encoding="utf-8") as orders:
        found = Found(orders)
        asyncio.run(ask(options, found))
    print(json.dumps(found.whole()), flush=True)
    return 0


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.client", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--mix", choices=MIXES, default="shopfront", help="what is asked")
    parser.add_argument("--word", default="load", help="what the ids of its orders begin with")
    parser.add_argument("--host", default="", help="the name in the header Host")
    parser.add_argument("--people", type=int, default=8, help="how many ask without a pause")
    parser.add_argument("--slow", type=float, nargs="*", default=[], help="seconds each answer takes, a person each")
    parser.add_argument("--least", type=int, default=0, help="how often they ask at least, all together")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two questions of a person")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds until an answer counts as missing")
    parser.add_argument("--orders", required=True, help="the file for the ids of all orders, and what became of each")
    return parser.parse_args(words)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
