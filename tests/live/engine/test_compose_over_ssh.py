"""The target compose on another machine: the same engine, reached through a sshd of our own on loopback."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from dock import Dock, skip_without_compose
from town import make_project

from twinrail.deploy.targets.process.ports import free_port
from twinrail.project.compose import Compose

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
exec {ssh} -F none -i {folder}/me -o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes "$@"
"""


@pytest.fixture
def host(tmp_path, engine, monkeypatch):
    """`ssh://root@127.0.0.1:PORT`, where `docker` speaks with the engine; no other way leads there."""
    if not (sshd := shutil.which("sshd", path="/usr/sbin:/usr/bin")) or os.getuid() != 0:
        pytest.skip("no sshd (openssh-server) that we could start is here")
    for name in ("host", "me"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    port = free_port()
    (tmp_path / "config").write_text(CONFIG.format(port=port, folder=tmp_path, engine=engine.host), encoding="utf-8")
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {(tmp_path / 'host.pub').read_text()}", encoding="utf-8")
    client = tmp_path / "bin" / "ssh"
    client.parent.mkdir()
    client.write_text(CLIENT.format(folder=tmp_path, ssh=shutil.which("ssh")), encoding="utf-8")
    client.chmod(0o755)
    Path("/run/sshd").mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", f"{client.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    with subprocess.Popen([sshd, "-D", "-f", tmp_path / "config", "-E", tmp_path / "log"]) as server:
        while not (tmp_path / "log").exists() or "listening" not in (tmp_path / "log").read_text():
            time.sleep(0.05)
        yield f"ssh://root@127.0.0.1:{port}"
        server.terminate()


def test_deploy_over_ssh(tmp_path, engine, host):
    """A release is brought, started and served there, by nothing but `docker` over ssh."""
    skip_without_compose()
    compose = Compose(services=("web",), project=engine.name("afar"), host=host)
    dock = Dock(project=make_project(tmp_path / "dock"), name="afar", options={"compose": compose}, engine=engine)
    text = (dock.project.root / "compose.yaml").read_text(encoding="utf-8").replace("    depends_on: [store]\n", "")
    alone = text[: text.index("  worker:")] + "volumes: {data: {}}\n"
    (dock.project.root / "compose.yaml").write_text(alone, encoding="utf-8")
    try:
        dock.deploy("1.0")
        assert ({"1.0": 1}, {"1.0": 100.0}, "1.0") == (*dock.serving(), dock.get().body)
        assert 2 == dock.place.target.down()
    finally:
        dock.clear()
