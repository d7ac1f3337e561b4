"""The example's shop in a mood. This file stands in a wheel beside the shop, with a JSON file that says the mood.

A release of the shop is good or bad by what it does, not by what it is called: the bench bakes the mood into the wheel.
`?wait=0.3` holds an answer back that long, its work done already: that is when an end hurts most.
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn  # type: ignore[import-not-found]
from shopfront import __version__, cli, server  # type: ignore[import-not-found]  # it stands in the same wheel

PROBES = frozenset({"/healthz", "/readyz", "/version", "/metrics"})


class Moody:
    """An ASGI application that answers as the shop does, but for its mood."""

    def __init__(self, app: Any, mood: dict[str, Any]) -> None:
        self.app, self.mood, self.name = app, mood, mood.get("name", "well")
        self.began, self.asked = time.monotonic(), 0
        self.first = _first()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.asked += scope["path"] not in PROBES
        if (wrong := self.wrong(scope)) is not None:
            await _answer(send, *wrong)
            return
        wait = float(parse_qs(scope["query_string"]).get(b"wait", [b"0"])[0])
        if self.name == "slow answers" and scope["path"] not in PROBES:
            wait += self.mood["seconds"]
        await self.app(scope, receive, _held_back(send, wait) if wait else send)

    def wrong(self, scope: dict[str, Any]) -> tuple[int, str] | None:
        """The wrong answer that the mood gives to this request, if it gives one."""
        path, people = scope["path"], scope["path"] not in PROBES
        if self.name == "dies after a while" and people and self.due():
            print("KeyError: 'currency'", file=sys.stderr, flush=True)
            os._exit(1)
        if self.name == "never healthy" and path == "/healthz" and not self.due():
            return 503, "still warming up"
        if self.name == "fails after a while" and people and self.due() and (self.first or not self.mood.get("alone")):
            return 500, "KeyError: 'currency'"
        if self.name == "fails at the front page" and path == "/":
            return 500, "TemplateNotFound: page.html"
        if (
            self.name == "knows no host"
            and people
            and dict(scope["headers"]).get(b"host") == self.mood["host"].encode()
        ):
            return 400, "Invalid host header"
        if self.name == "names another version" and path == "/version":
            return 200, '{"version": "0.0.1"}'
        return None

    def due(self) -> bool:
        """Whether the while has passed: so many seconds, or so many requests of people."""
        if "requests" in self.mood:
            return self.asked > int(self.mood["requests"])
        return time.monotonic() - self.began > float(self.mood.get("seconds", 600))


def _held_back(send: Any, seconds: float) -> Any:
    async def later(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return later


async def _answer(send: Any, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _first() -> bool:
    try:
        Path(f"first-{__version__}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def at_start(mood: dict[str, Any]) -> None:
    """What the mood does to the whole process, before it serves."""
    match mood.get("name"):
        case "dies at start":
            sys.exit("cannot open the database")
        case "hangs at start":
            time.sleep(600)
        case "never ends":
            uvicorn.Server.handle_exit = lambda *_: None
        case "wants a port":
            _take(int(mood["port"]))
        case "grows":
            threading.Thread(target=_grow, args=(float(mood["seconds"]),), daemon=True).start()


def _take(port: int) -> None:
    try:
        held.append(socket.create_server(("127.0.0.1", port)))
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{port} for metrics: {error.strerror}")


def _grow(seconds: float) -> None:
    # 10 MB at a time up to 600 MB, so that a watcher who sleeps does not take the machine along.
    while len(held) < 60:
        held.append(b"\1" * 10_000_000)
        time.sleep(seconds)


held: list[object] = []


def main() -> int:
    """The shop's own command line."""
    mood = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    make = server.create_app
    server.create_app = lambda settings: Moody(make(settings), mood)
    if "serve" in sys.argv[1:2]:
        at_start(mood)
    return int(cli.main())
