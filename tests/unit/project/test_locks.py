"""What dependency managers say is done by real tools, on real locks."""

import tomllib

import pytest
from packaging.requirements import Requirement

from twinrail.project.managers.pip import Pip
from twinrail.project.managers.requirements import join_locks
from twinrail.project.managers.uv import Uv
from twinrail.project.venv import VirtualEnvironments
from twinrail.system.errors import ToolError

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"
requires-python = ">=3.11"
dependencies = ["iniconfig==2.1.0", "colorama==0.4.6 ; sys_platform == 'win32'"]

[dependency-groups]
dev = ["pluggy==1.5.0"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


@pytest.fixture
def project(make_project, write, lock):
    write("src/shopfront/__init__.py")
    made = make_project(PYPROJECT)
    lock(made)
    return made


@pytest.fixture
def pylocks(project, run_uv):
    """The project's lock as two of PEP 751, which stand in the place of uv's own."""
    for words, name in ((("--no-dev",), "pylock.toml"), (("--only-group", "dev"), "pylock.dev.toml")):
        run_uv("export", "--quiet", "--format", "pylock.toml", *words, "-o", name, cwd=project.root)
    (project.root / "uv.lock").unlink()
    return project


def names(path):
    """What a requirements file pins."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split(" --hash")[0].strip() for line in text.splitlines() if "==" in line]


def test_uv_lock(project, make_project, shell):
    """A lock that fits passes the check; one that does not fails it."""
    [check] = Uv(project.root).check_lock()
    shell.run(check)

    make_project(PYPROJECT.replace("1.5.0", "1.6.0"))
    with pytest.raises(ToolError):
        shell.run(check)


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        (True, ["colorama==0.4.6 ; sys_platform == 'win32'", "iniconfig==2.1.0", "pluggy==1.5.0"]),
        (False, ["colorama==0.4.6 ; sys_platform == 'win32'", "iniconfig==2.1.0"]),
    ],
)
def test_uv_export(project, shell, groups, found):
    """All that is locked is exported with hashes, without the project itself; or what runs."""
    out = project.root / "out.txt"
    for command in Uv(project.root).export(out, groups=groups):
        shell.run(command)

    assert found == names(out)
    assert "--hash=sha256:" in out.read_text(encoding="utf-8")


def test_pip_install(pylocks, shell):
    """Two locks of PEP 751, which uv takes one at a time, are both installed, and the project too."""
    made = VirtualEnvironments(pylocks, Pip(pylocks.root), shell).for_project()

    assert {"iniconfig": "2.1.0", "pluggy": "1.5.0", "shopfront": "1.4.0"} == made.installed


def test_pip_check(pylocks):
    """A lock that names the project itself, by its folder, matches it."""
    packages = tomllib.loads((pylocks.root / "pylock.toml").read_text(encoding="utf-8"))["packages"]

    assert "directory" in next(each for each in packages if each["name"] == "shopfront")
    assert () == Pip(pylocks.root).check_lock()


@pytest.mark.parametrize(("groups", "found"), [(True, 3), (False, 2)])
def test_pip_export(pylocks, shell, groups, found):
    """PEP 751 locks become requirements with all hashes, and the project itself is left out."""
    out = pylocks.root / "out.txt"
    [command] = Pip(pylocks.root).export(out, groups=groups)
    shell.run(command)
    lines = out.read_text(encoding="utf-8").splitlines()

    pins = [Requirement(line.split(" --hash")[0]) for line in lines]
    assert ["colorama", "iniconfig", "pluggy"][:found] == [each.name for each in pins]
    assert "win32" in str(pins[0].marker)
    assert [2] * found == [line.count("--hash=sha256:") for line in lines]


def test_join_requirements(write, tmp_path):
    """Requirements files are joined one requirement a line; options, comments and repetitions are left out."""
    hashes = ("--hash=sha256:0a", "--hash=sha256:0b")
    one = write("requirements.txt", "# by hand\n-i https://example.org\nA==1 \\\n    {} \\\n    {}\n".format(*hashes))
    more = "-r requirements.txt\n\nB[x]==2  # via a\n  C==3 ; python_version > '3'\nA==1 {} {}\n"
    other = write("requirements-dev.txt", more.format(*hashes))

    join_locks(tmp_path / "out.txt", [one, other])

    assert [
        "A==1 --hash=sha256:0a --hash=sha256:0b",
        "B[x]==2",
        "C==3 ; python_version > '3'",
    ] == (tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()


def test_join_pylocks(write, tmp_path):
    """What a PEP 751 lock takes from an address keeps it; the project itself is left out; every hash is kept."""
    lock = write(
        "pylock.toml",
        """
        packages = [
            { name = "a", version = "1", marker = "sys_platform == 'linux'", sdist = { hashes = { sha512 = "0a" } } },
            { name = "b", version = "2", vcs = { type = "git", url = "x:y", commit-id = "c0" } },
            { name = "c", archive = { url = "x" } },
            { name = "d", directory = { path = "." } },
            { name = "e", version = "3", wheels = [{ hashes = { sha256 = "0b" } }, { hashes = { sha256 = "0c" } }] },
        ]
        """,
    )

    join_locks(tmp_path / "out.txt", [lock, write("empty.toml")])

    assert [
        "a==1 ; sys_platform == 'linux' --hash=sha512:0a",
        "b @ git+x:y@c0",
        "c @ x",
        "e==3 --hash=sha256:0b --hash=sha256:0c",
    ] == (tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()
