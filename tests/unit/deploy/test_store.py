"""The releases that stand ready: whole, or not there."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fakes import release

from twinrail.deploy.release import Release, version_of
from twinrail.deploy.targets.process.store import Store
from twinrail.project.venv import Venv
from twinrail.system.errors import MoveFailed, ToolError
from twinrail.system.files import sha256


@dataclass
class FakeVenvs:
    """Makes virtual environments that are folders, and notes what is installed; fails where it is told to."""

    installed: list[tuple[str, ...]] = field(default_factory=list)
    failing: bool = False

    def make(self, path: Path) -> Venv:
        if path.exists():
            shutil.rmtree(path)
        path.mkdir()
        return Venv(path)

    def install(self, venv: Venv, *words: str) -> None:
        assert venv.path.is_dir()
        if self.failing:
            raise ToolError("The disk is full.")
        self.installed.append(words)

    def install_locked(self, venv: Venv, requirements: Path) -> None:
        self.install(venv, "locked", requirements.read_text(encoding="utf-8"))


@pytest.fixture
def venvs():
    return FakeVenvs()


@pytest.fixture
def store(tmp_path, venvs):
    return Store(tmp_path / "releases", venvs)


@pytest.fixture
def built(write) -> Release:
    """A release whose files are there."""
    wheel = write("dist/shop-2.0-py3-none-any.whl", "a wheel")
    return replace(release("2.0"), wheel=wheel, digest=sha256(wheel), requirements=write("release.txt"))


def test_nothing_there(store):
    """A store that was never used has no releases, and pruning it changes nothing."""
    store.set_aside(())
    store.empty()
    assert () == store.names()


def test_bring(store, venvs, built):
    """A release that was brought is there with its commit, its wheel installed from the copy that was checked."""
    store.bring(built)
    assert (built.name,) == store.names()
    assert ("c0ffee", "") == (store.commit(built.name), store.commit("1.0-00000000"))
    assert [("--no-deps", str(store.folder / built.name / built.wheel.name))] == venvs.installed


def test_bring_locked(store, venvs, built, write):
    """What is locked is installed before the wheel."""
    store.bring(replace(built, requirements=write("release.txt", "six==1.17.0\n")))
    assert ["locked", "--no-deps"] == [each[0] for each in venvs.installed]


def test_bring_twice(store, venvs, built):
    """A release that is there is not brought again."""
    store.bring(built)
    store.bring(built)
    assert 1 == len(venvs.installed)


def test_another_wheel(store, venvs, built):
    """A wheel that is not the one that was named is refused, and nothing is installed."""
    built.wheel.write_text("another wheel", encoding="utf-8")
    with pytest.raises(MoveFailed, match=f"is not sha256:{built.digest}"):
        store.bring(built)
    assert ((), []) == (store.names(), venvs.installed)


def test_half_brought_is_not_there(store, venvs, built):
    """A release that could not be installed is not there, and can be brought later."""
    venvs.failing = True
    with pytest.raises(ToolError):
        store.bring(built)
    assert () == store.names()
    venvs.failing = False
    store.bring(built)
    assert (built.name,) == store.names()


def test_prune(store, built):
    """Pruning removes all but what is named, half brought ones too."""
    store.bring(built)
    (store.folder / "1.0-00000000").mkdir()
    store.set_aside((built.name,))
    assert [built.name] == [path.name for path in store.folder.iterdir()]
    store.set_aside(())
    assert () == store.names()
    gone = store.folder.with_name("gone")
    assert 2 == len(list(gone.iterdir()))  # whoever dies here leaves nothing that seems to stand ready
    store.empty()
    assert not gone.exists()


def test_names():
    """A release's name is its version and the beginning of its digest; the version can be read off it."""
    one = release("1.4.0rc1", digest="8c1f09ab7d")
    assert ("1.4.0rc1-8c1f09ab", "1.4.0rc1", "") == (one.name, version_of(one.name), version_of(""))
