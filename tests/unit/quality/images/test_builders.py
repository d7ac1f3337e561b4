"""What builders are told, to the letter; and which of them builds."""

from pathlib import Path

import pytest

import golden_files
from twinrail.quality.images.builders.buildah import Buildah
from twinrail.quality.images.builders.docker import Docker
from twinrail.quality.images.builders.podman import Podman
from twinrail.quality.images.choice import NoBuilder, choose
from twinrail.quality.images.interface import Plan
from twinrail.system.shell import Shell

ROOT = Path("/project")
PLAN = Plan(
    name="shopfront:1.4.0",
    context=Path("/context"),
    dockerfile=Path("/context/Dockerfile"),
    when=1795956898,
    target="runtime",
    labels={"org.opencontainers.image.version": "1.4.0", "org.opencontainers.image.title": "a shop"},
    secrets={"pip-conf": Path("/scratch/pip.conf"), "ca": Path("/etc/ssl/ca.pem")},
)
AGAIN = Plan(name="", context=Path("/context"), dockerfile=Path("/context/Dockerfile"), when=1795956898, network=False,
             fresh=True, fetch=True, stamped=True, arguments={"AGAIN": "second"})  # fmt: skip
ELSEWHERE = Plan(name="shopfront:1.4.0-arm64", context=Path("/context"), dockerfile=Path("/context/Dockerfile"),
                 when=1795956898, platform="linux/arm64")  # fmt: skip
BUILDERS = {
    "docker": Docker(ROOT, version="20.10.24"),
    "docker-classic": Docker(ROOT, version="28.2.2", buildkit=False),
    "buildah": Buildah(ROOT, version="1.28.2"),
    "podman": Podman(ROOT, version="4.3.1"),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_commands(name):
    """Every command of a builder as it can be pasted, under its title."""
    builder = BUILDERS[name]
    said = [
        builder.inspect("docker.io/library/python:3.13-slim"),
        builder.pull("docker.io/library/python:3.13-slim"),
        builder.build(PLAN),
        builder.build(AGAIN),
        builder.pull("docker.io/library/python:3.13-slim", "linux/arm64"),
        builder.build(ELSEWHERE),
        builder.save("sha256:8c1f", PLAN.name, Path("/scratch/saved.tar")),
        builder.load(Path("/project/.twinrail/images/shopfront.tar")),
    ]
    golden_files.check(f"images/{name}.txt", "\n".join([builder.title, *map(str, said)]) + "\n")
    assert {builder.title} == {each.tool for each in said}


def test_only_a_builder_that_can_mount_is_given_secrets():
    """The older builder of docker would have to keep them in a layer."""
    assert {name: each.secrets for name, each in BUILDERS.items()} == {
        "docker": True, "docker-classic": False, "buildah": True, "podman": True,
    }  # fmt: skip
    assert "pip.conf" not in str(BUILDERS["docker-classic"].build(PLAN))


def program(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


ANSWER = """echo '{"Client": {"Version": "%s"}, "Server": {"Version": "20.10.24+dfsg1"}}'"""


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with nothing on it but what a test writes there: `programs("buildah", "echo buildah version 1.28.2")`."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(folder))
    return lambda name, text: program(folder, name, text)


def chosen(wanted, root):
    return choose(wanted, Shell(say=lambda _: None), root).title


def test_the_first_that_answers_builds(programs, tmp_path):
    """docker before buildah before podman; one without an engine is passed over."""
    programs("podman", "echo podman version 4.3.1")
    assert "podman 4.3.1" == chosen("auto", tmp_path)
    programs("buildah", "echo buildah version 1.28.2")
    programs("docker", "echo Cannot connect >&2; exit 1")
    assert "buildah 1.28.2" == chosen("auto", tmp_path)
    programs("docker", ANSWER % "20.10.24")
    assert "docker 20.10.24" == chosen("auto", tmp_path)
    assert "podman 4.3.1" == chosen("podman", tmp_path)


def test_a_newer_client_needs_its_plugin(programs, tmp_path):
    """From version 23 on BuildKit is a plugin of the client; without it the older builder is used."""
    asked = f"""case "$1" in version) {ANSWER % "28.2.2"};; buildx) exit %s;; esac"""
    programs("docker", asked % 1)
    assert "docker 20.10.24 without BuildKit" == chosen("auto", tmp_path)
    programs("docker", asked % 0)
    assert "docker 20.10.24" == chosen("auto", tmp_path)


@pytest.mark.parametrize("wanted", ["auto", "podman"])
def test_no_builder(programs, tmp_path, wanted):
    """What each of them lacks, and what to install."""
    programs("docker", "echo Cannot connect to the Docker daemon. >&2; exit 1")
    with pytest.raises(NoBuilder) as caught:
        chosen(wanted, tmp_path)
    golden_files.check(f"images/no_builder_{wanted}.txt", f"{caught.value}\n")
