"""What is built is the commit, and nothing beside it."""

from dataclasses import replace

import pytest

from twinrail.project.repository import Commit, read_commit
from twinrail.quality.export import export_commit
from twinrail.system.errors import ProjectError


@pytest.fixture
def commit_all(git):
    """Commits all that stands in the test's folder."""

    def commit(message="First"):
        git("add", "--all")
        git("commit", "-m", message)

    git("init")
    return commit


@pytest.fixture
def export(shell, tmp_path):
    """Exports a project's commit, the newest when none is given."""

    def run(project, commit=None):
        return export_commit(project, commit or read_commit(project, shell), shell, tmp_path / "out")

    return run


def names(folder):
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if ".git" not in each.parts)


def test_export(make_project, export, shell, write, commit_all):
    """The commit's files are laid out, every one as old as the commit; nothing uncommitted is among them."""
    project = make_project()
    write("src/shopfront/__init__.py", "committed = True\n")
    (project.root / "link").symlink_to("src")
    commit_all()
    commit = read_commit(project, shell)
    write("src/shopfront/__init__.py", "committed = False\n")
    write("new.txt")

    folder = export(project, commit)

    assert project.root / "out" == folder
    assert "committed = True\n" == (folder / "src/shopfront/__init__.py").read_text(encoding="utf-8")
    assert ["link", "pyproject.toml", "src", "src/shopfront", "src/shopfront/__init__.py"] == names(folder)
    assert {commit.when} == {int((folder / name).lstat().st_mtime) for name in names(folder)}


def test_tags(make_project, export, git, commit_all):
    """A backend that takes the version from a tag finds the tag."""
    project = make_project()
    commit_all()
    git("tag", "v1.4.0")

    folder = export(project)

    assert "v1.4.0" == git("describe", "--tags", cwd=folder)


def test_older_commit(make_project, export, shell, write, commit_all):
    """The commit that was asked for is exported, though the repository went on."""
    project = make_project()
    write("a.txt", "1")
    commit_all()
    commit = read_commit(project, shell)
    write("a.txt", "2")
    commit_all("Second")

    assert "1" == (export(project, commit) / "a.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("through_link", [False, True])
def test_below(make_project, export, write, commit_all, through_link):
    """A project in a subfolder is exported with its repository around it, also when a link leads to it."""
    top = write("shared.txt", "shared").parent
    project = make_project(below="repository/services/shop")
    if through_link:
        (top / "short").symlink_to("repository/services/shop")
        project = replace(project, root=top / "short")
    commit_all()

    folder = export(project)

    assert top / "out/repository/services/shop" == folder
    assert "shared" == (top / "out/shared.txt").read_text(encoding="utf-8")


def test_as_ci_checks_out(make_project, export, git, write, commit_all):
    """A checkout as CI makes it, shallow and on no branch, is exported like any other."""
    origin = make_project(below="origin").root
    commit_all()
    write("origin/later.txt")
    commit_all("Second")
    work = origin / "work"
    git("clone", "--quiet", "--depth=1", f"file://{origin.parent}", str(work))
    git("checkout", "--quiet", "--detach", cwd=work)
    git("branch", "--delete", "main", cwd=work)
    project = make_project(below="origin/work/origin")

    folder = export(project)

    assert ["later.txt", "pyproject.toml"] == names(folder)


def test_no_commit(make_project, export, tmp_path):
    """Without a commit nothing can be built, and the message says how to make one."""
    with pytest.raises(ProjectError, match="is not in a git repository with a commit") as caught:
        export(make_project(), Commit())

    assert "git init" in caught.value.todo
    assert not (tmp_path / "out").exists()


def test_project_not_committed(make_project, export, write, commit_all):
    """A project that is not part of the commit cannot be built from it."""
    write("README.md")
    commit_all()
    project = make_project(below="new")

    with pytest.raises(ProjectError, match=r"pyproject\.toml is not in the commit [0-9a-f]{7}\."):
        export(project)
