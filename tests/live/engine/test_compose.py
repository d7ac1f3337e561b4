"""The target compose on a real engine: a stack of which web and worker are rolled, and the store is left alone."""

import json
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from dock import PASSWORD, Dock, order, others, skip_without_compose
from town import Load, make_project

from twinrail.deploy.down import down
from twinrail.deploy.environments import strategy_of
from twinrail.deploy.execution import ReleaseTurnedBack
from twinrail.deploy.moves import Bring, Start
from twinrail.deploy.probe import COMPARED, get
from twinrail.deploy.recovery import rollback
from twinrail.deploy.status import look
from twinrail.project.settings import Service
from twinrail.project.strategies import Strategy
from twinrail.system.errors import Interrupted, MoveFailed, PlaceTaken, SettingsError, ToolError

STRATEGIES = {
    "rolling": Strategy(),
    "blue-green": Strategy(name="blue-green"),
    "canary": Strategy(name="canary", weights=(50,), hold="100ms"),
    "ab": Strategy(name="ab"),
}
CAREFUL = Strategy(name="canary", weights=(50,), hold="1s")


@pytest.fixture(scope="module")
def dock(tmp_path_factory, engine):
    """The environment staging of the stack; nothing of it is left at the end."""
    skip_without_compose()
    made = Dock(project=make_project(tmp_path_factory.mktemp("dock")), name="staging", options={}, engine=engine)
    yield made
    made.clear()


@pytest.fixture(scope="module")
def live(dock):
    """1.0 is live there."""
    patch = pytest.MonkeyPatch()
    patch.setenv("STORE_PASSWORD", PASSWORD)
    dock.deploy("1.0")
    yield dock
    patch.undo()


@pytest.mark.parametrize("name", STRATEGIES)
def test_each_strategy_keeps_every_request(live, name):
    """A release takes over, no request is lost, and what was ordered stays."""
    store, before = others(live), next(iter(live.serving()[0]))
    coming = "2.0" if before == "1.0" else "1.0"
    assert 201 == order(live, name)
    strategy = strategy_of(name, STRATEGIES[name], 0.0)
    with (load := Load(live.place.target.opening.port, least=200, people=2)).going_on():
        live.deploy(coming, strategy=strategy)
    assert ([], {before, coming}) == (load.failures, {*load.answers})
    assert ({coming: 1}, {coming: 100.0}, store) == (*live.serving(), others(live))
    assert 200 == order(live, name, "GET")


@pytest.mark.parametrize("name", ["rolling", "canary"])
def test_a_bad_release_is_turned_back(live, name):
    """Whether it comes with all traffic or with a part of it: no request is lost."""
    before = next(iter(live.serving()[0]))
    load, told = Load(live.place.target.opening.port, least=200, people=2), "answered / with 500"
    with load.going_on(), pytest.raises(ReleaseTurnedBack, match=told):
        live.deploy("5.0", strategy=strategy_of(name, STRATEGIES[name], 0.0))
    assert ([], {before}) == (load.failures, {*load.answers})
    assert ({before: 1}, {before: 100.0}) == live.serving()


def test_instances_may_do_little(live):
    """Each runs as nobody, with a root that is read only, no capabilities, and limits; the password is in no file."""
    asked = "{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}"
    asked += " {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}"
    for name in live.containers("label=twinrail.release"):
        said = live.engine("inspect", "--format", asked, name)
        assert f"10001:10001 true [ALL] [no-new-privileges:true] {512 * 2**20} 256" == said
    web = json.loads(get(live.place.target.address(""), "/variables").body)
    assert (f"redis://:{PASSWORD}@store/0", PASSWORD) == (web["STORE"], web["STORE_PASSWORD"])
    files = [path for path in live.folder.rglob("*") if path.is_file()]
    assert [] == [path for path in files if PASSWORD.encode() in path.read_bytes()]
    assert PASSWORD not in "".join(live.said)


def test_what_the_proxy_saw(live):
    """A probe past the weights is told from people's requests, and stands in the engine's log of the proxy."""
    (name,), target, since = live.place.target.state().instances, live.place.target, time.time()
    address = target.address(name, past_weights=True)
    for headers in (address.headers, {**address.headers, COMPARED: "1"}):
        assert 200 == get(replace(address, headers=headers), "/").status
    while not (seen := target.samples(name, since, probes=True)).requests:
        assert time.time() < since + 30
    assert (1, 0, {200: 1}, 0) == (
        seen.requests, seen.errors, seen.statuses, target.samples(name, since, probes=False).requests
    )  # fmt: skip


def test_rollback_and_status(live):
    """A way back leads to the release before, and the status tells what serves where."""
    (now,), store = live.serving()[0], others(live)
    assert 201 == order(live, "before-the-way-back")
    outcome = rollback(replace(live.work, environment=live.name))
    assert "passed" == outcome.state
    seen = look(live.place)
    assert ({"1.0", "2.0"} - {now}, True, "", 1) == ({seen.version}, seen.answers, seen.trouble, seen.instances)
    assert (store, 200) == (others(live), order(live, "before-the-way-back", "GET"))


def test_secrets_and_configs_in_an_instance(live):
    """Its own user may read the one, anybody the other; what it says of a secret is hidden."""
    (name,) = [each for each in live.containers("label=twinrail.release") if "-worker-" in each]
    modes = live.engine("exec", name, "stat", "--format=%a %u", "/run/secrets/key", "/etc/tinyweb/limits")
    assert "400 10001\n444 0" == modes
    assert "k3y ten a day" in live.engine("logs", name)
    (version,) = live.serving()[0]
    assert "*** ten a day" in live.place.target.log(live.release(version).name)


