"""The pack's own image on every base: built twice and the same, hardened, and nothing in it of whoever built it."""

import time

import pytest
from engine import HARDENED
from scales import Scales

PLANTED = "planted-7d1f.invalid"
"""A part of the index configuration of whoever builds."""
BASES = {"slim": "slim", "full": "full", "alpine": "alpine", "distroless": "slim"}
LOOK = "import json, os, scales; print(json.dumps([os.getuid(), scales.GRAMS, os.access('/app', os.W_OK)]))"
COUNT = """
import os
print(sum(os.lstat(os.path.join(at, each)).st_size for at, _, names in os.walk("/app") for each in names))
"""


@pytest.fixture(scope="module")
def scales(tmp_path_factory, engine):
    """The service, its wheel built; its images go with the tests."""
    made = Scales(tmp_path_factory.mktemp("scales"), env={"DOCKER_HOST": engine.host, "PIP_TRUSTED_HOST": PLANTED})
    made.lay_out()
    return made


@pytest.mark.parametrize("base", BASES)
def test_image(scales, engine, base):
    """It serves as nobody, with no right, where nothing can be written; a shell is where a base has one."""
    names = (f"from=twinrail-test/base:{BASES[base]}", f"name={engine.name(base)}")
    made = scales.image(f"base={base}", *names, "files=['/app/bin/scales']")
    assert made.id == engine("image", "inspect", "--format", "{{.Id}}", made.name)
    assert "--no-cache" in made.said
    assert PLANTED.encode() not in made.archive.read_bytes()
    said = engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", LOOK)
    assert "[10001, 100, false]" == said
    shell = engine.tried("run", "--rm", *HARDENED, "--entrypoint", "sh", made.name, "-c", "true").returncode
    assert (127 if base == "distroless" else 0) == shell
    name = engine.name(f"{base}-serves")
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


def test_the_default_base_is_as_large_as_what_is_in_it(scales, engine):
    """At most 1.15 times the base with the virtual environment."""
    made = scales.image("from=twinrail-test/base:slim", f"name={engine.name('sized')}", "reproducible=false")
    base = int(engine("image", "inspect", "--format", "{{.Size}}", "twinrail-test/base:slim"))
    whole = int(engine("image", "inspect", "--format", "{{.Size}}", made.name))
    venv = int(engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", COUNT))
    assert whole <= 1.15 * (base + venv)


def test_a_new_line_of_code_makes_one_new_layer(scales, engine):
    """What the lock names is neither fetched nor laid out again; all layers but the last are those of before."""
    settings = ("from=twinrail-test/base:slim", f"name={engine.name('line')}")
    before = scales.image(*settings)
    text = (scales.root / "src/scales/__init__.py").read_text(encoding="utf-8")
    scales.write("src/scales/__init__.py", text.replace("GRAMS = 100", "GRAMS = 200"))
    scales.commit()
    after = scales.image(*settings)
    scales.write("src/scales/__init__.py", text)
    scales.commit()
    assert before.layers[:-1] == after.layers[:-1]
    assert (len(before.layers), True) == (len(after.layers), before.layers[-1] != after.layers[-1])
    assert "--no-cache" not in after.said
    assert "AGAIN=second" in after.said


def test_the_same_inputs_are_the_same_image(scales, engine):
    """Built with nothing of before, the id is the same to the last digit."""
    settings = ("from=twinrail-test/base:slim", f"name={engine.name('same')}")
    first = scales.image(*settings)
    (scales.root / ".twinrail" / "images" / "proven.json").unlink()
    assert first.id == scales.image(*settings).id


def test_hermetic(scales, engine):
    """With no network in the build: all wheels lie there before, for the base's Python and not for this one's."""
    said = ("base=full", "from=twinrail-test/base:full", "hermetic=true", "reproducible=false")
    made = scales.image(*said, f"name={engine.name('hermetic')}")
    assert "--network=none" in made.said
    assert "--python-version=3.13" in made.said
    said = engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", LOOK)
    assert "[10001, 100, false]" == said


def test_a_base_by_its_digest(scales, engine, registry):
    """What comes from a registry is named by the digest that it has there, in the Dockerfile and in what is told."""
    pushed = f"{registry.address}/{engine.name('python')}:3.11"
    engine("tag", "twinrail-test/base:slim", pushed)
    digest = engine("push", pushed).splitlines()[-1].split("digest: ")[1].split()[0]
    engine("image", "rm", pushed)
    made = scales.image(f"from={pushed}", f"name={engine.name('digest')}", "reproducible=false")
    name = f"{pushed.removesuffix(':3.11')}@{digest}"
    assert name == made.base
    said = (scales.root / ".twinrail/runs/latest/reports/image/Dockerfile").read_text(encoding="utf-8")
    assert f"FROM {name} AS runtime" in said
