"""Other builders than BuildKit: buildah, and docker's older one; Dockerfiles of a project's own; what goes wrong."""

import os
import subprocess
from pathlib import Path

import pytest
from engine import HARDENED
from scales import Scales

PLANTED = "planted-7d1f.invalid"
SLIM = "twinrail-test/base:slim"
LOOK = "import os, scales; print(os.getuid(), scales.GRAMS)"


@pytest.fixture(scope="module")
def scales(tmp_path_factory, engine):
    """The service, its wheel built."""
    made = Scales(tmp_path_factory.mktemp("scales"), env={"DOCKER_HOST": engine.host, "PIP_TRUSTED_HOST": PLANTED})
    made.lay_out()
    return made


@pytest.fixture(scope="module")
def buildah(tmp_path_factory, engine):
    """buildah with a store of its own that has the base: the variables under which it uses that."""
    folder = tmp_path_factory.mktemp("buildah")
    lines = ("[storage]", 'driver = "overlay"', *(f'{name} = "{folder / name}"' for name in ("graphroot", "runroot")))
    (folder / "storage.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # Its isolation by a container of its own asks for more than a container gives.
    env = {"CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"), "BUILDAH_ISOLATION": "chroot", "DOCKER_CONFIG": ""}
    engine("save", "--output", str(folder / "base.tar"), SLIM)

    def run(*words):
        kept = {name: value for name, value in {**os.environ, **env}.items() if value}
        return subprocess.run(["buildah", *words], env=kept, check=True, capture_output=True, text=True).stdout.strip()

    run("tag", run("pull", "--quiet", f"docker-archive:{folder / 'base.tar'}"), f"docker.io/{SLIM}")
    yield env
    run("rm", "--all")
    # Its store leaves itself mounted, and what it looked at.
    for line in reversed(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()):
        if (place := line.split()[1]).startswith(str(folder)):
            subprocess.run(["umount", place], check=True)


def test_buildah(scales, engine, buildah):
    """With no engine at all; what it saved runs in one, with its HEALTHCHECK, and holds nothing of who built it."""
    names = (f"from={SLIM}", f"name={engine.name('buildah')}")
    made = scales.image("builder=buildah", *names, "reproducible=false", **buildah)
    assert made.builder.startswith("buildah ")
    assert PLANTED.encode() not in made.archive.read_bytes()
    engine("load", "--input", str(made.archive))
    assert made.id == engine("image", "inspect", "--format", "{{.Id}}", made.name)
    assert "http.client" in engine("image", "inspect", "--format", "{{.Config.Healthcheck.Test}}", made.name)
    run = ("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", LOOK)
    assert "10001 100" == engine(*run)


def test_docker_without_buildkit(scales, engine, tmp_path):
    """A newer client without its plugin can mount nothing: it is given wheels, and no secret."""
    # A client of that version, which asks the real one for all but its version and its plugin.
    real = subprocess.run(["which", "docker"], check=True, capture_output=True, text=True).stdout.strip()
    client = tmp_path / "docker"
    version = '{"Client": {"Version": "28.2.2"}, "Server": {"Version": "20.10.24"}}'
    client.write_text(
        f"#!/bin/sh\ncase $1 in version) echo '{version}';; buildx) exit 1;; *) exec {real} \"$@\";; esac\n",
        encoding="utf-8",
    )
    client.chmod(0o755)
    names = (f"from={SLIM}", f"name={engine.name('classic')}")
    made = scales.image(*names, "reproducible=false", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "docker 20.10.24 without BuildKit" == made.builder
    assert ("--secret" in made.said, "--network=none" in made.said) == (False, True)
    assert "10001 100" == engine("run", "--rm", *HARDENED, "--entrypoint", "/app/bin/python", made.name, "-c", LOOK)


OWN = """\
FROM docker.io/twinrail-test/base:slim
COPY dist/ /dist/
RUN --mount=type=secret,id=pip-conf,target=/etc/pip.conf grep -q planted /etc/pip.conf
USER 10001
ENTRYPOINT ["python3"]
HEALTHCHECK CMD ["python3", "--version"]
"""


def test_an_own_dockerfile(scales, engine):
    """It gets the commit's files, the wheel and the requirements, and the index configuration as a secret."""
    scales.write("Dockerfile", OWN)
    scales.commit()
    made = scales.image(f"name={engine.name('own')}")
    assert PLANTED.encode() not in made.archive.read_bytes()
    listed = engine("run", "--rm", *HARDENED, made.name, "-c", "import os; print(sorted(os.listdir('/dist')))")
    assert "['requirements.txt', 'scales-0.3.0-py3-none-any.whl']" == listed


def test_what_differs_is_named(scales, engine):
    """A step that writes something new each time is refused, by the file."""
    scales.write("Dockerfile", OWN + "USER root\nRUN cat /proc/sys/kernel/random/uuid >/new\nUSER 10001\n")
    scales.commit()
    done = scales.run("image", "--set", f"image.name={engine.name('own')}", "--set", "image.reproducible=true")
    assert (1, True) == (done.returncode, "/new (its contents)" in scales.result()["headline"])


def test_a_dockerfile_that_fails(scales):
    """It is told at its line, with the last words of its step."""
    scales.write("Dockerfile", OWN + "RUN python3 -c \"raise SystemExit('no glue')\"\n")
    scales.commit()
    assert 1 == scales.run("image").returncode
    finding = scales.result()["findings"][0]
    assert ("Dockerfile", 7, "no glue") == (finding["file"], finding["line"], finding["text"])


@pytest.fixture
def ours(scales):
    """The service without a Dockerfile of its own."""
    (scales.root / "Dockerfile").unlink(missing_ok=True)
    scales.commit()
    return scales


def test_a_base_that_is_not_there(ours):
    """It is named, with what to do."""
    done = ours.run("image", "--set", "image.from=127.0.0.1:9/nobody/has:this")
    assert 5 == done.returncode
    assert "The base 127.0.0.1:9/nobody/has:this is neither here nor to be had." in done.stdout
    assert "[tool.twinrail.image] from" in done.stdout


@pytest.mark.parametrize(("builder", "github", "state"), [("auto", "", "off"), ("auto", "true", "failed"),
                                                          ("docker", "", "failed")])  # fmt: skip
def test_no_engine(ours, tmp_path, builder, github, state):
    """On a laptop the session says so and is off; where one was asked for, or GitHub has one, it fails."""
    for name in ("docker", "git", "sh"):
        found = subprocess.run(["which", name], check=True, capture_output=True, text=True).stdout.strip()
        (tmp_path / name).symlink_to(Path(found).resolve())
    env = {"PATH": str(tmp_path), "DOCKER_HOST": "unix:///nowhere/docker.sock", "GITHUB_ACTIONS": github}
    done = ours.run("image", "--set", f"image.builder={builder}", "--set", f"image.from={SLIM}", **env)
    assert ({"off": 0, "failed": 5}[state], state) == (done.returncode, ours.result()["state"])
    assert "its engine does not answer" in done.stdout


def test_a_full_disk(ours, engine, tmp_path):
    """What cannot be saved is not kept, and the disk is what is told of."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "twinrail-test", tmp_path], check=True)
    try:
        words = ("--set", f"image.name={engine.name('full-disk')}", "--set", f"image.from={SLIM}")
        done = ours.run("image", *words, TMPDIR=str(tmp_path))
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert (5, True) == (done.returncode, "The disk is full" in done.stdout), done.stdout[-3000:]
