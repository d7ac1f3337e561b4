"""An image pushed to real registries: by digest, with and without a login; what goes wrong leaves no name behind."""

import base64
import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from shipped import Shipped

TEAM = f"team-{secrets.token_hex(4)}"
"""A folder of this run's own: a registry may live on."""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, engine):
    """A project with an image of two layers, the second of 3 MB."""
    folder = tmp_path_factory.mktemp("shipped")
    (folder / "context").mkdir()
    (folder / "context" / "filling").write_bytes(random.Random(1).randbytes(3_000_000))
    (folder / "context" / "Dockerfile").write_text(
        'FROM scratch\nCOPY Dockerfile /first\nCOPY filling /\nHEALTHCHECK CMD ["/x"]\nUSER 10001\n', encoding="utf-8"
    )
    name = engine.name("shipped")
    engine("build", "--tag", name, str(folder / "context"))
    engine("save", "--output", str(folder / "saved.tar"), name)
    made = Shipped(folder, env={"DOCKER_CONFIG": str(folder)})
    made.lay_out()
    made.built(folder / "saved.tar", name)
    return made


def tags(registry, name):
    """The names that a registry has of an image; none of one that it does not know."""
    with (
        contextlib.suppress(urllib.error.HTTPError),
        urllib.request.urlopen(f"http://{registry.address}/v2/{TEAM}/{name}/tags/list", timeout=10) as answer,
    ):
        return json.load(answer)["tags"] or []
    return []


def test_what_was_built_is_what_comes_back(shipped, engine, registry):
    """The engine pulls by the digest that was noted and gets the very image, HEALTHCHECK and all; twice is once."""
    done = shipped.push(f"{registry.address}/{TEAM}")
    assert 0 == done.returncode, done.stdout
    reference = shipped.reference
    engine("pull", "--quiet", reference)
    try:
        told = json.loads(engine("image", "inspect", reference))[0]
    finally:
        engine("image", "rm", reference)
    built = json.loads((shipped.root / ".twinrail" / "artifacts" / "shopfront.image.json").read_text(encoding="utf-8"))
    assert (built["id"], ["CMD", "/x"]) == (told["Id"], told["Config"]["Healthcheck"]["Test"])
    assert {"1.4.0", built["commit"]} == set(tags(registry, engine.name("shipped")))
    again = shipped.push(f"{registry.address}/{TEAM}")
    assert (0, True, reference) == (again.returncode, "is there already" in again.stdout, shipped.reference)


def test_a_login_reaches_nothing_but_the_registry(shipped, closed_registry):
    """Refused without one and with a wrong one; with the right one it is in no log, no record, no argument."""
    to, login = f"{closed_registry.address}/{TEAM}", closed_registry.login
    nobody = shipped.push(to)
    assert (7, True) == (nobody.returncode, "wants a login" in nobody.stdout)
    wrong = shipped.push(to, TWINRAIL_REGISTRY_USER=login.user, TWINRAIL_REGISTRY_PASSWORD="another")
    assert (7, True) == (wrong.returncode, f"refuses the login of {login.user}" in wrong.stdout)
    right = shipped.push(to, TWINRAIL_REGISTRY_USER=login.user, TWINRAIL_REGISTRY_PASSWORD=login.password)
    assert 0 == right.returncode, right.stdout
    assert login.password not in right.stdout + right.stderr
    assert login.password.encode() not in shipped.kept()


SPY = """\
#!/bin/sh
cat /proc/$$/cmdline /proc/$$/environ >>"$SPY_TOLD"
exec {does}
"""
HELPER = "docker-credential-spied"


