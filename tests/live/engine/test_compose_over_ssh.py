"""The target compose on another machine: the same engine, reached through a sshd of our own on loopback."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from dock import PASSWORD, Dock, order, others, skip_without_compose
from town import make_project

from twinrail.deploy.environments import strategy_of
from twinrail.deploy.recovery import rollback
from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.compose import Compose
from twinrail.project.strategies import Strategy

CANARY = Strategy(name="canary", weights=(50,), hold="100ms")

CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/me.pub
PasswordAuthentication no
UsePAM no
StrictModes no
PidFile none
SetEnv DOCKER_HOST={engine}
"""
CLIENT = """\
#!/bin/sh
exec {ssh} -F none -i {folder}/me -o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes \\
  -o ControlMaster=auto -o ControlPath={control}/%C -o ControlPersist=60 "$@"
"""


@pytest.fixture
def host(tmp_path, engine, monkeypatch):
    """`ssh://root@127.0.0.1:PORT`, where `docker` speaks with the engine; no other way leads there."""
    if not (sshd := shutil.which("sshd", path="/usr/sbin:/usr/bin")) or os.getuid() != 0:
        pytest.skip("no sshd (openssh-server) that we could start is here")
    if subprocess.run(["/usr/bin/python3", "-c", "import paramiko"], check=False, capture_output=True).returncode:
        pytest.skip("python3-paramiko is not installed: Debian's docker-compose speaks with another machine by it")
    for name in ("host", "me"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    port = free_port()
    (tmp_path / "config").write_text(CONFIG.format(port=port, folder=tmp_path, engine=engine.host), encoding="utf-8")
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {(tmp_path / 'host.pub').read_text()}", encoding="utf-8")
    client = tmp_path / "bin" / "ssh"
    client.parent.mkdir()
    # The name of a socket is short.
    control = Path(tempfile.mkdtemp(prefix="twinrail-ssh-"))
    client.write_text(CLIENT.format(folder=tmp_path, ssh=shutil.which("ssh"), control=control), encoding="utf-8")
    client.chmod(0o755)
    Path("/run/sshd").mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", f"{client.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    with subprocess.Popen([sshd, "-D", "-f", tmp_path / "config", "-E", tmp_path / "log"]) as server:
        while not (tmp_path / "log").exists() or "listening" not in (tmp_path / "log").read_text():
            time.sleep(0.05)
        yield f"ssh://root@127.0.0.1:{port}"
        subprocess.run([client, "-O", "exit", "-p", str(port), "root@127.0.0.1"], check=False, capture_output=True)
        server.terminate()
    shutil.rmtree(control)


@pytest.fixture
def live(tmp_path, engine, host, monkeypatch):
    """1.0 is live there, with all of its stack; nothing of it is left at the end."""
    skip_without_compose()
    monkeypatch.setenv("STORE_PASSWORD", PASSWORD)
    compose = Compose(services=("web", "worker"), project=engine.name("afar"), host=host)
    made = Dock(project=make_project(tmp_path / "dock"), name="afar", options={"compose": compose}, engine=engine)
    try:
        made.deploy("1.0")
        yield made
    finally:
        made.clear()


def test_deploys_over_ssh(live):
    """Releases are brought, started and served there, by nothing but `docker` over ssh; what was ordered stays."""
    store = others(live)
    assert 201 == order(live, "afar")
    live.deploy("2.0", strategy=strategy_of("canary", CANARY, 0.0))
    assert ({"2.0": 1}, {"2.0": 100.0}, "2.0") == (*live.serving(), live.get().body)
    assert "passed" == rollback(replace(live.work, environment=live.name)).state
    assert ("1.0", store, 200) == (live.get().body, others(live), order(live, "afar", "GET"))
    # Web and worker, the store, and the proxy.
    assert 4 == live.place.target.down()
