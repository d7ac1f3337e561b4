"""What is read off a project and its commit."""

import pytest

from twinrail.project.repository import Commit, open_project, pack_reference, read_commit
from twinrail.system.errors import ProjectError

PYPROJECT = '[project]\nname = "Shop-Front"\nversion = "1.4.0"\n[project.scripts]\nshop = "a:b"\nadmin = "a:c"\n'


def test_facts(make_project, tmp_path):
    """Name, version and scripts stand in pyproject.toml; what Twinrail keeps there is hidden from git."""
    project = make_project(PYPROJECT)

    assert ("Shop-Front", "1.4.0", ("shop", "admin")) == (project.name, project.version, project.scripts)
    assert tmp_path / ".twinrail" == project.state
    assert "*\n" == (project.state / ".gitignore").read_text(encoding="utf-8")


def test_dynamic_version(make_project):
    """A version that the build finds out is empty."""
    assert "" == make_project('[project]\nname = "a"\ndynamic = ["version"]\n').version


@pytest.mark.parametrize("data", [{}, {"project": {}}, {"project": {"version": "1"}}, {"project": 3}])
def test_no_name(data, tmp_path):
    """A project without a name is refused, and nothing is left in its folder."""
    with pytest.raises(ProjectError, match=r"has no \[project\] name\."):
        open_project(tmp_path, data)

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("files", "packages"),
    [
        ((), ()),
        (("src/b/__init__.py", "src/a/__init__.py", "src/c/module.py", "other/__init__.py"), ("src/a", "src/b")),
        (("src/readme.md", "shop_front/__init__.py"), ()),
        (("shop_front/__init__.py", "scripts/__init__.py", "tests/__init__.py"), ("shop_front",)),
        (("shop/__init__.py", "tests/__init__.py"), ("shop",)),
    ],
)
def test_packages(make_project, write, files, packages):
    """The packages stand below src; else the one that is called like the project, else all but the tests."""
    for name in files:
        write(name)

    assert packages == make_project(PYPROJECT).packages


@pytest.mark.parametrize(
    ("files", "tests", "later"),
    [
        ((), (), ()),
        (("tests/test_a.py",), ("tests",), ()),
        (("tests/unit/test_a.py", "tests/perf/b.py", "tests/e2e/c.py"), ("tests/unit",), ("tests/e2e", "tests/perf")),
        (("tests/integration/test_a.py", "tests/smoke"), ("tests",), ("tests/integration",)),
    ],
)
def test_tests(make_project, write, files, tests, later):
    """Tests that need nothing but the code are told from those of later sessions."""
    for name in files:
        write(name)
    project = make_project(PYPROJECT)

    assert (tests, later) == (project.tests, project.later_tests)


def test_no_repository(make_project, shell, git):
    """Outside a repository, and before the first commit, there is no commit."""
    project = make_project()
    assert Commit() == read_commit(project, shell)

    git("init")
    assert Commit() == read_commit(project, shell)


def test_commit(make_project, shell, git, write, listener):
    """The commit has its id and time; looking it up is no step of a session."""
    project = make_project()
    write("näme mit leer.txt", "a")
    git("init")
    git("add", ".")
    git("commit", "-m", "First")

    commit = read_commit(project, shell)

    assert (git("rev-parse", "HEAD"), int(git("log", "-1", "--format=%ct"))) == (commit.id, commit.when)
    assert ("", ()) == (commit.prefix, commit.uncommitted)
    assert [] == listener.said


def test_uncommitted(make_project, shell, git, write):
    """Files that were changed, added, removed, renamed or are new differ from the commit."""
    project = make_project()
    for name in ("changed.txt", "gone.txt", "old.txt", "same.txt"):
        write(name, f"the text of {name}\n" * 9)
    git("init")
    git("add", ".")
    git("commit", "-m", "First")
    write("changed.txt", "b")
    write("added.txt", "c")
    git("add", "added.txt")
    git("rm", "gone.txt")
    git("mv", "old.txt", "new.txt")
    write("folder/näme mit leer.txt")

    assert ["added.txt", "changed.txt", "folder/näme mit leer.txt", "gone.txt", "new.txt", "old.txt"] == sorted(
        read_commit(project, shell).uncommitted
    )


def test_below(make_project, shell, git, write):
    """A project in a subfolder knows its folder, and what is uncommitted elsewhere is none of its business."""
    project = make_project(below="services/shop")
    git("init")
    git("add", ".")
    git("commit", "-m", "First")
    write("elsewhere.txt")
    write("services/shop/own.txt")

    commit = read_commit(project, shell)

    assert ("services/shop/", ("own.txt",)) == (commit.prefix, commit.uncommitted)


def test_within_a_hook(make_project, shell, git, monkeypatch, tmp_path):
    """Started by the hook of another repository, the project's own commit is read."""
    project = make_project()
    git("init")
    git("add", ".")
    git("commit", "-m", "First")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert read_commit(project, shell).id


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ('# dependencies = ["nox", "twinrail @ git+https://example.org/twinrail/twinrail@v1"]', "v1"),
        ("twinrail@git+ssh://git@example.org/twinrail/twinrail@3f2a9c1#egg", "3f2a9c1"),
        ("dependencies = ['twinrail @ git+https://example.org/twinrail/twinrail@release/2']", "release/2"),
        ("import twinrail", ""),
        ('"twinrail>=1"', ""),
    ],
)
def test_pack_reference(text, reference):
    """A noxfile names the pack's ref, where it takes the pack from a repository."""
    assert reference == pack_reference(text)