@pytest.fixture
def spied(tmp_path):
    """Variables under which git, docker and a credential helper write down with what they were started."""
    folder = tmp_path / "bin"
    folder.mkdir()
    programs = {name: f'{shutil.which(name)} "$@"' for name in ("git", "docker") if shutil.which(name)}
    for name, does in {**programs, HELPER: f"cat '{tmp_path / 'kept'}'"}.items():
        (folder / name).write_text(SPY.format(does=does), encoding="utf-8")
        (folder / name).chmod(0o755)
    # The tests themselves know the login by a variable.
    return {"PATH": f"{folder}:{os.environ['PATH']}", "SPY_TOLD": str(tmp_path / "told"), "TWINRAIL_TEST_LOGIN": ""}


def started(spied, login):
    """With what programs were started: none with the password, as it is or as HTTP carries it, or with its name."""
    told = Path(spied["SPY_TOLD"]).read_bytes()
    carried = base64.b64encode(f"{login.user}:{login.password}".encode())
    assert not [each for each in (login.password.encode(), carried, b"TWINRAIL_REGISTRY_PASSWORD") if each in told]
    return told


def test_no_program_is_started_with_a_login(shipped, closed_registry, spied):
    """While an image is pushed with a login, it is neither an argument nor a variable of what runs beside."""
    login = closed_registry.login
    said = {"TWINRAIL_REGISTRY_USER": login.user, "TWINRAIL_REGISTRY_PASSWORD": login.password}
    done = shipped.push(f"{closed_registry.address}/{TEAM}/spied", **said, **spied)
    assert (0, True) == (done.returncode, "2 new layers" in done.stdout), done.stdout
    assert b"/bin/git\0" in started(spied, login)


def test_a_helper_is_told_no_login(shipped, closed_registry, spied, tmp_path):
    """What a credential helper answers goes to the registry, and to no other program."""
    login = closed_registry.login
    (tmp_path / "kept").write_text(json.dumps({"Username": login.user, "Secret": login.password}), encoding="utf-8")
    told = {"credHelpers": {closed_registry.address: HELPER.removeprefix("docker-credential-")}}
    (tmp_path / "config.json").write_text(json.dumps(told), encoding="utf-8")
    done = shipped.push(f"{closed_registry.address}/{TEAM}/helped", **spied, DOCKER_CONFIG=str(tmp_path))
    assert (0, True) == (done.returncode, "2 new layers" in done.stdout), done.stdout
    found = started(spied, login)
    assert (True, True) == (b"/bin/git\0" in found, f"{HELPER}\0get\0".encode() in found)
    assert login.password.encode() not in shipped.kept()


def test_a_login_that_docker_keeps(shipped, engine, closed_registry, tmp_path):
    """Whoever logged in with docker need not say it again."""
    login = closed_registry.login
    words = ("login", "--username", login.user, "--password-stdin", closed_registry.address)
    engine(*words, said=login.password, config=tmp_path)
    done = shipped.push(f"{closed_registry.address}/{TEAM}", DOCKER_CONFIG=str(tmp_path))
    assert 0 == done.returncode, done.stdout


def test_a_registry_that_goes_away_meanwhile(shipped, engine, registry):
    """The connection breaks within the large layer: that is told, and there is no name in the registry."""
    with _Breaking(registry.address, after=500_000) as breaking:
        done = shipped.push(f"{breaking.address}/{TEAM}/cut")
    assert (7, True) == (done.returncode, "No tag was set" in done.stdout), done.stdout
    assert [] == tags(registry, f"cut/{engine.name('shipped')}")
    gone = shipped.push(f"{breaking.address}/{TEAM}")
    assert (7, True) == (gone.returncode, "does not answer: Connection refused" in gone.stdout)


class _Breaking:
    """A way to a registry that ends, with all its connections, after so many bytes."""

    def __init__(self, to: str, *, after: int) -> None:
        self.to, self.left = to.split(":"), after
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        self.open: list[socket.socket] = []

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._end()

    def _end(self):
        for each in (self.server, *self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                there = socket.create_connection((self.to[0], int(self.to[1])))
                self.open += [client, there]
                for ends in ((client, there, True), (there, client, False)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source, to, counted):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.left -= len(data) * counted
                if self.left < 0:
                    self._end()
                    return
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)
