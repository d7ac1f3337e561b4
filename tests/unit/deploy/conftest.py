"""What the tests of stages start from: a project with environments, and a wheel that was built."""

import pytest

from twinrail.project.environments import Environment
from twinrail.project.settings import Service, Settings
from twinrail.session.work import Work

PYPROJECT = """\
[project]
name = "shopfront"
version = "1.4.0"
requires-python = ">=3.11"

[build-system]
requires = ["hatchling"]
"""
SCRIPT = '[project.scripts]\nshopfront = "shopfront:main"\n'
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "shopfront"
version = "1.4.0"
source = { virtual = "." }
"""


@pytest.fixture
def work(make_project, shell, tmp_path, write):
    """What a session is given, for a project with some environments; `work.tell` keeps events in `events`."""

    def make(*, scripts: str = SCRIPT, service: Service | None = None, **environments: Environment) -> Work:
        project = make_project(PYPROJECT.replace("[build-system]", scripts + "[build-system]"))
        write("uv.lock", LOCK)
        events = []
        made = Work(
            session="production",
            project=project,
            settings=Settings(service=service or Service(), environments=environments),
            shell=shell,
            folder=tmp_path / ".twinrail" / "runs" / "run-1" / "reports",
            run="run-1",
            tell=events.append,
        )
        object.__setattr__(made, "events", events)
        return made

    return make


@pytest.fixture
def built(write):
    """A wheel that the session build has made."""

    def make(work: Work) -> Work:
        wheel = write("dist/shopfront-1.4.0-py3-none-any.whl", "a wheel")
        work.artifacts.put("wheel", wheel, version="1.4.0", commit=work.commit.id)
        return work

    return make
