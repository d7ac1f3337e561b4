"""What many unit tests start from: a shell that is listened to, a project in a folder of its own, a git that obeys."""

import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from twinrail.project.repository import Project, open_project
from twinrail.system.command import Finished
from twinrail.system.shell import Shell

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"
requires-python = ">=3.11"
"""


@dataclass
class Listener:
    """Hears what a shell says and what it ran."""

    said: list[str] = field(default_factory=list)
    ran: list[Finished] = field(default_factory=list)

    def shell(self) -> Shell:
        return Shell(say=self.said.append, ran=self.ran.append)


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def shell(listener):
    return listener.shell()


@pytest.fixture
def write(tmp_path):
    """Writes files below the test's own folder: `write("src/a.py", "text")` is the file's path."""

    def place(name: str, text: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return place


@pytest.fixture
def make_project(tmp_path):
    """Makes the project that a `pyproject.toml` describes, in the test's own folder or below it."""

    def make(text: str = PYPROJECT, *, below: str = "") -> Project:
        root = tmp_path / below
        root.mkdir(parents=True, exist_ok=True)
        (root / "pyproject.toml").write_text(text, encoding="utf-8")
        return open_project(root, tomllib.loads(text))

    return make


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Runs git in the test's own folder, as nobody's git: no settings of the machine reach it."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def run(*words: str, cwd: Path = tmp_path) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *who, *words], cwd=cwd, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run
