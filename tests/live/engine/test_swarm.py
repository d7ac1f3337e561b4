"""The target swarm on a real engine: a stack of which web and worker are services of a swarm, and the store is not."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from dock import PASSWORD, order, others, skip_without_compose
from harbour import HEALTH, harbour
from town import Load, make_project

from twinrail.deploy.down import down
from twinrail.deploy.environments import strategy_of
from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.moves import Bring, Roll
from twinrail.deploy.probe import get
from twinrail.deploy.status import look
from twinrail.deploy.strategies.rolling import Rolling
from twinrail.project.strategies import Strategy
from twinrail.system.errors import MoveFailed, SettingsError

# At the end 1.0 is live.
BY_THE_PROXY = [Strategy(name="ab"), Strategy(name="blue-green"), Strategy(name="canary", weights=(50,), hold="100ms")]


@pytest.fixture(scope="module")
def live(tmp_path_factory, swarm):
    """1.0 is live in the environment staging of the stack, twice; nothing of it is left at the end."""
    skip_without_compose()
    made = harbour(make_project(tmp_path_factory.mktemp("harbour")), swarm, replicas=2, drain="1s", start="30s")
    patch = pytest.MonkeyPatch()
    patch.setenv("STORE_PASSWORD", PASSWORD)
    made.deploy("1.0")
    yield made
    patch.undo()
    made.clear()


def load(live):
    """Few people, so that the machine has time for the rest."""
    return Load(live.place.target.opening.port, least=200, people=2, rest=0.15)


def test_rolled_by_the_swarm_itself(live):
    """The tasks of a service are replaced in their place; no request is lost, and what was ordered stays."""
    store, services = others(live), live.services()
    assert 201 == order(live, "apples")
    with (asked := load(live)).going_on(), live.counted() as healthy:
        live.deploy("2.0")
    assert ([], {"1.0", "2.0"}) == (asked.failures, {*asked.answers})
    assert ({"2.0": 2}, {"2.0": 100.0}, store, services) == (*live.serving(), others(live), live.services())
    assert (2, 200) == (min(healthy), order(live, "apples", "GET"))


@pytest.mark.parametrize("said", BY_THE_PROXY, ids=lambda said: said.name)
def test_by_the_proxy(live, said):
    """A release beside the other: each has services of its own, and a part of the traffic, or all at once."""
    services, (before,) = live.services(), live.serving()[0]
    coming = "2.0" if before == "1.0" else "1.0"
    with (asked := load(live)).going_on():
        live.deploy(coming, strategy=strategy_of(said.name, said, 0.0))
    assert ([], {"1.0", "2.0"}) == (asked.failures, {*asked.answers})
    assert ({coming: 2}, {coming: 100.0}) == live.serving()
    assert not {*services} & {*live.services()}
    assert 200 == order(live, "apples", "GET")


def test_never_healthy(live):
    """What never becomes healthy is turned back by the swarm itself: nobody meets it, and its last words are told."""
    target, release = live.place.target, live.release("3.0")
    fence, (old,) = target.fence.seen, target.state().instances
    target.make(Bring(release), fence)
    with (asked := load(live)).going_on(), pytest.raises(MoveFailed, match=r"swarm turned 3\.0 back to 1\.0") as failed:
        target.make(Roll(old, release.name), fence)
    assert "its healthcheck ended with 1" in str(failed.value)
    assert "tinyweb 3.0 begins" in str(failed.value)
    assert ([], {"1.0"}) == (asked.failures, {*asked.answers})
    assert ({"1.0": 2}, {"1.0": 100.0}) == live.serving()


def test_turns_bad_late(live):
    """What falls ill after it answered for a while is turned back before the next task is replaced: no gap opens."""
    way = Rolling(bake=9.0, in_place=True)
    with (asked := load(live)).going_on(), live.counted() as healthy, pytest.raises(ReleaseTurnedBack, match="turned"):
        live.deploy("8.0", strategy=way)
    assert ([], {"1.0", "8.0"}) == (asked.failures, {*asked.answers})
    assert ({"1.0": 2}, {"1.0": 100.0}) == live.serving()
    # All that are wanted but the one that is ill.
    assert min(healthy) >= 1
    assert [] == [path for path in live.folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


def test_instances_may_do_little(live):
    """Each runs as nobody, with a root that is read only, no capabilities, and limits; secrets are files of its own."""
    tasks = json.loads(live.engine("inspect", *live.healthy()))
    assert 2 == len(tasks)
    for each in tasks:
        host = each["HostConfig"]
        assert ("10001:10001", True, ["ALL"]) == (each["Config"]["User"], host["ReadonlyRootfs"], host["CapDrop"])
        assert (512 * 2**20, 256) == (host["Memory"], host["PidsLimit"])
    web = json.loads(get(live.place.target.address(""), "/variables").body)
    assert (f"redis://:{PASSWORD}@store/0", PASSWORD) == (web["STORE"], web["STORE_PASSWORD"])
    assert "fair winds" == live.engine("exec", tasks[0]["Id"], "cat", "/etc/motto")
    assert (1, 2) == (len(live.objects("secret")), len(live.objects("config")))
    assert PASSWORD not in "".join(live.said)
    assert {2} == {len(live.place.target.memory(name)) for name in live.place.target.state().instances}


def test_status_and_mistakes(live):
    """The status tells what serves; a service that nobody looks at is refused, with its line."""
    seen = look(live.place)
    assert ("1.0", True, "", 2) == (seen.version, seen.answers, seen.trouble, seen.instances)
    file = live.project.root / "compose.yaml"
    text = file.read_text(encoding="utf-8")
    for wrong, told in {
        text.replace(json.dumps(HEALTH), "{disable: true}"): ":3:3",
        text.replace(
            "    image: tinyweb\n    working", "    image: tinyweb\n    privileged: true\n    working"
        ): ":5:5",
    }.items():
        assert text != wrong
        file.write_text(wrong, encoding="utf-8")
        again = live.place.opened(live.place.environment, live.place.target.opening.service)
        with pytest.raises(SettingsError, match=told):
            again.make(Bring(live.release("2.0")), again.fence.seen)
    file.write_text(text, encoding="utf-8")


def test_down(live):
    """All of it stops, also what is no service; what was ordered stays."""
    assert "passed" == down(live.work).state
    assert ([], [], [], []) == (live.containers(), live.services(), live.objects("secret"), live.objects("config"))
    assert live.engine("volume", "inspect", f"{live.stack}_data")
