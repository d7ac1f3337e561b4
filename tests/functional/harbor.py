"""A small consumer that deploys: `harbor`, a service of the standard library, which stays on the runner."""

import subprocess
from pathlib import Path

from act_process import free_port
from consumers import ADVISORY, ENVIRONMENTS, NOXFILE, OFF_THE_NET, edit
from uv import find_uv_bin

HARBOR = {
    "pyproject.toml": f"""\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "harbor"
version = "0.3.0"
description = "Tells which pier is open."
readme = "README.md"
requires-python = ">=3.11"

[project.scripts]
harbor = "harbor:main"

[dependency-groups]
test = ["pytest>=9", "coverage>=7.10"]

{OFF_THE_NET}
[tool.twinrail.test]
coverage = 20

[tool.twinrail.environments.test]
port = 1

[tool.twinrail.environments.staging]
port = 2
start = "6s"
folder = "~/harbor"
variables = {{ PIER = "north" }}
performance = {{ users = 2, duration = "1s", errors = "1%" }}

[tool.twinrail.environments.production]
port = 3
folder = "~/harbor"
variables = {{ PIER = "north" }}
""",
    "README.md": "# harbor\n\nTells which pier is open.\n",
    "noxfile.py": NOXFILE,
    "advisories.jsonl": ADVISORY + "\n",
    ".gitignore": "dist/\n.twinrail/\n__pycache__/\n.*_cache/\n",
    "src/harbor/py.typed": "",
    "src/harbor/__init__.py": """\
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version


def answer(route: str, pier: str) -> tuple[int, str]:
    if route == "/version":
        return 200, version("harbor")
    if route in {"/healthz", "/readyz"}:
        return 200, "open"
    return (200, pier) if route == "/" else (404, "no such pier")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, said = answer(self.path, os.environ.get("PIER", "south"))
        body = said.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


def main() -> None:
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    address = (os.environ["HOST"], int(os.environ["PORT"]))
    server = ThreadingHTTPServer(address, Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    while not asked.wait(0.1):
        pass
    server.shutdown()
""",
    "tests/unit/test_answers.py": """\
from harbor import answer


def test_a_pier_that_is_known() -> None:
    assert (200, "north") == answer("/", "north")
    assert (200, "open") == answer("/healthz", "north")
    assert 404 == answer("/nowhere", "north")[0]
""",
    "tests/integration/test_installed.py": """\
from pathlib import Path

import harbor


def test_the_wheel_is_what_is_tested() -> None:
    assert "site-packages" in Path(harbor.__file__).parts
    assert (200, "0.3.0") == harbor.answer("/version", "north")
""",
    "tests/e2e/test_pier.py": """\
import os
from urllib.request import urlopen


def test_the_pier_without_settings() -> None:
    assert b"south" == urlopen(os.environ["BASE_URL"]).read()
""",
    "tests/smoke/test_pier.py": """\
import os
from urllib.request import urlopen


def test_the_pier_of_the_settings() -> None:
    assert b"north" == urlopen(os.environ["BASE_URL"]).read()
""",
    "tests/perf/locustfile.py": """\
from locust import HttpUser, task


class Sailor(HttpUser):
    @task
    def look(self) -> None:
        self.client.get("/")
""",
}


def harbor(root: Path) -> dict[str, int]:
    """Writes `harbor` to `root`, with its lock; staging and production stay in the runner's home. The port of each."""
    ports = {name: free_port() for name in ENVIRONMENTS}
    for name, text in HARBOR.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for number, port in enumerate(ports.values(), start=1):
        edit(root / "pyproject.toml", f"port = {number}\n", f"port = {port}\n")
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=root, check=True)
    return ports
