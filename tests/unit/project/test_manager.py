"""A project's dependency manager is read off its files, and what it says is known to the letter."""

import shlex
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

import golden_files
import twinrail
from twinrail.project.manager import find_manager
from twinrail.project.managers.pip import Pip
from twinrail.project.managers.uv import Uv
from twinrail.system.errors import ProjectError

ROOT = Path("/shopfront")


def said(commands):
    """Commands as text, without what differs from one machine to another."""
    source = str(Path(twinrail.__file__).parents[1])
    texts = [str(each).replace(shlex.quote(find_uv_bin()), "uv").replace(source, "SRC") for each in commands]
    return "".join(f"{each}\n".replace(shlex.quote(sys.executable), "python") for each in texts)


def all_said(manager, root):
    """All that a manager can say of a project."""
    return (
        f"# install\n{said(manager.install(ROOT / 'venv'))}"
        f"# check_lock\n{said(manager.check_lock())}"
        f"# export, all\n{said(manager.export(ROOT / 'out.txt', groups=True))}"
        f"# export, what runs\n{said(manager.export(ROOT / 'out.txt', groups=False))}"
    ).replace(str(root), ".")


@pytest.mark.parametrize(
    ("files", "name", "signs"),
    [
        (["uv.lock"], "uv", ["uv.lock"]),
        (["uv.lock", "requirements.txt"], "uv", ["uv.lock"]),
        (["requirements.txt"], "pip", ["requirements.txt"]),
        (["pylock.toml"], "pip", ["pylock.toml"]),
        (["pylock.toml", "requirements.txt", "pylock.dev.toml"], "pip", ["pylock.toml", "pylock.dev.toml"]),
        (
            ["requirements-test.txt", "requirements.txt", "requirements-dev.txt"],
            "pip",
            ["requirements.txt", "requirements-dev.txt", "requirements-test.txt"],
        ),
    ],
)
def test_found(write, tmp_path, files, name, signs):
    """The manager whose lock stands there is found, pip only where no other one claims the project."""
    for each in files:
        write(each)
    manager = find_manager(tmp_path)

    assert (name, signs) == (manager.name, [path.name for path in manager.signs()])


@pytest.mark.parametrize("files", [[], ["requirements-dev.txt"], ["pylock.dev.toml"], ["poetry.lock"]])
def test_no_lock(write, tmp_path, files):
    """Without a lock for what runs, the message says which managers there are and how to make a lock."""
    for each in files:
        write(each)

    with pytest.raises(ProjectError, match="There is no lock in") as caught:
        find_manager(tmp_path)
    assert "pip" in caught.value.why
    assert "uv lock" in caught.value.todo
    assert () == Pip(tmp_path).signs() == Uv(tmp_path).signs()


def test_uv_says(write, tmp_path):
    """uv's command lines, to the letter."""
    write("uv.lock")

    golden_files.check("commands/uv.txt", all_said(Uv(tmp_path), tmp_path))


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("requirements", ["requirements.txt", "requirements-dev.txt", "requirements-test.txt"]),
        ("pylock", ["pylock.toml", "pylock.dev.toml"]),
        ("pylock_and_requirements", ["pylock.toml", "requirements-dev.txt"]),
    ],
)
def test_pip_says(make_project, write, tmp_path, name, files):
    """pip's command lines, to the letter: requirements together, each PEP 751 lock alone."""
    make_project()
    for each in files:
        write(each)

    golden_files.check(f"commands/pip_{name}.txt", all_said(Pip(tmp_path), tmp_path))


def test_commands_stand_in_the_project(make_project, write, tmp_path):
    """Every command runs in the project's folder."""
    make_project()
    write("uv.lock")
    write("requirements.txt")

    for manager in (Uv(tmp_path), Pip(tmp_path)):
        commands = (*manager.install(ROOT), *manager.check_lock(), *manager.export(ROOT, groups=True))
        assert {tmp_path} == {each.cwd for each in commands}