def test_mistakes_before_any_effect(live):
    """A compose file that is wrong is told with its line, and what is live is not touched."""
    file, there = live.project.root / "compose.yaml", live.containers()
    text = file.read_text(encoding="utf-8")
    for wrong, said in {
        text.replace("    working_dir: /data\n", "    working_dir: /data\n    network_mode: host\n"): ":5:5",
        text.replace("services:", "services: ["): "compose.yaml:",
    }.items():
        file.write_text(wrong, encoding="utf-8")
        again = live.place.opened(live.place.environment, live.place.target.opening.service)
        with pytest.raises(SettingsError, match=said):
            again.make(Bring(live.release("2.0")), again.fence.seen)
    file.write_text(text, encoding="utf-8")
    assert there == live.containers()


def test_a_volume_in_use(live):
    """A compose file that wants it otherwise is refused at its line, with who uses it; what is live stays."""
    file, there, before = live.project.root / "compose.yaml", live.containers(), live.serving()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("data: {}", "data: {driver: nfs}"), encoding="utf-8")
    again = live.place.opened(live.place.environment, live.place.target.opening.service)
    (user,) = live.containers("label=twinrail.service=web")
    said = rf"compose\.yaml:\d+:\d+  volumes\.data\n.* made otherwise \(local\); in use by {user}\."
    with pytest.raises(SettingsError, match=said):
        again.make(Bring(live.release("2.0")), again.fence.seen)
    file.write_text(text, encoding="utf-8")
    assert (there, before) == (live.containers(), live.serving())


def test_interrupted(live):
    """Ctrl-C amid a rollout, as a run passes it on: the way back is made, with the same engine."""
    before = live.serving()
    (old,) = before[0]

    def progress(said):
        if said == "hold 1 s":
            live.work.interrupted.set()
            live.work.shell.stop()

    with pytest.raises(Interrupted, match=rf"{old} serves 100 % again"):
        live.deploy("2.0" if old == "1.0" else "1.0", strategy=strategy_of("canary", CAREFUL, 0.0), progress=progress)
    assert before == live.serving()
    assert 1 == len(live.containers("label=twinrail.service=web"))


def test_what_others_were_to_make(live):
    """An external network or volume that is not there is refused at its line, and none is made."""
    file = live.project.root / "compose.yaml"
    text = file.read_text(encoding="utf-8")
    more = text.replace('    volumes: ["data:/data"]\n', '    volumes: ["data:/data"]\n    networks: [edge]\n')
    file.write_text(
        more.replace("data: {}", "data: {}, nas: {external: true}") + "networks: {edge: {external: true}}\n",
        encoding="utf-8",
    )
    again = live.place.opened(live.place.environment, live.place.target.opening.service)
    with pytest.raises(
        SettingsError, match=r"(?s)There is no volume nas.*There is no network edge|There is no network"
    ):
        again.make(Bring(live.release("2.0")), again.fence.seen)
    file.write_text(text, encoding="utf-8")
    assert "edge" not in live.engine("network", "ls", "--format", "{{.Name}}").split()


def test_a_migration_is_made_as_an_instance(live):
    """It stands on all networks of the service, and has its secrets; one that was made and not started is in no way."""
    file, look = live.project.root / "compose.yaml", "import socket; print(open('/run/secrets/key').read()"
    text = file.read_text(encoding="utf-8")
    volumes = '    volumes: ["data:/data"]\n'
    more = text.replace(volumes, f"{volumes}    networks: [default, aside]\n    secrets: [key]\n")
    file.write_text(more + "networks: {aside: {}}\n", encoding="utf-8")
    service = Service(migrate=("python3", "-c", f"{look}, len(socket.if_nameindex()))"))
    place = live.place.opened(live.place.environment, service)
    place.stack.up()
    live.engine("create", "--name", place.migrations.name, "twinrail-test/base:slim")
    (release,) = place.state().instances
    place.migrations.run(release, place.programs.now, "expand")
    file.write_text(text, encoding="utf-8")
    assert "*** 3" in live.said
    live.engine("network", "rm", f"{live.stack}_aside")


def test_image_that_is_another(live, tmp_path):
    """An archive with another image than the one that was built is refused before the engine sees it."""
    release = replace(live.release("7.0"), image=f"sha256:{'0' * 64}")
    fence = live.place.target.fence.seen
    with pytest.raises(MoveFailed, match="is not the image"):
        live.place.target.make(Bring(release), fence)
    with pytest.raises(MoveFailed, match="is not there"):
        live.place.target.make(Bring(replace(release, archive=tmp_path / "none.tar")), fence)


def test_down(live):
    """All of it stops, also what is not rolled; what was ordered is there when it is deployed again."""
    port = live.place.target.opening.port
    assert 201 == order(live, "before")
    assert "passed" == down(live.work).state
    assert ([], 0) == (live.containers(), get(live.place.target.address(""), "/").status)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PlaceTaken, match=f"Port {port} of 127.0.0.1"):
        live.deploy("1.0")
    live.deploy("1.0")
    assert 200 == order(live, "before", "GET")


def test_engine_that_is_gone(live, monkeypatch):
    """Where the engine does not answer nothing is taken for dead."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    with pytest.raises(ToolError, match="does not answer"):
        live.place.target.state()
    with pytest.raises(ToolError, match="does not answer"):
        live.place.target.make(Start("1.0", 1), live.place.target.fence.seen)
