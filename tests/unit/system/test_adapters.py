"""Adapters are found by name, ours and others', with the pack installed and without."""

import pytest

from twinrail.project.managers.pip import Pip
from twinrail.system import adapters
from twinrail.system.adapters import known, load

OURS = """\
[twinrail.targets]
process = twinrail.deploy.targets.process.target:ProcessTarget
"""
OTHERS = """\
[twinrail.targets]
moon = math:tau
"""


def install(folder, name, entry_points):
    """Installs a distribution that is nothing but entry points into a folder of its own on the path."""
    made = folder / name / f"{name}-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (made / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return str(folder / name)


@pytest.fixture
def path(monkeypatch):
    """Sets the path to some folders and nothing else."""

    def only(*folders):
        monkeypatch.setattr("sys.path", list(folders))
        known.cache_clear()

    yield only
    monkeypatch.undo()
    known.cache_clear()


def test_ours():
    """Our own stand in each group, and each can be loaded."""
    assert {"uv", "pip"} <= known("twinrail.managers").keys()
    assert Pip is load("twinrail.managers", "pip")


def test_unknown():
    """There is none of another name, nor in another group."""
    with pytest.raises(KeyError, match="poetry-of-old"):
        load("twinrail.managers", "poetry-of-old")
    assert {} == known("twinrail.nothing")


def test_installed(path, tmp_path):
    """Installed, ours and those of other distributions stand side by side."""
    path(install(tmp_path, "twinrail", OURS), install(tmp_path, "moonrail", OTHERS))

    assert {"process", "moon"} == known("twinrail.targets").keys()
    assert 6 < load("twinrail.targets", "moon") < 7


def test_not_installed(path, tmp_path):
    """From a source tree that is not installed, ours are read off its own pyproject.toml."""
    path(install(tmp_path, "moonrail", OTHERS))

    assert {"process", "moon"} <= known("twinrail.targets").keys()
    assert [] == adapters._uninstalled("twinrail.nothing")
