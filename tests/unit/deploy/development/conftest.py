"""What the tests of the stack for development start from: an engine that obeys, and a session of a project."""

import pytest
from obeying import COMPOSE, ID, Obeying

from twinrail.deploy.development.stack import open_stack
from twinrail.project.development import Dev
from twinrail.project.repository import Commit
from twinrail.project.settings import Service, Settings
from twinrail.session.work import Work
from twinrail.system.files import write_json


@pytest.fixture
def engine(tmp_path):
    return Obeying(tmp_path)


@pytest.fixture
def work(make_project, tmp_path, engine, write, monkeypatch):
    """The session in a project whose image was made: `work("up", "build", wait="0s")`."""
    monkeypatch.delenv("DB_PASSWORD", raising=False)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    write("compose.yaml", COMPOSE)

    def make(action="up", *flags, services=(), migrate=(), **dev) -> Work:
        told = []
        made = Work(
            session="dev",
            project=make_project(),
            settings=Settings(service=Service(migrate=migrate), dev=Dev(**{"secrets": ("DB_PASSWORD",), **dev})),
            shell=engine,
            folder=tmp_path / "reports",
            run="run-1",
            tell=lambda event: told.append(event.text),
            action=action,
            flags=frozenset(flags),
            services=services,
        )
        made.__dict__.update(commit=Commit(id="c0ffee" * 7, when=0), told=told)
        return made

    return make


@pytest.fixture
def built(work, engine):
    """The image was made, and the engine has it by its id."""
    path = work().project.state / "artifacts" / "shopfront.image.json"
    write_json(path, {"name": "shopfront:1.4.0", "id": ID, "base": "slim", "builder": "docker"})
    work().artifacts.put("image", path, version="1.4.0", commit="c0ffee" * 7)
    engine.images[ID] = ID


@pytest.fixture
def stack(work):
    return open_stack(work())
