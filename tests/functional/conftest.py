"""A small consumer that is a git repository of its own, and ways to run sessions on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from acting import act, commit, served  # noqa: F401  # fixtures
from uv import find_uv_bin

from twinrail.cli.main import main

PACK = Path(__file__).parents[2]

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "parcel"
version = "0.3.0"
description = "Weighs parcels."
readme = "README.md"
requires-python = ">=3.11"

[tool.twinrail.test]
coverage = 80
""",
    "README.md": "# parcel\n\nWeighs parcels.\n",
    "src/parcel/__init__.py": """\
def postage(grams: int) -> int:
    if grams < 0:
        raise ValueError("a parcel weighs something")
    return 100 + grams // 10
""",
    "src/parcel/py.typed": "",
    "tests/unit/test_postage.py": """\
import pytest

from parcel import postage


@pytest.mark.parametrize(("grams", "cents"), [(0, 100), (999, 199)])
def test_postage(grams: int, cents: int) -> None:
    assert cents == postage(grams)


def test_nothing_weighs_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="weighs"):
        postage(-1)
""",
    "tests/integration/test_installed.py": """\
from importlib.metadata import version
from pathlib import Path

import parcel


def test_the_wheel_is_what_is_tested() -> None:
    assert "0.3.0" == version("parcel")
    assert "site-packages" in Path(parcel.__file__).parts
""",
    ".gitignore": "dist/\n.twinrail/\n__pycache__/\n",
}


def git(folder: Path, *words: str) -> None:
    """Runs git in a folder, as nobody in particular."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@dataclass
class Consumer:
    """A project that uses the pack."""

    root: Path

    def run(self, *words: str) -> int:
        """The exit code of `twinrail WORDS`, in this process."""
        verb, *rest = words
        return main([verb, "--project", str(self.root), *rest])

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces a part of a file that must be there."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self) -> None:
        """Commits all there is."""
        git(self.root, "add", "-A")
        git(self.root, "commit", "-qm", "Change")

    @property
    def latest(self) -> Path:
        """The record of the last run."""
        return self.root / ".twinrail" / "runs" / "latest"

    def result(self, session: str) -> dict[str, object]:
        """What the last run's record says of a session."""
        record = json.loads((self.latest / "run.json").read_text(encoding="utf-8"))
        found: dict[str, object] = next(each for each in record["sessions"] if each["name"] == session)
        return found


@pytest.fixture(scope="session")
def _parcel(tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    consumer = Consumer(tmp_path_factory.mktemp("consumer") / "parcel")
    for name, text in FILES.items():
        consumer.write(name, text)
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=consumer.root, check=True)
    git(consumer.root, "init", "-q", "-b", "main")
    consumer.commit()
    return consumer


@pytest.fixture
def parcel(_parcel: Consumer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Consumer]:
    """The small consumer, as it was committed first; what a test changes is gone after it."""
    first = subprocess.run(
        ["git", "rev-list", "--max-parents=0", "HEAD"], cwd=_parcel.root, check=True, capture_output=True, text=True
    ).stdout.strip()
    for name in ("TWINRAIL_RUN", "GITHUB_ACTIONS", "TWINRAIL_WEBHOOK"):
        monkeypatch.delenv(name, raising=False)
    yield _parcel
    git(_parcel.root, "reset", "-q", "--hard", first)
    git(_parcel.root, "clean", "-qfd")
    shutil.rmtree(_parcel.root / "dist", ignore_errors=True)
    (_parcel.root / ".twinrail" / "artifacts.json").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def nox_on() -> "Nox":
    """Real nox, on any noxfile."""
    return Nox()


class Nox:
    """Runs nox with the pack that is under test."""

    def __call__(self, folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """nox in `folder`, ended."""
        clean = {name: value for name, value in os.environ.items() if name not in {"TWINRAIL_RUN", "NOXSESSION"}}
        return subprocess.run(
            [sys.executable, "-m", "nox", *words],
            cwd=folder,
            env={**clean, "NOX_SCRIPT_MODE": "none", "PYTHONPATH": str(PACK / "src"), "NO_COLOR": "1", **env},
            capture_output=True,
            text=True,
            check=False,
        )
