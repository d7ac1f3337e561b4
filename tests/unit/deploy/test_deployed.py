"""An environment whose target was changed, or that was taken out of the settings, while it was running."""

import json

import pytest

from twinrail.deploy.deployed import as_deployed, check_target, place_file
from twinrail.project.compose import Compose
from twinrail.project.environments import Environment
from twinrail.system.errors import PlaceTaken

STACK = {"id": "4f", "target": "swarm", "stack": "shop-staging", "host": "ssh://deploy@shop.example"}


def note(folder, **told):
    (folder / "instances").mkdir()
    (folder / "instances" / "a.json").write_text(json.dumps(told), encoding="utf-8")


def test_nothing_runs(tmp_path):
    """Any target may have it."""
    for target in ("process", "compose", "swarm"):
        check_target(tmp_path, Environment(target=target))


@pytest.mark.parametrize("target", ["process", "compose"])
def test_a_stack(tmp_path, target):
    """It is looked at and ended where it runs, by the name that it has there; nothing is deployed over it."""
    place_file(tmp_path).write_text(json.dumps(STACK), encoding="utf-8")
    said = Environment(target=target, compose=Compose(project="other"))
    found = as_deployed(tmp_path, said)
    assert ("swarm", "shop-staging", STACK["host"]) == (found.target, found.compose.project, found.compose.host)
    with pytest.raises(PlaceTaken, match=f"by the target swarm, not by {target}"):
        check_target(tmp_path, said)
    check_target(tmp_path, Environment(target="swarm"))


def test_processes(tmp_path):
    """So are processes, known by their numbers; containers have none."""
    note(tmp_path, name="1.0-0", pid=4711)
    assert "process" == as_deployed(tmp_path, Environment(target="compose")).target
    with pytest.raises(PlaceTaken, match="Its target was changed"):
        check_target(tmp_path, Environment(target="compose"))


def test_containers_of_an_earlier_pack(tmp_path):
    """Nothing is guessed of what says nothing."""
    note(tmp_path, name="1.0-0", containers=["web-1"])
    check_target(tmp_path, Environment(target="compose"))
