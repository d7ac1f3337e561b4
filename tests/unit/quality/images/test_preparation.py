"""From the settings to what a builder is given, by a builder that has no engine."""

import os
import shutil
import zipfile
from dataclasses import replace

import pytest
from paper import BASE, DIGEST, ID, Paper

from twinrail.project.images import Image as Table
from twinrail.project.repository import Commit, open_project
from twinrail.project.settings import Service, Settings
from twinrail.quality.image import image
from twinrail.quality.images import context
from twinrail.quality.images.annotations import labels
from twinrail.quality.images.building import Building, NoRegistry
from twinrail.quality.images.context import importable
from twinrail.quality.images.inspected import Stored
from twinrail.quality.images.preparation import Inputs, prepare
from twinrail.quality.images.proof import Proof
from twinrail.session.artifacts import Artifact
from twinrail.session.work import Work
from twinrail.system.errors import ProjectError, ToolError
from twinrail.system.shell import Shell

PROJECT = {
    "name": "Shop.Front",
    "version": "1.4.0",
    "description": "A shop.",
    "license": "MIT",
    "scripts": {"shopfront": "shopfront:main"},
}


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "shop_front-1.4.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("shopfront/__init__.py", "shopfront/cli.py", "single.py", "shop_front-1.4.0.dist-info/METADATA"):
            archive.writestr(name, "")
    return Artifact(kind="wheel", path=path, digest="8c1f", version="1.4.0", commit="c0ffee")


@pytest.fixture
def work(tmp_path):
    """What the session works with; `**project` stands in [project]."""

    def make(settings=Settings(), **project):  # noqa: B008
        root = tmp_path / "project"
        root.mkdir(exist_ok=True)
        (root / "requirements.txt").write_text("iniconfig==2.0.0 --hash=sha256:1\n", encoding="utf-8")
        data = {"build-system": {}, "project": {**PROJECT, **project}}
        made = Work(session="image", project=open_project(root, data), settings=settings, run="run-1",
                    shell=Shell(say=lambda _: None), folder=root / "reports", tell=lambda _: None)  # fmt: skip
        made.__dict__["commit"] = Commit(id="c0ffee", when=1795956898)
        return made

    return make


@pytest.fixture
def prepared(tmp_path, wheel, work):
    """What the builder is given under some settings."""

    def make(said=Table(), service=Service(), builder=None, wheel=wheel, **project):  # noqa: B008
        settings = Settings(image=said, service=service)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        building = Building(work(settings, **project), builder or Paper(tmp_path, has={BASE: []}), scratch)
        return prepare(building.work, building, Inputs(settings=said, own="", wheel=wheel))

    return make


def table(**said):
    """The table of the settings, with a base that the builder has."""
    return Table(**{"from": BASE, **said})


FROM = table()


def test_what_a_builder_is_given(prepared, tmp_path):
    """The wheel, the requirements and the Dockerfile, and nothing else of the project; the base by its digest."""
    made = prepared(FROM)
    there = {path.name for path in made.context.folder.iterdir()}
    assert {"Dockerfile", "requirements.txt", "settle.py", "shop_front-1.4.0-py3-none-any.whl"} == there
    assert f"registry.example/python@{DIGEST}" == made.base
    text = made.context.dockerfile.read_text(encoding="utf-8")
    assert text == made.context.kept.read_text(encoding="utf-8")
    assert (f"FROM {made.base} AS build" in text, 'ENTRYPOINT ["shopfront"]' in text) == (True, True)
    assert "import shopfront, single" in text
    assert ("shop-front:1.4.0", "runtime", True) == (made.plan.name, made.plan.target, made.plan.network)
    assert tmp_path / "scratch" / "pip.conf" == made.plan.secrets["pip-conf"]


def test_what_stands_in_the_settings(prepared):
    """Name, user, port and program."""
    said = table(name="house/shop", user=4711, port=8080, base="distroless")
    made = prepared(said, Service(command=("shop", "--host={host}", "--port", "{port}"), health="/alive"))
    text = made.context.dockerfile.read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["shop", "--host=0.0.0.0", "--port", "8080"]' in text
    assert "USER 4711:4711\nEXPOSE 8080\n" in text
    assert "'/alive'" in text
    assert ("house/shop:1.4.0", "house-shop") == (made.plan.name, made.title)
    assert (made.context.folder / "interpreter.py").is_file()


def test_the_key_is_of_what_lies_below_the_wheel(prepared):
    """The base, the lock and the builder are in it; the commit and the version are not."""
    one = prepared(FROM)
    assert {one.key} == {prepared(FROM, version="1.5.0").key}
    assert one.key != prepared(table(user=4711)).key


