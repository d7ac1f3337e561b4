"""Secrets that are made up, and variables that lead to the stack."""

import json

import pytest

from twinrail.deploy.development.secrets import values
from twinrail.deploy.development.session import dev
from twinrail.deploy.development.stack import named, open_stack
from twinrail.deploy.development.variables import variables, variables_of
from twinrail.system.errors import ProjectError

WANTED = {"TEST_DATABASE_URL": "postgresql://shop:{DB_PASSWORD}@{db:5432}/shop", "PLAIN": "yes"}


@pytest.fixture
def running(work, built):  # noqa: ARG001
    """A session whose stack is up."""
    dev(work(variables=WANTED))
    return work(variables=WANTED)


def test_made_up_once_and_kept_for_one(tmp_path, monkeypatch):
    """A value that nobody set is made up once and kept for its owner; one that is set is taken, and kept nowhere."""
    monkeypatch.setenv("SET", "by hand")
    first = values(("SET", "MADE"), tmp_path)
    file = tmp_path / "secrets.json"
    assert ("by hand", True) == (first["SET"], len(first["MADE"]) >= 32)
    assert (first, {"MADE"}) == (values(("SET", "MADE"), tmp_path), {*json.loads(file.read_text(encoding="utf-8"))})
    assert 0 == file.stat().st_mode & 0o077
    monkeypatch.setenv("MADE", "mine")
    assert "mine" == values(("MADE",), tmp_path)["MADE"]


def test_compose_is_given_them(running, engine):
    """Compose fills in what the tests are told."""
    secret = engine.given["DB_PASSWORD"]
    found = variables_of(open_stack(running))
    assert {"TEST_DATABASE_URL": f"postgresql://shop:{secret}@127.0.0.1:32768/shop", "PLAIN": "yes"} == found
    assert found == variables(running)


def test_what_is_set_stays(running, monkeypatch):
    """A variable that somebody has set leads where it led."""
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://elsewhere/shop")
    assert {"PLAIN": "yes"} == variables(running)


def test_not_up(running, work, engine, monkeypatch):
    """Nothing is told of a stack that is down, cannot be asked, or is another folder's, nor on GitHub."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert {} == variables(running)
    monkeypatch.delenv("GITHUB_ACTIONS")
    labels = engine.there["db"]["Config"]["Labels"]
    ours = dict(labels)
    labels["com.docker.compose.project.working_dir"] = "/somewhere/else"
    assert {} == variables(running)
    labels.update(ours)
    dev(work("down"))
    assert {} == variables(running)
    with pytest.raises(ProjectError, match=r"shopfront-dev is not up\."):
        variables_of(open_stack(running))
    engine.fails["silent"] = (1, "")
    assert {} == variables(running)


def test_never_started_here(work, engine):
    """Where no stack was ever started from, no engine is asked."""
    engine.fails["silent"] = (1, "")
    assert {} == variables(work(variables=WANTED))
    assert not open_stack(work()).folder.exists()


@pytest.mark.usefixtures("running")
def test_what_is_not_known(work):
    """A port that is not published, or a name that is no secret, is named, with what there is."""
    for text in ("{db:80}", "{DB_PASSWROD}"):
        with pytest.raises(ProjectError) as caught:
            variables_of(open_stack(work(variables={"A": text})))
        assert f"asks for {text}, which is not known" in caught.value.what
        assert "Known: DB_PASSWORD, db:5432." == caught.value.why


def test_names_of_images():
    """Without tag or digest, with its registry's port."""
    said = ("shop", "shop:1", "r.example:5000/shop", "r.example:5000/team/shop:1", f"shop@sha256:{'7' * 64}")
    assert ["shop", "shop", "r.example:5000/shop", "r.example:5000/team/shop", "shop"] == list(map(named, said))


def test_files(stack, write):
    """What stands beside the compose file as its override is laid over it; one that settings name has its own."""
    assert ["compose.yaml"] == [each.name for each in stack.files]
    write("compose.override.yml")
    assert ["compose.yaml", "compose.override.yml"] == [each.name for each in open_again(stack).files]
    write("compose.override.yaml")
    assert ["compose.yaml", "compose.override.yaml"] == [each.name for each in open_again(stack).files]


def open_again(stack):
    """The same stack, nothing of it read yet."""
    return type(stack)(engine=stack.engine, project=stack.project, settings=stack.settings, image=stack.image)
