"""The pack's own image on every base: hardened, served as nobody, and nothing in it of whoever built it."""

import hashlib
import time

import pytest
from engine import HARDENED
from scales import Scales

from benchmarks.images import installed

PLANTED = "planted-7d1f.invalid"
"""A part of the index configuration of whoever builds."""
LOOK = "import json, os, scales; print(json.dumps([os.getuid(), scales.GRAMS, os.access('/app', os.W_OK)]))"


@pytest.fixture(scope="module")
def scales(tmp_path_factory, engine):
    """The service, its wheel built; its images go with the tests."""
    made = Scales(tmp_path_factory.mktemp("scales"), env={"DOCKER_HOST": engine.host, "PIP_TRUSTED_HOST": PLANTED})
    made.lay_out()
    return made


@pytest.fixture(scope="module")
def slim(scales, engine):
    """Its image on the default base, built twice."""
    return scales.image("from=twinrail-test/base:slim", f"name={engine.name('slim')}", "files=['/app/bin/scales']")


def serves(engine, made, *, shell):
    """It serves as nobody, with no right, where nothing can be written; a shell is where a base has one."""
    assert made.id == engine("image", "inspect", "--format", "{{.Id}}", made.name)
    assert PLANTED.encode() not in made.archive.read_bytes()
    said = engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", LOOK)
    assert "[10001, 100, false]" == said
    tried = engine.tried("run", "--rm", *HARDENED, "--entrypoint", "sh", made.name, "-c", "true").returncode
    assert (0 if shell else 127) == tried
    name = f"{made.name.partition(':')[0]}-serves"
    engine("run", "--detach", "--name", name, *HARDENED, "--health-interval=1s", made.name)
    try:
        assert "healthy" == health(engine, name)
    finally:
        engine("rm", "--force", name)


def health(engine, name):
    """What the image's own HEALTHCHECK says in the end, without curl and without a shell."""
    for _ in range(120):
        if (said := engine("inspect", "--format", "{{.State.Health.Status}}", name)) != "starting":
            return said
        time.sleep(0.5)
    return "starting"


def test_slim(slim, scales, engine):
    """Built twice, the second time with nothing of before, it is the same; at most 1.15 times what it is made of."""
    serves(engine, slim, shell=True)
    assert "--no-cache" in slim.said
    base = int(engine("image", "inspect", "--format", "{{.Size}}", "twinrail-test/base:slim"))
    whole = int(engine("image", "inspect", "--format", "{{.Size}}", slim.name))
    python = engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", slim.name, "-V").split()[-1]
    lock = next((scales.root / ".twinrail" / "runs").glob("*/reports/image/requirements.txt"))
    # Not what lies in the image: what is in it twice is no part of what it is made of.
    venv = installed(lock, next((scales.root / "dist").glob("*.whl")), python=python)
    assert whole <= 1.15 * (base + venv)


def test_a_new_line_of_code_makes_one_new_layer(slim, scales, engine):
    """What the lock names is neither fetched nor laid out again; all layers but the last are those of before."""
    text = (scales.root / "src/scales/__init__.py").read_text(encoding="utf-8")
    scales.write("src/scales/__init__.py", text.replace("GRAMS = 100", "GRAMS = 200"))
    scales.commit()
    after = scales.image("from=twinrail-test/base:slim", f"name={engine.name('line')}")
    scales.write("src/scales/__init__.py", text)
    scales.commit()
    assert slim.layers[:-1] == after.layers[:-1]
    assert (len(slim.layers), True) == (len(after.layers), slim.layers[-1] != after.layers[-1])
    assert "--no-cache" not in after.said
    assert "AGAIN=second" in after.said


def test_another_clone_makes_the_same_image(slim, scales, engine, tmp_path):
    """The wheel is built anew, in another folder, at the same commit: the image has the same id."""
    scales.git("clone", "--quiet", str(scales.root), str(tmp_path / "clone"))
    other = Scales(tmp_path / "clone", env=scales.env)
    other.git("checkout", "--quiet", slim.commit)
    assert 0 == other.run("build").returncode
    named = ("from=twinrail-test/base:slim", f"name={engine.name('slim')}", "files=['/app/bin/scales']")
    made = other.image(*named, "reproducible=false")
    assert (slim.id, slim.layers) == (made.id, made.layers)


def test_what_is_refused_leaves_what_passed(scales, slim, engine):
    """The archive, and the name in the engine, are still those of the image that later sessions are told of."""
    before, held = slim, hashlib.sha256(slim.archive.read_bytes()).hexdigest()
    wanted = ("image.from=twinrail-test/base:slim", f"image.name={engine.name('slim')}", "image.reproducible=false",
              "image.port=9000", "image.size=1MB")  # fmt: skip
    done = scales.run("image", *(word for each in wanted for word in ("--set", each)))
    assert (1, "image-size") == (done.returncode, scales.result()["findings"][0]["title"])
    assert held == hashlib.sha256(before.archive.read_bytes()).hexdigest()
    ids = [engine("image", "inspect", "--format", "{{.Id}}", f"{before.name}{end}") for end in ("", "-unchecked")]
    assert (before.id, False) == (ids[0], before.id == ids[1])


def test_distroless(scales, engine):
    """The interpreter and what it loads, taken out of slim: no shell."""
    names = ("base=distroless", "from=twinrail-test/base:slim", f"name={engine.name('distroless')}")
    serves(engine, scales.image(*names, "reproducible=false"), shell=False)


def test_full_and_hermetic(scales, engine):
    """With no network in the build: all wheels lie there before, for the base's Python and not for this one's."""
    names = ("base=full", "from=twinrail-test/base:full", f"name={engine.name('full')}")
    made = scales.image(*names, "hermetic=true", "reproducible=false")
    assert "--network=none" in made.said
    assert "--python-version=3.13" in made.said
    serves(engine, made, shell=True)


def test_alpine_by_its_digest(scales, engine, registry):
    """What comes from a registry is named by the digest that it has there, in the Dockerfile and in what is told."""
    pushed = f"{registry.address}/{engine.name('python')}:3.11"
    engine("tag", "twinrail-test/base:alpine", pushed)
    digest = engine("push", pushed).splitlines()[-1].split("digest: ")[1].split()[0]
    engine("image", "rm", pushed)
    made = scales.image("base=alpine", f"from={pushed}", f"name={engine.name('alpine')}", "reproducible=false")
    name = f"{pushed.removesuffix(':3.11')}@{digest}"
    assert name == made.base
    said = (scales.root / ".twinrail/runs/latest/reports/image/Dockerfile").read_text(encoding="utf-8")
    assert f"FROM {name} AS laid" in said
    serves(engine, made, shell=True)
