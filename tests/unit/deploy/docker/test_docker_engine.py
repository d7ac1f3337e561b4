"""What becomes of an engine's answers: a program that says what real ones said stands for `docker` here."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from twinrail.deploy.release import Release
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.programs import Programs
from twinrail.deploy.targets.docker.stack import Stack
from twinrail.deploy.targets.docker.store import Store
from twinrail.project.environments import Environment
from twinrail.system.errors import MoveFailed, PlaceTaken, ProjectError, SettingsError, ToolError

ID = f"sha256:{'7' * 64}"


@pytest.fixture
def says(tmp_path, monkeypatch, shell):
    """`says("text", 1)` makes `docker` and docker-compose fail with it; the engine that speaks with them."""

    def make(stderr="", code=0, stdout="", programs=("docker", "docker-compose")):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (tmp_path / "out").write_text(stdout, encoding="utf-8")
        (tmp_path / "err").write_text(stderr, encoding="utf-8")
        for name in programs:
            lines = ("#!/bin/sh", f"/bin/cat {tmp_path}/out", f"/bin/cat {tmp_path}/err >&2", f"exit {code}")
            (folder / name).write_text("\n".join(lines), encoding="utf-8")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return Engine(shell=shell, folder=tmp_path)

    return make


@pytest.mark.parametrize(
    ("stderr", "error", "text"),
    [
        ("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?", ToolError, "not answer"),
        ("error during connect: ssh: connect to host h port 22: Connection refused", ToolError, "not answer"),
        ("driver failed: Bind for 127.0.0.1:8432 failed: port is already allocated", PlaceTaken, "A port is taken"),
        ("Error response from daemon: No such image: shop:1", MoveFailed, "the image is not there"),
        ("Error response from daemon: volume is in use - [4f]", MoveFailed, "volume is in use - \\[4f\\]"),
        ("docker: Conflicting options: --restart and --rm.\nSee 'docker run --help'.", MoveFailed, "Conflicting"),
        ("Error response from daemon: This node is not a swarm manager. Use", ToolError, "no manager of a swarm"),
        ("failed to connect to the docker API at unix:///x; check if the path is correct", ToolError, "not answer"),
        ("Error response from daemon: Get https://r/v2/: dial tcp: connect: connection refused", MoveFailed, "dial"),
        ("", MoveFailed, "it says nothing"),
    ],
)
def test_refusals(says, stderr, error, text):
    """Each kind is an error of its own, in the engine's words."""
    with pytest.raises(error, match=text):
        says(stderr, 1).run("start", "web")


@pytest.mark.parametrize("kind", ["network", "secret", "config", "task"])
def test_what_is_not_there_for_newer_engines(says, kind):
    """They name the kind first; one that is silent is told from that."""
    assert {} == says(f"Error response from daemon: {kind} shop_x not found\n", 1, "[]").inspect(kind, "shop_x")
    with pytest.raises(MoveFailed, match="not found in the plugin"):
        says("Error response from daemon: driver x not found in the plugin\n", 1, "[]").inspect(kind, "shop_x")


def test_what_is_told_by_another_name(says):
    """The one thing that was asked for is it, whatever it is called there: Docker's registry is left out of a name."""
    found = [{"Id": ID, "RepoDigests": [f"team/shop@{ID}"]}]
    asked = f"docker.io/team/shop@{ID}"
    assert {asked: found[0]} == says(stdout=json.dumps(found)).inspect("image", asked)


@pytest.mark.parametrize(
    ("stderr", "error", "text"),
    [
        ("port 5432 failed: Connection refused", MoveFailed, "ended with 1: port 5432 failed: Connection refused"),
        ("OSError: address already in use", MoveFailed, "ended with 1: OSError: address already in use"),
        ("could not parse the word hunter2", MoveFailed, r"the word \*\*\*"),
        ("", MoveFailed, "it said nothing"),
        ("error during connect: ssh: Connection refused", ToolError, "does not answer"),
    ],
)
def test_what_a_container_says_itself(says, stderr, error, text):
    """It is judged by its exit code; no word of its own is taken for one of the engine's, and no secret is told."""
    with pytest.raises(error, match=text):
        says(stderr, 1).attach("shop-migration", lambda said: said.replace("hunter2", "***"))


def test_what_is_not_there_and_what_cannot_be_asked(says):
    """What the engine does not know is left out; an engine that is silent knows nothing of what is there."""
    found = [{"Name": "/web", "Id": "4f", "State": {}}]
    assert {"web": found[0]} == says("Error: No such container: x", 1, json.dumps(found)).inspect(
        "container", "web", "x"
    )
    with pytest.raises(ToolError):
        says("Cannot connect to the Docker daemon", 1, "[]").inspect("container", "web")
    with pytest.raises(MoveFailed, match="permission"):
        says("permission denied by policy", 1, "[]").inspect("container", "web")
    assert {} == says("", 1).inspect("container")
    with pytest.raises(MoveFailed, match="docker container inspect"):  # a client that was killed says nothing
        says("", 137, "[]").inspect("container", "web")


def test_no_client(says):
    """Where `docker` is not installed that is said."""
    with pytest.raises(ToolError, match="docker cannot be started"):
        says(programs=()).run("ps")


def stack(engine, *rolled):
    return Stack(engine=engine, root=engine.folder, file="", name="shop-test", rolled=rolled or ("web",))


