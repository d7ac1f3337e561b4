"""Wheels of a tiny web service, made on the fly: one source, versions and moods of it."""

import base64
import hashlib
import zipfile
from pathlib import Path

MOODS = {
    "1.0": "well",
    "2.0": "well",
    "3.0": "never healthy",
    "4.0": "dies at start",
    "5.0": "answers 500",
    "6.0": "hangs at start",
    "7.0": "never ends",
}
"""What each version does."""

SOURCE = '''\
"""A service of the standard library alone."""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION, MOOD = {version!r}, {mood!r}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    busy = 0
    lock = threading.Lock()

    def do_GET(self):
        with self.lock:
            Handler.busy += 1
        status, body = self.answer()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        with self.lock:
            Handler.busy -= 1

    def answer(self):
        if self.path == "/healthz":
            return (503, b"still warming up") if MOOD == "never healthy" else (200, b"up")
        if self.path == "/readyz":
            return 200, b"ready"
        if self.path == "/variables":
            return 200, json.dumps(dict(os.environ)).encode()
        if self.path == "/" and MOOD == "answers 500":
            return 500, b"KeyError: 'currency'"
        return 200, VERSION.encode()

    def log_message(self, *_):
        pass


def main():
    print(f"tinyweb {{VERSION}} begins", flush=True)
    if MOOD == "dies at start":
        sys.exit("cannot open the database")
    if MOOD == "hangs at start":
        print("thinking", flush=True)
        time.sleep(600)
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: MOOD == "never ends" or asked.set())
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    while not asked.wait(0.1):
        pass
    server.shutdown()
    while Handler.busy:
        time.sleep(0.01)


def migrate():
    with open("migrations", "a") as file:
        print(VERSION, file=file)
'''

WHEEL = "Wheel-Version: 1.0\nGenerator: tinyweb\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
SCRIPTS = "[console_scripts]\ntinyweb = tinyweb:main\ntinyweb-migrate = tinyweb:migrate\n"


def make_wheel(folder: Path, version: str) -> Path:
    """The wheel of a version, in `folder`."""
    info = f"tinyweb-{version}.dist-info"
    files = {
        "tinyweb.py": SOURCE.format(version=version, mood=MOODS[version]),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tinyweb\nVersion: {version}\n",
        f"{info}/WHEEL": WHEEL,
        f"{info}/entry_points.txt": SCRIPTS,
    }
    record = "".join(f"{name},sha256={_hash(text)},{len(text.encode())}\n" for name, text in files.items())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"tinyweb-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(zipfile.ZipInfo(name), text)
    return path


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
