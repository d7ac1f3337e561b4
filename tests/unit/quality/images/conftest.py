"""What the tests of an image's checks start from: small images, and one project whose tools are installed once."""

import tomllib

import pytest
from saved import file, save

from twinrail.project.repository import open_project
from twinrail.project.settings import Settings
from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.checks.subject import Expected, Subject
from twinrail.session.work import Work
from twinrail.system.shell import Shell

PYPROJECT = '[project]\nname = "shopfront"\nversion = "1.4.0"\nrequires-python = ">=3.11"\n'
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "shopfront"
version = "1.4.0"
source = { virtual = "." }
"""
PROGRAM = file("app/bin/shopfront", "#!", mode=0o755)
SOUND = {
    "User": "10001:10001",
    "Entrypoint": ["/app/bin/shopfront"],
    "ExposedPorts": {"8000/tcp": {}},
    "Healthcheck": {"Test": ["CMD", "/app/bin/shopfront", "check"]},
}
"""How an image runs that has nothing wrong."""


@pytest.fixture
def subject(tmp_path):
    """Makes an image to look at: `subject([file("a")], User="0", expected=…)`."""

    def make(*layers, dockerfile="", named="Dockerfile", expected=Expected(), **rest):  # noqa: B008
        archive = open_archive(save(tmp_path / "image.tar", [PROGRAM], *layers, **{**SOUND, **rest}))
        return Subject(archive=archive, dockerfile=dockerfile, file=named, expected=expected)

    return make


@pytest.fixture
def found(subject):
    """What a check says of an image: place, title and text of each finding."""

    def tell(check, *layers, **rest):
        return [f"{each.place} {each.title}: {each.text}" for each in check(subject(*layers, **rest))]

    return tell


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A project that keeps the tools that its sessions install."""
    root = tmp_path_factory.mktemp("shopfront")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "uv.lock").write_text(LOCK, encoding="utf-8")
    return open_project(root, tomllib.loads(PYPROJECT))


@pytest.fixture
def work(installed, tmp_path):
    """What a session of that project works with, under some settings."""

    def make(settings=Settings()):  # noqa: B008
        return Work(
            session="image",
            project=installed,
            settings=settings,
            shell=Shell(say=lambda _: None),
            folder=tmp_path / "reports",
            run="run-1",
            tell=lambda _: None,
        )

    return make
