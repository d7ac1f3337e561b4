"""Secrets and configs in a swarm: versions by content, whose names tell nothing of it."""

import json
from pathlib import Path

import pytest

from twinrail.deploy.targets.docker.engine import Engine
from twinrail.deploy.targets.docker.launches import Part
from twinrail.deploy.targets.swarm.objects import Objects, used

DOCKER = """\
#!/usr/bin/env python3
# Keeps secrets and configs in files, and says what it was told.
import json, pathlib, sys
place = pathlib.Path(__file__).parent
kind, verb, *words = sys.argv[1:]
with (place / "told").open("a") as told:
    print(json.dumps(sys.argv[1:]), file=told)
folder = place / kind
folder.mkdir(exist_ok=True)
if verb == "create":
    (folder / words[-2]).write_bytes(sys.stdin.buffer.read())
elif verb == "ls":
    print("\\n".join(path.name for path in folder.iterdir()))
elif verb == "rm":
    for name in words:
        (folder / name).unlink()
else:
    there = [name for name in words if (folder / name).exists()]
    print(json.dumps([{"ID": "1", "Spec": {"Name": name}} for name in there]))
    if len(there) < len(words):
        sys.exit(f"Error: No such {kind}: x")
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """The folder in which a `docker` of our own keeps what it is given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "docker").write_text(DOCKER, encoding="utf-8")
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture
def objects(tmp_path, shell):
    engine = Engine(shell=shell, folder=tmp_path)
    return Objects(engine=engine, folder=tmp_path, stack="shop", marks=lambda: {"twinrail.stack": "shop"})


def part(tmp_path, key="hunter2"):
    (tmp_path / "key").write_text(key, encoding="utf-8")
    files = {"key": str(tmp_path / "key"), "tls": "$TLS_KEY"}
    configs = {"/etc/motto.txt": str(tmp_path / "key")}
    return Part(service="web", said={}, environment={}, networks=(), volumes={}, files=files, configs=configs)


def test_made_once(tmp_path, docker, objects, monkeypatch):
    """What is there is not made again; no argument tells what one holds, and neither does a name."""
    monkeypatch.setenv("TLS_KEY", "pem")
    first = objects.make("secret", part(tmp_path))
    assert first == objects.make("secret", part(tmp_path))
    made = [json.loads(line) for line in (docker / "told").read_text().splitlines() if "create" in line]
    assert [["secret", "create", "--label=twinrail.stack=shop", name, "-"] for name in first.values()] == made
    assert {"hunter2", "pem"} == {(docker / "secret" / name).read_text() for name in first.values()}
    (config,) = objects.make("config", part(tmp_path)).values()
    assert config.startswith("shop--etc-motto-txt-")
    # Another place gives other names to the same.
    (tmp_path / "objects.json").unlink()
    assert not {*first.values()} & {*objects.names("secret", part(tmp_path)).values()}


def test_another_content_is_another_version(tmp_path, docker, objects, monkeypatch):
    """What changed is made beside the older one, which goes when no service has need of it, for a way back neither."""
    monkeypatch.setenv("TLS_KEY", "pem")
    older, version = objects.make("secret", part(tmp_path)), objects.version([part(tmp_path)])
    newer = objects.make("secret", part(tmp_path, "hunter3"))
    assert (older["tls"], True) == (newer["tls"], version != objects.version([part(tmp_path, "hunter3")]))

    def spec(names):
        return {"TaskTemplate": {"ContainerSpec": {"Secrets": [{"SecretName": name} for name in names]}}}

    service = {"Spec": spec(newer.values()), "PreviousSpec": spec(older.values())}
    assert {*older.values(), *newer.values()} == used(service)
    objects.prune([service])
    assert 3 == len(list((docker / "secret").iterdir()))
    objects.prune([{"Spec": spec(newer.values())}])
    assert {*newer.values()} == {path.name for path in Path(docker / "secret").iterdir()}


def test_somebody_elses(docker, objects):
    """What the compose file calls external is taken as it is, and neither made nor removed."""
    theirs = Part(service="web", said={}, environment={}, networks=(), volumes={}, files={"key": "=their-key"})
    assert {"key": "their-key"} == objects.make("secret", theirs)
    assert not (docker / "told").exists()


def test_long_names(objects):
    """A name is no longer than a swarm takes."""
    long = Part(service="web", said={}, environment={}, networks=(), volumes={}, files={"k" * 90: "/dev/null"})
    (name,) = objects.names("secret", long).values()
    assert 64 == len(name)
