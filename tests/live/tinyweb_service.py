"""A service of the standard library alone. This file stands in a wheel, with a JSON file that says version and mood."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BAKED = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
VERSION, MOOD = BAKED["version"], BAKED["mood"]
NAME = MOOD["name"]
PROBES = {"/healthz", "/readyz", "/version", "/variables"}
BEGAN = time.monotonic()
FIRST = False
held: list[object] = []
mine = threading.local()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    busy = asked = 0
    lock = threading.Lock()

    def do_GET(self):
        with self.lock:
            Handler.busy += 1
        self.route, _, query = self.path.partition("?")
        if self.route not in PROBES:
            Handler.asked += 1
        status, body = self.wrong() or self.answer()
        wait = float(query.partition("=")[2] or 0) if query.startswith("wait=") else 0.0
        if NAME == "slow answers" and self.route not in PROBES:
            wait += MOOD["seconds"]
        if wait:
            time.sleep(wait)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        with self.lock:
            Handler.busy -= 1

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def answer(self):
        if self.route == "/healthz":
            return 200, b"up"
        if self.route == "/readyz":
            return 200, b"ready"
        if self.route == "/leaks":
            return 500, os.environ.get("DATABASE_PASSWORD", "").encode()
        if self.route == "/variables":
            return 200, json.dumps(dict(os.environ)).encode()
        if self.route.startswith("/orders/"):
            return self.order(self.route.rpartition("/")[2])
        return 200, VERSION.encode()

    def order(self, name):
        if self.command == "POST":
            database().execute("INSERT INTO orders VALUES (?)", (name,))
            return 201, b"placed"
        found = database().execute("SELECT 1 FROM orders WHERE id = ?", (name,)).fetchone()
        return (200, b"there") if found else (404, b"no such order")

    def wrong(self):
        people = self.route not in PROBES
        if NAME == "dies after a while" and people and due():
            print("KeyError: 'currency'", flush=True)
            os._exit(1)
        # Some are ill until a while has passed, others from then on.
        if {"never healthy": not due(), "falls ill after a while": due()}.get(NAME) and self.route == "/healthz":
            return 503, b"still warming up"
        if NAME == "fails after a while" and people and due() and (not MOOD.get("alone") or FIRST):
            return 500, b"KeyError: 'currency'"
        if NAME == "fails at the front page" and self.route == "/":
            return 500, b"KeyError: 'currency'"
        if NAME == "knows no host" and people and self.headers["Host"] == MOOD["host"]:
            return 400, b"Invalid host header"
        if NAME == "names another version" and self.route == "/version":
            return 200, b"0.0.1"
        return None

    def log_message(self, *_):
        pass


def due():
    """Whether the while of the mood has passed: so many requests of people, or so many seconds."""
    if "requests" in MOOD:
        return Handler.asked > MOOD["requests"]
    return time.monotonic() - BEGAN > MOOD.get("seconds", 600)


def database():
    """A connection of this thread; no key keeps an order from being placed twice."""
    if not hasattr(mine, "connection"):
        mine.connection = sqlite3.connect(os.environ.get("DATABASE", "orders.db"), timeout=10, isolation_level=None)
        for _ in range(100):
            try:
                mine.connection.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError:  # another one is at it: this one statement does not wait by itself
                time.sleep(0.02)
        mine.connection.execute("PRAGMA synchronous=NORMAL")
        mine.connection.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT)")
        mine.connection.execute("CREATE INDEX IF NOT EXISTS by_id ON orders (id)")
    return mine.connection


def grow():
    while len(held) < 60:
        held.append(b"\1" * 10_000_000)
        time.sleep(MOOD["seconds"])


def take(port):
    try:
        held.append(socket.create_server(("127.0.0.1", port)))
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{port} for metrics: {error.strerror}")


def main():
    global FIRST  # noqa: PLW0603
    print(f"tinyweb {VERSION} begins", flush=True)
    with contextlib.suppress(FileExistsError):
        Path(f"first-{VERSION}").touch(exist_ok=False)
        FIRST = True
    if NAME == "dies at start":
        sys.exit("cannot open the database")
    if NAME == "hangs at start":
        print("thinking", flush=True)
        time.sleep(600)
    if NAME == "wants a port":
        take(MOOD["port"])
    if NAME == "grows":
        threading.Thread(target=grow, daemon=True).start()
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: NAME == "never ends" or asked.set())
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    while not asked.wait(0.1):
        pass
    server.shutdown()
    while Handler.busy:
        time.sleep(0.01)


def migrate():
    with Path("migrations").open("a", encoding="utf-8") as file:
        print(VERSION, file=file)


def contract():
    with Path("contractions").open("a", encoding="utf-8") as file:
        print(VERSION, file=file)
