"""pip's lock is checked without running anything."""

import pytest

from twinrail.project.managers.pip import Pip
from twinrail.system.errors import ProjectError

OTHER_PYTHON = "python_version < '3'"
THIS_PYTHON = "python_version > '3'"


@pytest.fixture
def check(make_project, write, tmp_path):
    """Checks a lock against dependencies."""

    def run(dependencies, lock, name="requirements.txt"):
        make_project(f'[project]\nname = "a"\ndependencies = {dependencies}\n')
        write(name, lock)
        return Pip(tmp_path).check_lock()

    return run


@pytest.mark.parametrize(
    ("dependencies", "lock"),
    [
        ([], ""),
        (["Some_Package>=1"], "some-package==1.5\n"),
        (
            ["a>=1"],
            "# by hand\n--index-url x\n\na==1.5 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via b\n",
        ),
        (["a>=1"], "a==1.5 --hash=sha256:00  # why\nb<2 ; python_version == '2.7'\n"),
        (["a[x]>=1"], "a[x]==1.5 ; python_version > '3'\n"),
        (["a>=1"], "a==2.0rc1\n"),
        (["a>=1"], "a>=1,===1.5\n"),
        (["a"], "a @ https://example.org/a.whl\n"),
        (["a>=1"], "a @ https://example.org/a.whl#sha256=00\n"),
        (["a @ https://example.org/a.whl"], "a @ https://example.org/a.whl\n"),
        ([f"a ; {OTHER_PYTHON}"], "b==1\n"),
        (["a>=2"], f"a==1.5 ; {OTHER_PYTHON}\na==2.5 ; {THIS_PYTHON}\n"),
        (["a>=2"], f"a==2.5 ; {THIS_PYTHON}\na==1.5 ; {OTHER_PYTHON}\n"),
    ],
)
def test_matches(check, dependencies, lock):
    """A lock matches when each dependency that this Python needs is pinned to a version that is allowed."""
    assert () == check(dependencies, lock)


@pytest.mark.parametrize(
    ("dependencies", "lock", "wrong"),
    [
        (["a>=1"], "", "a>=1 is asked for, nothing is locked"),
        (["a>=1", "b"], "a==1\n", "b is asked for, nothing is locked"),
        (["a>=2"], "a==1.5\n", "a>=2 is asked for, 1.5 is locked"),
        (["a"], "a>=1\n", "a is asked for, nothing is locked"),
        (["a"], "a<2 ; python_version == '3.99' or python_version > '3'\n", "a is asked for, nothing is locked"),
        (["a"], f"a==1 ; {OTHER_PYTHON}\n", "a is asked for, nothing is locked"),
        ([f"a>1 ; {THIS_PYTHON}"], "a==1\n", "a>1 ; python_version > '3' is asked for, 1 is locked"),
    ],
)
def test_does_not_match(check, dependencies, lock, wrong):
    """What is missing or not allowed is named, with the command that locks again."""
    with pytest.raises(ProjectError) as caught:
        check(dependencies, lock)

    assert f"requirements.txt does not match pyproject.toml: {wrong}." == caught.value.what
    assert "uv pip compile" in caught.value.todo


def test_not_a_lock(check):
    """A line that is no requirement is named."""
    with pytest.raises(ProjectError, match=r"requirements\.txt does not read as a lock: <<<<<<< HEAD\."):
        check(["a"], "a==1\n<<<<<<< HEAD\n")


PYLOCK = """
lock-version = "1.0"
[[packages]]
name = "a"
version = "1.5"
marker = "python_version < '3'"
[[packages]]
name = "a"
version = "2.5"
marker = "python_version > '3'"
[[packages]]
name = "b"
vcs = { type = "git", url = "https://example.org/b" }
"""


def test_pylock(check):
    """A PEP 751 lock is read as a requirements file is; what has no version was locked by its address."""
    assert () == check(["a>=2", "b>=1"], PYLOCK, "pylock.toml")
    with pytest.raises(ProjectError, match=r"pylock\.toml does not match pyproject\.toml: a<2 is asked for, 2\.5 is"):
        check(["a<2"], PYLOCK, "pylock.toml")
