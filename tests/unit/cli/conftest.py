"""The action's door, in this process: a project is a folder, and nox is not run until a test wants it."""

import os
import sys

import pytest

from door import Door
from twinrail.cli import action

PYPROJECT = '[project]\nname = "parcel"\nversion = "0.3.0"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def door(tmp_path):
    """A job whose checkout is a project without a noxfile."""
    made = Door(workspace=tmp_path / "workspace", folder=tmp_path / "runner")
    made.workspace.mkdir()
    (made.workspace / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return made


@pytest.fixture
def step(door, monkeypatch, capsys):
    """Opens that door in this process: `step("begin", sessions="lint")`."""

    def run(verb, **inputs):
        ours = [each for each in os.environ if each.startswith(("GITHUB_", "RUNNER_", "TWINRAIL_"))]
        for name in ours:
            if name != "TWINRAIL_GOLDEN":
                monkeypatch.delenv(name)
        for name, value in door.variables(inputs).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["twinrail-action", verb])
        monkeypatch.chdir(door.workspace)
        code = action.main()
        printed = capsys.readouterr()
        return door.came(code, printed.out, printed.err)

    return run


@pytest.fixture
def sessions(door):
    """Gives the project a noxfile with sessions of its own, a body in Python each: `sessions(lint="pass")`."""

    def write(**bodies):
        door.place.mkdir(parents=True, exist_ok=True)  # as `begin` does
        parts = ["import json, os, pathlib, sys\nimport nox\n"]
        for name, body in bodies.items():
            lines = "".join(f"    {line}\n" for line in body.splitlines())
            parts.append(f"@nox.session(venv_backend='none')\ndef {name}(session):\n{lines}")
        (door.workspace / "noxfile.py").write_text("\n\n".join(parts), encoding="utf-8")

    return write
