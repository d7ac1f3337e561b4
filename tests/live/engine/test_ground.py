"""What the tests of images and containers stand on: the bases, and the registries."""

import json

import pytest
from engine import HARDENED

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
