"""What people ask: half of it orders that are written down, each under an id of its own."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One request.

    Attributes:
        order: the id of the order that it places; empty: it places none.
        reads: the id of the order that it looks for, which was placed just before.
        wanted: the status that is its only right answer.
        names_version: whether the answer's body names the version that gave it.
    """

    method: str
    path: str
    wanted: int = 200
    body: str = ""
    order: str = ""
    reads: str = ""
    names_version: bool = False

    def encoded(self, host: str, cookie: str = "") -> bytes:
        """The request as bytes."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


Mix = Callable[[str, float], Iterator[Question]]
"""The questions of one person without end: from a word that no other person has, and the seconds each answer takes."""


def shopfront(word: str, wait: float = 0.0) -> Iterator[Question]:
    """What people ask the example's shop: every other time they order; then they look, and find what they ordered."""
    slowly = f"?wait={wait:g}" if wait else ""
    for number in itertools.count():
        order = f"{word}-{number}"
        body = json.dumps({"id": order, "lines": [{"product_id": "mug", "quantity": 1 + number % 3}]})
        yield Question("POST", f"/api/orders{slowly}", 201, body, order)
        yield (
            Question("GET", f"/api/products{slowly}"),
            Question("GET", f"/version{slowly}", names_version=True),
            Question("GET", f"/api/orders/{order}{slowly}", reads=order),
            Question("GET", f"/{slowly}"),
        )[number % 4]


def tinyweb(word: str, wait: float = 0.0) -> Iterator[Question]:
    """The same of the service that the tests make on the fly."""
    slowly = f"?wait={wait:g}" if wait else ""
    for number in itertools.count():
        order = f"{word}-{number}"
        yield Question("POST", f"/orders/{order}{slowly}", 201, "{}", order)
        if number % 4:
            yield Question("GET", f"/{slowly}", names_version=True)
        else:
            yield Question("GET", f"/orders/{order}{slowly}", reads=order)


MIXES: dict[str, Mix] = {"shopfront": shopfront, "tinyweb": tinyweb}
"""The mixes by the service that they ask."""


def version_in(body: bytes) -> str:
    """The version that an answer names: `{"version": "1.4.0"}`, or the plain word."""
    text = body.decode(errors="replace").strip()
    return str(json.loads(text).get("version", "")) if text.startswith("{") else text
