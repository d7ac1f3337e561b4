"""Deployers that are killed in the middle of a rollout, and the ones that come after them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from town import Load

ENTRIES = [7, 11, 19, 21]
"""Before which entry of its ledger a deployer dies: one started, one stopped, all done, live."""
PIDS = [2]
"""After which process it dies, before it could write down its number."""


def killed(town, version: str, *, entries: int = 0, pids: int = 0) -> None:
    """A deploy of `version` that dies there."""
    words = (town.project.root, town.name, town.place.target.port, version, entries, pids)
    script = Path(__file__).with_name("deployer.py")
    done = subprocess.run([sys.executable, script, *map(str, words)], check=False, capture_output=True, text=True)
    assert -signal.SIGKILL == done.returncode, done.stderr


@pytest.fixture
def live_and_next(lasting_town):
    """What is live, and what is deployed next."""
    if not lasting_town.serving()[1]:
        lasting_town.deploy("1.0")
    (live,) = lasting_town.serving()[1]
    return live, {"1.0": "2.0", "2.0": "1.0"}[live]


@pytest.mark.parametrize(("entries", "pids"), [*((each, 0) for each in ENTRIES), *((0, each) for each in PIDS)])
def test_deployer_killed(lasting_town, live_and_next, entries, pids):
    """Wherever a deployer dies, people are served; the next deploy ends with its release alone and no orphan."""
    live, coming = live_and_next
    load = Load(lasting_town.place.target.port, least=200)
    with load.going_on():
        killed(lasting_town, coming, entries=entries, pids=pids)
        lasting_town.deploy(coming)
    assert ([], {live, coming}) == (load.failures, set(load.answers))
    assert ({coming: 2}, {coming: 100.0}) == lasting_town.serving()
    assert 3 == len(lasting_town.processes())
    written = {each.port for each in lasting_town.place.target.instances.all()}
    assert (3, written) == (len(written), lasting_town.ports())
    lasting_town.place.ledger.read()


def test_down_after_a_deployer_was_killed(lasting_town, live_and_next):
    """`down` ends what a dead deployer started and could not write down; the next deploy begins anew."""
    _, coming = live_and_next
    killed(lasting_town, coming, pids=1)
    assert 4 == lasting_town.place.target.down()
    lasting_town.place.ledger.append("down", {}, fence=0)
    assert [] == lasting_town.processes()
    assert "" == lasting_town.deploy("2.0").old
    assert ({"2.0": 2}, {"2.0": 100.0}) == lasting_town.serving()
