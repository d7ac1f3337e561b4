"""Small real locks, made by uv: no test of a dependency manager believes what another one says of it."""

import subprocess
from pathlib import Path

import pytest
from uv import find_uv_bin


def uv(*words: str, cwd: Path) -> str:
    """What uv says."""
    done = subprocess.run([find_uv_bin(), *words], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def run_uv():
    """Runs uv with some words."""
    return uv


@pytest.fixture
def lock():
    """Locks a project by uv."""
    return lambda project: uv("lock", "--quiet", cwd=project.root)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """A folder with locks of a pack of tools: `test.txt` and `check.txt`, with hashes."""
    folder = tmp_path_factory.mktemp("locks")
    for name, wanted in {"test": "iniconfig==2.0.0\npluggy==1.5.0\n", "check": "tabulate==0.9.0\n"}.items():
        (folder / f"{name}.in").write_text(wanted, encoding="utf-8")
        quiet = ("--quiet", "--no-header", "--no-annotate", "--generate-hashes", "--universal")
        uv("pip", "compile", *quiet, f"{name}.in", "-o", f"{name}.txt", cwd=folder)
    return folder


@pytest.fixture
def locks(compiled, monkeypatch):
    """The folder of `compiled`, in the place of the pack's own locks, which hold much more."""
    monkeypatch.setattr("twinrail.project.venv.LOCKS", compiled)
    return compiled
