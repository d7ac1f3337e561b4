"""The project's tool runs where its lock names it, the pack's otherwise."""

import shutil

import pytest

from twinrail.project.managers.uv import Uv
from twinrail.project.tools import Toolbox
from twinrail.project.venv import VirtualEnvironments
from twinrail.system.errors import ToolError

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"
requires-python = ">=3.11"
"""


@pytest.fixture
def toolbox(make_project, lock, shell, locks):
    """The toolbox of a project with some packages in its development group."""
    assert locks

    def of(*packages):
        project = make_project(f"{PYPROJECT}\n[dependency-groups]\ndev = {list(packages)}\n")
        lock(project)
        return Toolbox(VirtualEnvironments(project, Uv(project.root), shell))

    return of


def test_alone_from_the_pack(toolbox, shell, tmp_path, listener):
    """A tool that the project does not lock is the pack's, and says so in the run record."""
    tool = toolbox().standing_alone("tabulate")

    assert ("tabulate", "0.9.0", "pack") == (tool.name, tool.version, tool.source)
    assert "tabulate 0.9.0 (pack)" == tool.command("--help", cwd=tmp_path).tool
    assert "usage" in shell.run(tool.command("--help", cwd=tmp_path, LANG="C"), ok=()).stdout.lower()
    assert {"LANG": "C"} == listener.ran[-1].command.env


def test_alone_from_the_project(toolbox):
    """A tool that the project locks is the project's, at its version."""
    tool = toolbox("tabulate==0.8.10").standing_alone("tabulate")

    assert ("0.8.10", "project") == (tool.version, tool.source)
    assert (str(tool.venv.program("tabulate")),) == tool.argv


def test_program_of_another_name(toolbox):
    """A distribution may call its program otherwise."""
    tool = toolbox().standing_alone("tabulate", program="tab")

    assert (str(tool.venv.path / "bin" / "tab"),) == tool.argv


def test_among_complete(toolbox):
    """When the project locks the tool and all beside it, its own environment serves."""
    box = toolbox("pluggy==1.6.0", "iniconfig==2.1.0")
    tool = box.among_project("pluggy", "iniconfig")

    assert ("1.6.0", "project", box.venvs.for_project()) == (tool.version, tool.source, tool.venv)
    assert (str(tool.venv.python), "-m", "pluggy") == tool.argv


@pytest.mark.parametrize(
    ("locked", "version", "source"),
    [((), "1.5.0", "pack"), (("pluggy==1.6.0",), "1.6.0", "project"), (("iniconfig==2.1.0",), "1.5.0", "pack")],
)
def test_among_laid_over(toolbox, locked, version, source):
    """When something is missing, the pack's is laid over; the tool is still the project's where that locks it."""
    box = toolbox(*locked)
    tool = box.among_project("pluggy", "iniconfig")

    assert (version, source, box.venvs.laid_over("test")) == (tool.version, tool.source, tool.venv)


def test_damaged(toolbox):
    """An environment that lost the tool is named, with what to do."""
    box = toolbox()
    venv = box.venvs.for_tools("check")
    for each in venv.packages.glob("tabulate-*"):
        shutil.rmtree(each)

    with pytest.raises(ToolError, match=r"tabulate is not in .*check-py") as caught:
        box.standing_alone("tabulate")
    assert f"rm -r {venv.path}" in caught.value.todo
