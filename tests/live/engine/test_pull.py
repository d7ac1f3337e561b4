"""A release that its engine fetches from a registry: with the right login, with a wrong one, from one that is away."""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from dock import PASSWORD, Dock, skip_without_compose
from harbour import harbour
from town import make_project

from twinrail.deploy.moves import Bring
from twinrail.system.errors import MoveFailed


@pytest.fixture(scope="module", params=["compose", "swarm"])
def live(request, tmp_path_factory, engine):
    """1.0 is live on compose, loaded from a file, and nothing in the swarm; nothing of it is left at the end."""
    skip_without_compose()
    project = make_project(tmp_path_factory.mktemp(request.param))
    if request.param == "swarm":
        made = harbour(project, request.getfixturevalue("swarm"), "pulled", replicas=1, drain="1s", start="30s")
    else:
        made = Dock(project=project, name="pulled", options={}, engine=engine)
    patch = pytest.MonkeyPatch()
    patch.setenv("STORE_PASSWORD", PASSWORD)
    if request.param == "compose":
        made.deploy("1.0")
    yield made
    patch.undo()
    made.clear()


@pytest.fixture(scope="module")
def pushed(live, closed_registry, tmp_path_factory):
    """2.0 as it is in the registry that wants a login; this machine has it no longer."""
    made, name = live.release("2.0"), f"{closed_registry.address}/{live.engine.name(live.target)}:2.0"
    folder = tmp_path_factory.mktemp("client")
    login = closed_registry.login
    words = ("--username", login.user, "--password-stdin", closed_registry.address)
    live.engine("login", *words, said=login.password, config=folder)
    live.engine("load", "--input", str(made.archive))
    live.engine("tag", made.image, name)
    said = live.engine("push", name, config=folder)
    live.engine("image", "rm", "--force", made.image)
    digest = next(word for word in said.split() if word.startswith("sha256:"))
    return replace(made, image=f"{name.rpartition(':')[0]}@{digest}", archive=None)


@pytest.fixture
def known(closed_registry, monkeypatch, tmp_path):
    """Makes the deploy ask with a password, by variables; the client itself knows nobody."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))

    def make(password):
        monkeypatch.setenv("TWINRAIL_REGISTRY_USER", closed_registry.login.user)
        monkeypatch.setenv("TWINRAIL_REGISTRY_PASSWORD", password)

    return make


@pytest.mark.parametrize("password", ["", "wrong"])
def test_who_is_not_known(live, pushed, known, password):
    """It ends before anything is touched, says what to set, and tells the password nobody."""
    before = live.serving()
    if password:
        known(password)
    with pytest.raises(MoveFailed, match="cannot be pulled") as failed:
        live.place.target.make(Bring(pushed), live.place.target.fence.seen)
    assert "TWINRAIL_REGISTRY_PASSWORD" in failed.value.todo
    assert before == live.serving()


def test_a_registry_that_is_away(live, pushed):
    """It is told from an engine that is away; what is live serves on."""
    before = live.serving()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = f"127.0.0.1:{closed.getsockname()[1]}/{pushed.image.partition('/')[2]}"
        with pytest.raises(MoveFailed, match="connection refused"):
            live.place.target.make(Bring(replace(pushed, image=away)), live.place.target.fence.seen)
    assert before == live.serving()


def test_who_is_known(live, pushed, known, closed_registry, monkeypatch):
    """By the variables alone the very digest is fetched and serves; the login stands in no command and no file."""
    known(closed_registry.login.password)
    monkeypatch.setattr(live, "release", lambda _: pushed)
    live.deploy("2.0")
    assert {"2.0": 100.0} == live.serving()[1]
    said = live.engine("image", "inspect", "--format", "{{.RepoDigests}}", pushed.image)
    assert pushed.image in said
    assert closed_registry.login.password not in "".join(live.said)
    files = [path for path in live.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if closed_registry.login.password.encode() in path.read_bytes()]
    assert [] == [*Path(os.environ["DOCKER_CONFIG"]).iterdir()]
