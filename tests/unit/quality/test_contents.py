"""What must and must not stand in a wheel and an sdist."""

import io
import tarfile
import zipfile

import pytest

from twinrail.quality.contents import strangers

GOOD = ("shopfront/__init__.py", "shopfront/py.typed", "shopfront-1.4.0.dist-info/METADATA")


@pytest.fixture
def project(make_project, write):
    write("src/shopfront/__init__.py")
    write("src/shopfront/py.typed")
    write("src/plain/__init__.py")
    return make_project()


@pytest.fixture
def wheel(tmp_path):
    def make(*names):
        path = tmp_path / "shopfront-1.4.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "")
        return path

    return make


@pytest.fixture
def sdist(tmp_path):
    def make(*names):
        path = tmp_path / "shopfront-1.4.0.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name in names:
                archive.addfile(tarfile.TarInfo(f"shopfront-1.4.0/{name}"), io.BytesIO())
        return path

    return make


def test_good(project, wheel, sdist):
    """A wheel with its packages and an sdist with its pyproject.toml have nothing wrong."""
    assert [] == strangers(wheel(*GOOD), project)
    assert [] == strangers(sdist("pyproject.toml", ".gitignore", "src/shopfront/__init__.py", ".env.example"), project)


@pytest.mark.parametrize(
    "name", [".env", "shopfront/.env", ".git/HEAD", ".venv/bin/python", ".twinrail/a", "a/__pycache__/b.pyc"]
)
def test_strangers(project, wheel, sdist, name):
    """Secrets, histories, environments and caches have no business in either, wherever they stand."""
    assert [f"{name} does not belong there"] == strangers(wheel(*GOOD, name), project)
    assert [f"shopfront-1.4.0/{name} does not belong there"] == strangers(sdist("pyproject.toml", name), project)


def test_missing(project, wheel, sdist):
    """A package that says it is typed must say so in the wheel; an sdist cannot be built without pyproject.toml."""
    assert ["shopfront/py.typed is missing: the package says that it is typed"] == strangers(wheel(GOOD[0]), project)
    assert ["pyproject.toml is missing"] == strangers(sdist("docs/pyproject.toml", "setup.py"), project)