LOCAL = "localhost/python:3.13"


def test_a_base_without_a_digest_is_known_by_its_id(prepared, tmp_path):
    """Who builds it anew under the same name has another one, and two builds of the one prove nothing of the other."""
    said = table(**{"from": LOCAL})
    first, same, other = (
        prepared(said, builder=Paper(tmp_path, has={LOCAL: []}, id=each)) for each in (ID, ID, f"sha256:{'3' * 64}")
    )
    assert (LOCAL, first.key, True) == (other.base, same.key, first.key != other.key)


@pytest.mark.parametrize(("kind", "name"), [("slim", "_SETTLE"), ("distroless", "_INTERPRETER")])
def test_what_the_pack_runs_in_the_build_is_in_the_key(prepared, tmp_path, monkeypatch, kind, name):
    """Another version of it may make something else of the same lock."""
    before = prepared(table(base=kind)).key
    program = tmp_path / getattr(context, name).name
    program.write_text("print('another')\n", encoding="utf-8")
    monkeypatch.setattr(context, name, program)
    assert before != prepared(table(base=kind)).key


def test_no_program(prepared):
    """Who has several scripts says which one the image runs."""
    with pytest.raises(ProjectError, match=r"What does the image run\? \[project.scripts\] has 2 entries"):
        prepared(FROM, scripts={"a": "a:a", "b": "b:b"})


def test_no_base(prepared, tmp_path):
    """A base that is neither here nor in its registry is named, with what to do."""
    with pytest.raises(ToolError) as caught:
        prepared(FROM, builder=Paper(tmp_path))
    assert f"The base {BASE} is neither here nor to be had." == caught.value.what
    assert f"no such registry as that of {BASE}" == caught.value.why
    assert "from = " in caught.value.todo


def test_a_base_for_another_platform(work, tmp_path):
    """What is here for one platform stands for no other; one that was fetched for it does, in any of its variants."""
    builder = Paper(tmp_path, has={BASE: []})
    building = Building(work(), builder, tmp_path, platform="linux/arm64")
    assert (f"registry.example/python@{DIGEST}", "arm64") == (building.base(BASE), builder.machine)
    builder.machine, builder.silent = "arm64/v8", "nobody is asked"
    assert building.base(BASE)
    with pytest.raises(ToolError, match=r"The base .* for linux/s390x is neither here nor"):
        replace(building, platform="linux/s390x").base(BASE)


def test_a_wheel_for_one_platform(prepared, wheel):
    """It is no wheel for several."""
    several = table(platforms=("linux/amd64", "linux/arm64"))
    assert prepared(several)
    named = wheel.path.rename(wheel.path.with_name("shop_front-1.4.0-cp313-cp313-linux_x86_64.whl"))
    with pytest.raises(ProjectError, match=r"linux_x86_64\.whl is made for one platform, and the image for 2"):
        prepared(several, wheel=replace(wheel, path=named))


UNREACHED = "Get https://registry.example/v2/: dial tcp: lookup registry.example: no such host"
DOCKER = f"""\
#!/bin/sh
case "$1 $2" in
"version "*) echo '{{"Client": {{"Version": "20.10.24"}}, "Server": {{"Version": "20.10.24"}}}}' ;;
"pull "*) echo "{UNREACHED}" >&2; exit 1 ;;
*) exit 1 ;;
esac
"""


def test_nobody_to_ask_for_the_base(prepared, tmp_path):
    """A registry that cannot be reached is told apart from one that does not have the base."""
    with pytest.raises(NoRegistry) as caught:
        prepared(FROM, builder=Paper(tmp_path, silent=UNREACHED))
    assert UNREACHED == caught.value.why