def test_no_compose_file(says):
    """All names that one may have are named."""
    with pytest.raises(ProjectError, match=r"no compose\.yaml or compose\.yml"):
        _ = stack(says()).config


def test_no_compose(says, write):
    """An engine alone is not enough to read a compose file."""
    write("compose.yaml", "services: {web: {image: x}}\n")
    with pytest.raises(ToolError, match="Neither"):
        _ = stack(says("docker: 'compose' is not a docker command.", 1, programs=("docker",))).config


def test_mistakes_of_a_compose_file(says, write):
    """What would get lost and services that are not there are told at once, each at its place."""
    text = "services:\n  web:\n    image: x\n    network_mode: host\n"
    write("compose.yaml", text)
    with pytest.raises(SettingsError) as caught:
        _ = stack(says(stdout=text), "web", "wroker").config
    places = [(each.line, each.column, each.key) for each in caught.value.mistakes]
    assert [(1, 1, "services"), (4, 5, "services.web.network_mode")] == places


def test_networks_and_volumes_by_name(says, write):
    """As Compose calls them; what is somebody else's keeps its name."""
    text = "services: {web: {image: x}}\nnetworks: {back: {}, edge: {external: true}, own: {name: o}}\n"
    text += "volumes: {d: null}\n"
    write("compose.yaml", text)
    names = stack(says(stdout=text)).names
    assert {"default": "shop-test_default", "back": "shop-test_back", "edge": "edge", "own": "o"} == names.networks
    assert {"d": "shop-test_d"} == names.volumes


@pytest.mark.parametrize(("image", "text"), [("", "has no image"), ("shop:1", "neither an id nor a digest"),
                                             (ID, "no archive was named")])  # fmt: skip
def test_release_that_cannot_be_brought(says, tmp_path, image, text):
    """A release without an image, with one by a mere name, and one that lies nowhere."""
    engine = says("Error: No such image: x", 1, "[]")
    release = Release(version="1", digest="", wheel=tmp_path, requirements=tmp_path, commit="", image=image)
    with pytest.raises(MoveFailed, match=text):
        Store(tmp_path, engine, "shop").bring(release)
    with pytest.raises(MoveFailed, match="does not stand ready"):
        Store(tmp_path, engine, "shop").image("1")


def test_an_engine_that_is_silent(tmp_path, monkeypatch, shell):
    """What should be answered at once is not waited for without end; what takes as long as it takes is."""
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\n/bin/sleep $2\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = Engine(shell=shell, folder=tmp_path, patience=0.2)
    with pytest.raises(ToolError, match=r"does not answer: it was asked `docker ps 60` 0.2 s ago"):
        engine.run("ps", "60")
    assert "" == engine.run("pull", "0.4")


def test_last_words_that_do_not_end(tmp_path, monkeypatch, shell):
    """What was said by then is told; a client that hangs holds nobody up."""
    monkeypatch.setattr("twinrail.deploy.targets.docker.engine._LAST_LINES", 0.5)
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\necho one\nexec /bin/sleep $1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = Engine(shell=shell, folder=tmp_path)
    assert (["one"], ["one"]) == (engine.last_lines("60"), engine.last_lines("0"))


VOLUMES = """\
services: {web: {image: x}}
volumes:
  plain: {}
  nas: {driver_opts: {type: cifs, o: "username=u,password=pa$$word"}}
  plugged: {driver: vieux/sshfs}
  theirs: {external: true, name: theirs}
"""


def made(name, driver="local", **options):
    """A volume as the engine tells of it."""
    return {"Name": name, "Driver": driver, "Options": options or None}


def volumes(says, write, *there):
    """What is wrong with the volumes of the file where those are there."""
    write("compose.yaml", VOLUMES)
    stands = stack(says(stdout=VOLUMES))
    known = {each["Name"]: each for each in there}
    engine = SimpleNamespace(
        inspect=lambda _, *names: {name: known[name] for name in names if name in known},
        run=lambda *_, **__: "web-1\n",
    )
    return replace(stands._volumes, engine=engine).wrong()


def test_volumes_that_are_as_the_file_says(says, write):
    """A `$` is one, and a driver's plugin has a tag that nobody says."""
    there = (made("shop-test_plain"), made("shop-test_nas", type="cifs", o="username=u,password=pa$word"),
             made("shop-test_plugged", "vieux/sshfs:latest"), made("theirs", "nfs"))  # fmt: skip
    assert {} == volumes(says, write, *there)


def test_volumes_that_are_not(says, write):
    """How one is made is told without what its options hold; what others make and have not is not made."""
    there = (made("shop-test_plain", "nfs"), made("shop-test_nas", type="cifs", o="password=older"))
    found = volumes(says, write, *there)
    assert ["nas", "plain", "theirs"] == sorted(found)
    assert "made otherwise (local, its options: o, type); in use by web-1." in found["nas"]
    assert "password" not in found["nas"]
    assert "There is no volume theirs" in found["theirs"]


def test_a_secret_in_a_volume(says, write, tmp_path, monkeypatch):
    """What it is made with stands in an argument: nothing begins."""
    monkeypatch.setenv("NAS", "pa$word")
    write("compose.yaml", VOLUMES)
    programs = Programs(tmp_path, stack(says(stdout=VOLUMES)), Environment(target="compose", secrets=("NAS",)))
    with pytest.raises(SettingsError, match=r"volumes\.nas\n +The secret NAS would stand where all can read it"):
        _ = programs.now
