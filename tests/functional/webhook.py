"""A webhook on loopback that writes down what it hears."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

PATH = "/hooks/a-word-that-nobody-else-says"
"""The part of the address that is its password."""


@dataclass
class Webhook:
    """An address, and the objects that were posted to it."""

    address: str
    heard: list[dict[str, Any]] = field(default_factory=list)


@contextlib.contextmanager
def listening() -> Iterator[Webhook]:
    """A webhook that answers as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.heard.append(json.loads(body))
            self.send_response(204 if self.path == PATH else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(f"http://127.0.0.1:{server.server_port}{PATH}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield hook
        server.shutdown()
        thread.join()