def test_off_the_net(work, wheel, tmp_path, monkeypatch):
    """On a laptop off the net there is no image, and no failure; but there is where a base was named, or on GitHub."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(DOCKER, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    made = work(Settings(image=Table(builder="docker")))
    built = shutil.copy(wheel.path, made.project.root / wheel.path.name)
    made.artifacts.put("wheel", built, version="1.4.0", commit=made.commit.id)
    outcome = image(made)
    assert "off" == outcome.state
    assert "-slim is neither here nor to be had. Get https://registry.example" in outcome.headline
    with pytest.raises(NoRegistry):
        image(work(Settings(image=table(builder="docker"))))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with pytest.raises(NoRegistry):
        image(made)


def test_labels(work, wheel):
    """The annotations of OCI, as far as the project says them."""
    said = {name.rpartition("image.")[2]: value for name, value in labels(work(), wheel, BASE).items()}
    assert {
        "title": "Shop.Front",
        "description": "A shop.",
        "licenses": "MIT",
        "version": "1.4.0",
        "revision": "c0ffee",
        "created": "2026-11-29T12:54:58Z",
        "base.name": BASE,
    } == said
    assert not any("licenses" in name for name in labels(work(license={"file": "LICENSE"}), wheel, ""))


def test_importable(wheel):
    """Packages and modules at the top, and no metadata."""
    assert ("shopfront", "single") == importable(wheel.path)


@pytest.mark.parametrize(
    ("settings", "project", "why"),
    [
        (Settings(), {}, "neither a Dockerfile nor [tool.twinrail.image]"),
        (Settings(image=Table()), {"build-system": None}, "nothing is built: no [build-system] in pyproject.toml"),
    ],
)
def test_off(work, settings, project, why):
    """Where there is nothing to make an image of, the session says so."""
    made = work(settings)
    data = {key: value for key, value in {**made.project.data, **project}.items() if value is not None}
    outcome = image(replace(made, project=replace(made.project, data=data)))
    assert ("off", why) == (outcome.state, outcome.headline)


def test_a_dockerfile_that_is_named_and_not_there(work):
    """It is not passed over."""
    with pytest.raises(ProjectError, match=r"There is no docker/Dockerfile in"):
        image(work(Settings(image=Table(dockerfile="docker/Dockerfile"))))


def test_a_step_that_fails(prepared, work, tmp_path):
    """It is told at its line of the text that is kept, and a full disk by its name."""
    made = prepared(FROM)
    builder = Paper(tmp_path, fails="STEP 3/9: COPY requirements.txt /build/\nno glue")
    building = Building(work(), builder, tmp_path)
    outcome = building.build(made.plan, made.context)
    assert ("reports/Dockerfile", "no glue") == (outcome.findings[0].file, outcome.findings[0].text)
    assert outcome.headline.startswith("the build failed at reports/Dockerfile:")
    builder.fails = "write /app: no space left on device"
    with pytest.raises(ToolError, match="The disk is full"):
        building.build(made.plan, made.context)
    with pytest.raises(ToolError, match="The disk is full"):
        building.save(Stored(id=ID, layers=()), made.plan, tmp_path / "images" / "a.tar")
    builder.fails = "another cause"
    with pytest.raises(ToolError, match="python3 ended with 1"):
        building.save(Stored(id=ID, layers=()), made.plan, tmp_path / "images" / "a.tar")


@pytest.mark.parametrize("loses", [1, 2])
def test_a_layer_that_another_build_took(prepared, work, tmp_path, loses):
    """It is built once more with nothing of before, and not a third time."""
    made = prepared(FROM)
    building = Building(work(), Paper(tmp_path, has={made.plan.unchecked: ["a"]}, loses=loses), tmp_path)
    built = building.build(made.plan, made.context)
    assert ".F" == (tmp_path / "tries").read_text(encoding="utf-8")
    if loses == 1:
        assert ("a",) == built.layers
    else:
        assert "ERROR: layer does not exist" == built.findings[0].text


def test_a_second_build(prepared, work, tmp_path):
    """Nothing is said of the same layers; others are a finding."""
    made = prepared(FROM)
    builder = Paper(tmp_path, has={made.plan.unchecked: ["a", "b"]})
    building = Building(work(), builder, tmp_path)
    assert building.second(Stored(id=ID, layers=("a", "b")), made.plan, made.context) is None
    outcome = building.second(Stored(id=ID, layers=("a",)), made.plan, made.context)
    assert "built twice, with 1 layers and with 2" == outcome.findings[0].text
    builder.fails = "no glue"
    outcome = building.second(Stored(id=ID, layers=("a", "b")), made.plan, made.context)
    assert outcome.headline.startswith("built once and not a second time: the build failed at")


def test_what_was_built_twice_is_remembered(tmp_path):
    """The newest twenty; a file that is broken is forgotten, and an empty key never known."""
    proof = Proof(tmp_path / "proven.json")
    for number in range(25):
        proof.add(f"{number}")
    proof.add("10")
    assert [True, True, False, False] == [key in proof for key in ("24", "10", "4", "")]
    proof.path.write_text("{", encoding="utf-8")
    assert "24" not in proof
    proof.path.write_text('{"24": 1}', encoding="utf-8")
    assert "24" not in proof
