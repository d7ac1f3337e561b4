"""bootstrap.py on a fresh clone, and plain nox with nothing but nox installed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """The pack as a clone of what stands here, with the tag v1."""
    folder = tmp_path_factory.mktemp("clone") / "twinrail"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-qm", "All"), ("tag", "v1")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def environment(**more: str) -> dict[str, str]:
    """What a newcomer's shell holds."""
    hidden = ("TWINRAIL_", "NOX", "PYTHON", "COVERAGE_", "PYTEST_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | more


def test_it_makes_what_it_needs_once(clone):
    """The first use makes a virtual environment with nox and the pack; the second uses it."""
    words = [sys.executable, "scripts/bootstrap.py", "-f", "example-project/noxfile.py", "-l"]
    runs = [
        subprocess.run(words, cwd=clone, env=environment(), capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert ["making a virtual environment" in said for said in runs] == [True, False]
    assert "* test -> the tests that need nothing but the code" in runs[1]


BOTH = {"venv", "ensurepip"}
OLD = "bootstrap: this is Python 3.10; install Python 3.11 or newer and run it with that."
BARE = (
    "bootstrap: this Python has no pip and no ensurepip; install it, "
    "on Debian and Ubuntu:  apt-get install python3.12-venv"
)


@pytest.mark.parametrize(
    ("version", "modules", "said"), [((3, 11), BOTH, ""), ((3, 10), BOTH, OLD), ((3, 12), {"venv"}, BARE)]
)
def test_it_says_in_one_line_what_a_python_lacks(version, modules, said):
    """A Python that is too old, or has no venv, or neither pip nor ensurepip, is told what to install."""
    assert said == script("bootstrap").what_lacks(version, lambda name: name if name in modules else None)


def test_an_old_python_gets_as_far_as_the_sentence():
    """Every real Python here that is too old is told so, in one line."""
    for version, python in script("pythons").installed().items():
        if (3, 8) <= version < (3, 11):
            command = [python, "scripts/bootstrap.py", "-l"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert 5 == done.returncode, done.stderr
            assert done.stderr.startswith("bootstrap: this is Python 3.")


@pytest.mark.parametrize(
    ("words", "folder"),
    [(["-f", "a/noxfile.py", "-s", "x"], "a"), (["--noxfile=b/n.py"], "b"), (["-s", "x", "--", "-f", "c/n.py"], ".")],
)
def test_it_finds_the_project_of_the_noxfile(words, folder):
    """The run record is sought beside the noxfile that nox's words name."""
    assert Path(folder).resolve() == script("bootstrap").project_of(words)


def test_a_run_without_a_record_has_no_class(tmp_path, monkeypatch):
    """Where no record was left, nox's own exit code stands."""
    monkeypatch.chdir(tmp_path)
    assert 0 == script("bootstrap").class_of_run(["-s", "x"], "nothing")


@pytest.fixture(scope="module")
def only_nox(tmp_path_factory) -> Path:
    """A virtual environment that holds nox and nothing of ours."""
    place = tmp_path_factory.mktemp("nox") / "venv"
    subprocess.run([find_uv_bin(), "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    subprocess.run([find_uv_bin(), "pip", "install", "--quiet", "--python", str(place), "nox>=2026.8.10"], check=True)
    return place / "bin" / "nox"


def plain(nox: Path, folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [nox, *words], cwd=folder, env=environment(**more), capture_output=True, text=True, check=False
    )


def test_plain_nox_works_in_our_own_project(clone, only_nox):
    """`nox -s test build` with nothing but nox: its script block brings the dependencies, the noxfile inserts src."""
    done = plain(only_nox, clone, "-s", "test", "--", "-n0", "tests/unit/system/test_units.py")
    assert 0 == done.returncode, done.stdout + done.stderr
    done = plain(only_nox, clone, "-s", "build")
    assert 0 == done.returncode, done.stdout + done.stderr
    assert [path.suffix for path in sorted((clone / "dist").iterdir())] == [".whl", ".gz"]


def test_plain_nox_works_in_a_consumers_project(clone, only_nox, tmp_path):
    """The same in a consumer's repository: the block names the pack by its repository and tag."""
    shop = tmp_path / "shop"
    shutil.copytree(clone / "example-project", shop, ignore=shutil.ignore_patterns(".twinrail"))
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "All")):
        subprocess.run(["git", *words], cwd=shop, check=True)
    # The clone stands in for the repository on GitHub.
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[url "file://{clone}"]\n    insteadOf = https://github.com/twinrail/twinrail\n')
    done = plain(only_nox, shop, "-s", "test", "build", HOME=str(home))
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "twinrail @ git+https://github.com/twinrail/twinrail@v1" in (shop / "noxfile.py").read_text(encoding="utf-8")
