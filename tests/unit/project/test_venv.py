"""Virtual environments are made once a lock, by real uv, and the project's own packages come first."""

import os
import shutil
import sys

import pytest

from twinrail.project.managers.uv import Uv
from twinrail.project.venv import Venv, VirtualEnvironments
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError, ToolError

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"
requires-python = ">=3.11"
dependencies = ["iniconfig==2.1.0"]
"""
PACKAGED = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


@pytest.fixture
def project(make_project, lock):
    made = make_project(PYPROJECT)
    lock(made)
    return made


@pytest.fixture
def venvs(project, shell):
    """Makes the virtual environments as a new process finds them: it remembers nothing."""
    return lambda: VirtualEnvironments(project, Uv(project.root), shell)


def version(shell, venv, name, folder):
    """The version of a package that a program in `venv` finds, and where it finds it."""
    code = f"import importlib.metadata as m, {name}; print(m.version({name!r}), {name}.__file__)"
    found, path = shell.run(Command(argv=(str(venv.python), "-c", code), cwd=folder), quiet=True).stdout.split(" ", 1)
    return found, path.strip()


def test_once(venvs, listener):
    """The second use runs nothing, in the same process and in the next one."""
    first = venvs()
    made = first.for_project()
    ran = len(listener.ran)

    assert {"iniconfig": "2.1.0"} == made.installed
    assert made is first.for_project()
    assert made == venvs().for_project()
    assert 3 == ran == len(listener.ran)


def test_new_lock(venvs, make_project, lock, shell):
    """Another lock, or other words of pyproject.toml that reach an installed project, make another one."""
    first = venvs().for_project()
    changed = make_project(PYPROJECT.replace("2.1.0", "2.0.0"))
    lock(changed)

    second = VirtualEnvironments(changed, Uv(changed.root), shell).for_project()

    assert first.path != second.path
    assert {"iniconfig": "2.0.0"} == second.installed
    assert {"iniconfig": "2.1.0"} == Venv(first.path).installed


def test_broken_one_is_made_again(venvs, listener):
    """One that was not made to its end is made anew."""
    made = venvs().for_project()
    (made.path / ".ready").unlink()
    shutil.rmtree(made.packages)

    again = venvs().for_project()

    assert {"iniconfig": "2.1.0"} == Venv(again.path).installed
    assert 6 == len(listener.ran)


def test_lock_that_does_not_match(venvs, project, make_project):
    """A lock that is behind pyproject.toml is an error, and no half of an environment passes for whole."""
    make_project(PYPROJECT.replace("2.1.0", "2.0.0"))

    with pytest.raises(ProjectError, match=r"uv\.lock does not match pyproject.toml"):
        venvs().for_project()

    assert [] == list(project.state.glob("venvs/*/.ready"))


def test_editable_project(make_project, lock, shell, write, tmp_path):
    """A project that is a package is installed, editable: its source is what is imported."""
    project = make_project(PYPROJECT + PACKAGED)
    source = write("src/shopfront/__init__.py")
    lock(project)

    made = VirtualEnvironments(project, Uv(project.root), shell).for_project()

    assert ("1.4.0", str(source)) == version(shell, made, "shopfront", tmp_path)


def test_tools_of_the_pack(venvs, locks, listener):
    """The pack's tools live in an environment of their own, without the project's packages."""
    made = venvs().for_tools("check")

    assert {"tabulate": "0.9.0"} == made.installed
    assert made == venvs().for_tools("check")
    assert 2 == len(listener.ran)
    assert "--require-hashes --only-binary :all:" in str(listener.ran[-1].command)
    assert str(locks / "check.txt") == listener.ran[-1].command.argv[-1]


@pytest.mark.usefixtures("locks")
def test_laid_over(venvs, project, shell, listener):
    """Laid over the project, the pack's packages fill the gaps, and the project's own version wins."""
    made = venvs().laid_over("test")
    under = venvs().for_project()

    own, pack = (version(shell, made, name, project.root) for name in ("iniconfig", "pluggy"))

    assert ("2.1.0", True) == (own[0], own[1].startswith(str(under.packages)))
    assert ("1.5.0", True) == (pack[0], pack[1].startswith(str(made.packages)))
    assert {"iniconfig": "2.1.0"} == under.installed
    assert made == venvs().laid_over("test")
    assert 5 == len(listener.ran)


@pytest.mark.usefixtures("locks")
def test_laid_over_an_editable_project(make_project, lock, shell, write, tmp_path):
    """The source of an editable project is found from the environment that is laid over it."""
    project = make_project(PYPROJECT + PACKAGED)
    source = write("src/shopfront/__init__.py")
    lock(project)

    made = VirtualEnvironments(project, Uv(project.root), shell).laid_over("test")

    assert ("1.4.0", str(source)) == version(shell, made, "shopfront", tmp_path)


def test_make_and_install(venvs, compiled, tmp_path, listener):
    """An environment can be made anywhere, empty again each time, and filled from a lock by hash."""
    path = tmp_path / "elsewhere"
    venvs().install_locked(venvs().make(path), compiled / "check.txt")
    assert {"tabulate": "0.9.0"} == Venv(path).installed
    assert "--require-hashes" in listener.ran[-1].command.argv

    assert {} == venvs().make(path).installed


def test_wrong_hash(venvs, write, tmp_path):
    """A file whose hash is not that of the lock is not installed."""
    wrong = write("wrong.txt", f"tabulate==0.9.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(ToolError, match="uv ended with"):
        venvs().install_locked(venvs().make(tmp_path / "elsewhere"), wrong)


def test_lock_without_hashes(venvs, write, tmp_path, listener):
    """A lock that has no hashes is installed without."""
    venvs().install_locked(venvs().make(tmp_path / "elsewhere"), write("plain.txt", "iniconfig==2.1.0\n"))

    assert "--require-hashes" not in listener.ran[-1].command.argv


def test_old_ones_are_forgotten(venvs, project):
    """Of each kind the three that were used last are kept, whenever they were made."""
    folder = project.state / "venvs"
    kind = f"project-py{sys.version_info.major}.{sys.version_info.minor}-"
    for age, name in enumerate(["new", "newer", "newest"]):
        (folder / f"{kind}{name}").mkdir(parents=True)
        (folder / f"{kind}{name}" / ".ready").touch()
        os.utime(folder / f"{kind}{name}" / ".ready", (1000 + age, 1000 + age))
    (folder / f"{kind}broken").mkdir()
    (folder / "check-py3.11-other").mkdir()

    made = venvs().for_project()

    assert {"check-py3.11-other", made.path.name, f"{kind}newer", f"{kind}newest"} == {
        each.name for each in folder.iterdir() if each.is_dir()
    }
