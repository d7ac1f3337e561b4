"""What the tests of images and containers stand on: the bases, and the registries."""

import json
import time
import urllib.request
from contextlib import suppress

import pytest
from engine import HARDENED

from twinrail.deploy.targets.docker.definition import Names, options

BASES = {"slim": [3, 11], "full": [3, 13], "alpine": [3, 11], "distroless": [3, 11]}
LOOK = """
import json, os, ssl, sys
said = dict(line.rstrip().split(":\\t") for line in open("/proc/self/status"))
try:
    open("/tmp/new", "w")
except OSError as error:
    written = error.strerror
print(json.dumps({
    "python": sys.version_info[:2],
    "user": os.getuid(),
    "capabilities": said["CapEff"],
    "written": written,
    "certificates": ssl.create_default_context().cert_store_stats()["x509_ca"] > 100,
}))
"""
STATUS = "print(next(line for line in open('/proc/self/status') if line.startswith('NoNewPrivs')), end='')"
PROCESSES = """
import os, signal
children = []
try:
    while len(children) < 400:
        if not (pid := os.fork()):
            signal.pause()
        children.append(pid)
except OSError:
    pass
for pid in children:
    os.kill(pid, signal.SIGKILL)
print(len(children))
"""


def base(tag):
    return f"twinrail-test/base:{tag}"


@pytest.mark.parametrize("tag", BASES)
def test_each_base_runs_with_no_rights(engine, tag):
    """Python runs in it, as nobody in particular, where nothing can be written; it knows who may sign a certificate."""
    expected = {
        "python": BASES[tag],
        "user": 10001,
        "capabilities": "0" * 16,
        "written": "Read-only file system",
        "certificates": True,
    }
    assert expected == json.loads(engine("run", "--rm", *HARDENED, base(tag), "python3", "-c", LOOK))


def test_what_an_instance_may_not(engine):
    """With the words that the target gives it: no rights by a program of root's, no more memory, no more processes."""
    given = [word for word in options({}, Names(networks={}, volumes={}), user="10001") if "restart" not in word]

    def run(program):
        return engine.tried("run", "--rm", "--network=none", *given, base("slim"), "python3", "-c", program)

    assert "NoNewPrivs:\t1\n" == run(STATUS).stdout
    assert 0 < int(run(PROCESSES).stdout) < 256
    assert 137 == run("x = bytearray(600 * 2**20); print('had it')").returncode


@pytest.mark.parametrize(("tag", "code"), [("slim", 0), ("full", 0), ("alpine", 0), ("distroless", 127)])
def test_all_but_one_have_a_shell(engine, tag, code):
    """In the distroless one there is no shell to be had."""
    assert code == engine.tried("run", "--rm", *HARDENED, base(tag), "sh", "-c", "true").returncode


@pytest.fixture
def image(engine, registry, closed_registry):
    """An image of this worker's own, by its names in both registries; it goes with the test."""
    names = [f"{each.address}/{engine.name('ground')}:1" for each in (registry, closed_registry)]
    for each in names:
        engine("tag", base("distroless"), each)
    yield names
    for each in names:
        engine("image", "rm", "--force", each)


def test_a_registry_gives_back_what_it_took(engine, image):
    """What was pushed comes back by its digest, and runs; what was not is unknown."""
    name = image[0].removesuffix(":1")
    pushed = engine("push", image[0]).splitlines()[-1]
    digest = pushed.split("digest: ")[1].split()[0]
    engine("image", "rm", image[0])
    engine("pull", "--quiet", f"{name}@{digest}")
    assert "here" == engine("run", "--rm", *HARDENED, f"{name}@{digest}", "python3", "-c", "print('here')")
    engine("image", "rm", f"{name}@{digest}")
    assert "manifest unknown" in engine.tried("pull", f"{name}@sha256:{'0' * 64}").stderr


def test_a_closed_registry_wants_a_login(engine, image, closed_registry, tmp_path):
    """It refuses who has none, and takes from who logged in, with the password from standard input."""
    login = closed_registry.login
    refused = engine.tried("push", image[1], config=tmp_path)
    assert (1, True) == (refused.returncode, "no basic auth credentials" in refused.stderr)
    words = ("login", "--username", login.user, "--password-stdin", closed_registry.address)
    wrong = engine.tried(*words, said="another", config=tmp_path)
    assert (1, True) == (wrong.returncode, "401 Unauthorized" in wrong.stderr)
    engine(*words, said=login.password, config=tmp_path)
    assert "digest: sha256:" in engine("push", image[1], config=tmp_path)


def test_a_container_is_reached_from_here_alone(engine):
    """What a container serves is asked at a free port of 127.0.0.1, with no right more than before."""
    rights = [each for each in HARDENED if not each.startswith("--network")]
    server = ("python3", "-m", "http.server", "--directory", "/usr/lib/python3.11")
    name = engine.name("served")
    engine("run", "--detach", "--name", name, *rights, "--publish=127.0.0.1::8000", base("slim"), *server)
    try:
        address = engine("port", name, "8000")
        assert address.startswith("127.0.0.1:")
        assert b"json" in asked(f"http://{address}/")
    finally:
        engine("rm", "--force", name)


def asked(address):
    """What is answered there, within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:
            return answer.read()
        time.sleep(0.1)
    return pytest.fail(f"{address} does not answer")


DOCKERFILE = f"""
FROM {base("slim")} AS build
RUN --mount=type=secret,id=word tr a-z A-Z </run/secrets/word >/said
FROM {base("distroless")}
COPY --from=build /said /said
"""


def test_a_build_sees_a_secret_and_keeps_it_not(engine, tmp_path):
    """BuildKit builds, in stages, with no plugin; the secret is at hand in one step, and in no layer."""
    (tmp_path / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    (tmp_path / "word").write_text("hush", encoding="utf-8")
    name = engine.name("built")
    engine("build", f"--secret=id=word,src={tmp_path}/word", "--tag", name, str(tmp_path))
    try:
        look = "import os; print(open('/said').read(), os.path.exists('/run/secrets/word'))"
        assert "HUSH False" == engine("run", "--rm", *HARDENED, name, "python3", "-c", look)
    finally:
        engine("image", "rm", "--force", name)
