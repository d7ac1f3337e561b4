"""act for tests: the pack is rendered once per session, and all runs share what they install of it."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from act import Act, rendered

PACK = Path(__file__).parents[2]
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
Commit = Callable[[Path, Mapping[str, str | bytes]], None]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as act takes it, rendered at the ref v1."""
    return rendered(PACK, tmp_path_factory.mktemp("pack") / "twinrail")


@pytest.fixture(scope="session")
def act(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Act:
    """Runs workflows: `act.run(root)`."""
    base = tmp_path_factory.getbasetemp()
    # Each worker of xdist has a folder of its own there; of two that install at once, bootstrap.py lets one wait.
    venvs = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Act(served, tmp_path_factory.mktemp("act"), venvs / "act-venvs")


@pytest.fixture(scope="session")
def commit() -> Commit:
    """Commits files to `main` in a folder, which becomes a repository first: `commit(root, {name: text})`."""

    def run(root: Path, *words: str) -> None:
        subprocess.run(["git", *WHO, *words], cwd=root, check=True, capture_output=True)

    def write(root: Path, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
        run(root, "init", "-q", "-b", "main")
        run(root, "add", "-A")
        run(root, "commit", "-qm", "Change")

    return write
