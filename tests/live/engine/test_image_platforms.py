"""One image for two platforms: built from a base that has both, pushed under one digest, pulled by either.

Of the second there is the name only: a base of this machine's own programs that says it is for linux/386.
"""

import json
import secrets

import pytest
from scales import Scales

from twinrail.quality.images.packing import list_of
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.client import Registry
from twinrail.system.registry.reference import parse_repository

TEAM = f"team-{secrets.token_hex(4)}"
"""A folder of this run's own: a registry may live on."""
PLATFORMS = ("linux/amd64", "linux/386")


def opened(registry, path):
    """A repository of the registry."""
    repository = parse_repository(f"{registry.address}/{TEAM}/{path}")
    return Registry(repository=repository, authority=Authority(repository=repository, login=None))


@pytest.fixture(scope="module")
def base(tmp_path_factory, engine, registry):
    """A base with two platforms, in the registry, by its digest."""
    folder, there = tmp_path_factory.mktemp("base"), opened(registry, "base")
    (folder / "Dockerfile").write_text("FROM scratch\nADD base.tar /\n", encoding="utf-8")
    exported = engine("create", "twinrail-test/base:alpine")
    engine("export", "--output", str(folder / "base.tar"), exported)
    engine("rm", exported)
    found = {}
    for platform in PLATFORMS:
        tag = platform.replace("/", "-")
        name = f"{there.repository}:{tag}"
        engine("build", "--quiet", f"--platform={platform}", "--tag", name, str(folder))
        engine("push", "--quiet", name)
        engine("image", "rm", name)
        found[platform] = there.manifest(tag)
    made = list_of(found)
    there.put(made)
    return there.repository.by(made.digest)


def test_two_platforms_under_one_digest(tmp_path, engine, registry, base):
    """Each is what it says, checked as the first is; a deploy pulls that of its engine, and a second push is none."""
    made = Scales(tmp_path, env={"DOCKER_HOST": engine.host, "DOCKER_CONFIG": str(tmp_path)})
    made.lay_out()
    name = engine.name("both")
    where = (f"image.from={base}", f'image.platforms=["{PLATFORMS[0]}", "{PLATFORMS[1]}"]', f"image.name={name}",
             "image.reproducible=false", f"image.registry={registry.address}/{TEAM}")  # fmt: skip
    words = [word for each in where for word in ("--set", each)]
    done = made.run("image", *words)
    assert 0 == done.returncode, done.stdout[-4000:]
    assert "docker + linux/386" in made.result()["headline"]
    assert 0 == made.run("push", *words).returncode
    told = json.loads((tmp_path / f".twinrail/artifacts/{name}.image-push.json").read_text(encoding="utf-8"))
    there = opened(registry, name)
    listed = there.manifest(told["reference"].partition("@")[2]).told["manifests"]
    assert ["amd64", "386"] == [each["platform"]["architecture"] for each in listed]
    for platform in PLATFORMS:
        engine("pull", "--quiet", f"--platform={platform}", told["reference"])
        said = engine("image", "inspect", "--format", "{{.Os}}/{{.Architecture}} {{.Config.User}}", told["reference"])
        assert f"{platform} 10001:10001" == said
        engine("image", "rm", told["reference"])
    again = made.run("push", *words)
    assert (0, True) == (again.returncode, "is there already" in again.stdout)
