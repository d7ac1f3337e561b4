"""A small service with one locked dependency that has a library, and its images."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from uv import find_uv_bin

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "scales"
version = "0.3.0"
description = "Weighs parcels."
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
dependencies = ["markupsafe"]

[project.scripts]
scales = "scales:main"

[tool.twinrail.build]
reproducible = false

[tool.twinrail.security]
advisories = "advisories.jsonl"
""",
    "README.md": "# scales\n\nWeighs parcels.\n",
    "advisories.jsonl": json.dumps(
        {
            "id": "SAMPLE-1",
            "affected": [{"package": {"ecosystem": "PyPI", "name": "nobody-has-this"}, "versions": ["1"]}],
        }
    ),
    "src/scales/__init__.py": '''\
"""Weighs parcels."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from markupsafe import escape

GRAMS = 100


class Scales(BaseHTTPRequestHandler):
    """Answers with a weight."""

    def do_GET(self):
        """Any route will do."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(escape(f"<{GRAMS}>").encode())


def main():
    """Serves until it is ended."""
    ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Scales).serve_forever()
''',
    ".gitignore": "dist/\n.twinrail/\n__pycache__/\n",
}


@dataclass
class Scales:
    """The project in a folder; `env` are variables of all that it runs."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def lay_out(self) -> None:
        """Writes it, locks it, commits it."""
        for name, text in FILES.items():
            self.write(name, text)
        subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=self.root, check=True)
        self.git("init", "-q", "-b", "main")
        self.commit()

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def commit(self) -> None:
        """Commits all there is, and builds the wheel of it."""
        self.git("add", "-A")
        self.git("commit", "-qm", "Change", "--allow-empty")
        assert 0 == self.run("build").returncode

    def git(self, *words: str) -> str:
        """What git says, as nobody in particular."""
        who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
        return subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A session, ended: `run("image", "--set", "image.base=full")`."""
        dropped = {"TWINRAIL_RUN", "NOXSESSION", *(name for name, value in env.items() if not value)}
        given = {**os.environ, "GITHUB_ACTIONS": "", **self.env, **env}
        kept = {name: value for name, value in given.items() if name not in dropped}
        command = [sys.executable, "-m", "twinrail", *words]
        return subprocess.run(command, cwd=self.root, env=kept, capture_output=True, text=True, check=False)

    def image(self, *settings: str, **env: str) -> "Made":
        """The session `image` with some settings, which must pass."""
        done = self.run("image", *(word for each in settings for word in ("--set", f"image.{each}")), **env)
        assert 0 == done.returncode, done.stdout[-4000:]
        noted = json.loads((self.root / ".twinrail" / "artifacts.json").read_text(encoding="utf-8"))["image"]["path"]
        told = json.loads((self.root / noted).read_text(encoding="utf-8"))
        archive = self.root / ".twinrail" / "images" / f"{Path(noted).name.removesuffix('.image.json')}.tar"
        return Made(said=done.stdout, archive=archive, **told)

    def result(self) -> dict[str, object]:
        """What the last run's record says of the session `image`."""
        record = json.loads((self.root / ".twinrail" / "runs" / "latest" / "run.json").read_text(encoding="utf-8"))
        found: dict[str, object] = next(each for each in record["sessions"] if each["name"] == "image")
        return found


@dataclass(frozen=True, kw_only=True)
class Made:
    """An image that was made: what its artifact tells, where it lies, and what was said meanwhile."""

    name: str
    id: str
    layers: list[str]
    base: str
    builder: str
    size: int
    version: str
    commit: str
    said: str
    archive: Path
