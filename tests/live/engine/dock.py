"""A stack on the engine whose service is tinyweb, and one environment of it."""

import json
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from engine import Engine

sys.path.append(str(Path(__file__).parents[1]))

from tinyweb import MOODS, SOURCE
from town import Town

from twinrail.deploy.release import Release
from twinrail.project.compose import Compose
from twinrail.project.settings import Service

BASE = "twinrail-test/base:slim"
DOCKERFILE = f"""\
FROM {BASE}
ENV PYTHONPATH=/app HOST=0.0.0.0 PORT=8000
RUN mkdir /data && chown 10001:10001 /data
COPY tinyweb.py tinyweb.json /app/
CMD ["python3", "-c", "import tinyweb; tinyweb.main()"]
"""
WORKER = (
    "import signal; print(open('/run/secrets/key').read(), open('/etc/tinyweb/limits').read(), flush=True); "
    "signal.sigwait([signal.SIGTERM])"
)
COMPOSE = f"""\
services:
  web:
    image: tinyweb
    working_dir: /data
    environment:
      STORE: redis://:${{STORE_PASSWORD:-nobody-said}}@store/0
    volumes: ["data:/data"]
    depends_on: [store]
  worker:
    image: tinyweb
    entrypoint: ["python3", "-c"]
    command: ["{WORKER}"]
    secrets: [key]
    configs: [{{source: limits, target: /etc/tinyweb/limits}}]
  store:
    image: {BASE}
    command: ["python3", "-c", "import time; time.sleep(100000)"]
    stop_grace_period: 1s
volumes: {{data: {{}}}}
secrets: {{key: {{file: ./key}}}}
configs: {{limits: {{file: ./limits}}}}
"""
PASSWORD = "hunter-22-2"  # pragma: allowlist secret
MIGRATE = ("python3", "-c", "import tinyweb; tinyweb.migrate()")


def skip_without_compose():
    """Skips where no Compose is installed."""
    if not shutil.which("docker-compose"):
        pytest.skip("docker-compose is not installed: the target compose asks it what a compose file says")


@dataclass(kw_only=True)
class Dock(Town):
    """An environment of a stack; `engine` is where it runs.

    Attributes:
        text: the compose file.
        moods: what each version's mood is beside its name.
    """

    engine: Engine
    target: str = "compose"
    text: str = COMPOSE
    moods: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self):
        self.options = {
            "target": self.target,
            "compose": Compose(services=("web", "worker"), project=self.stack),
            "secrets": ("STORE_PASSWORD",),
            **self.options,
        }
        self.service = Service(migrate=MIGRATE)
        (self.project.root / "key").write_text("k3y", encoding="utf-8")
        (self.project.root / "limits").write_text("ten a day", encoding="utf-8")
        (self.project.root / "compose.yaml").write_text(self.text, encoding="utf-8")

    @cached_property
    def stack(self) -> str:
        return self.engine.name(self.name)

    def release(self, version: str) -> Release:
        """A release of tinyweb as an image, saved; the engine has it no longer."""
        folder = self.project.root / "images" / version
        archive = folder.with_name(f"{version}.tar")
        if not archive.exists():
            folder.mkdir(parents=True, exist_ok=True)
            baked = {"version": version, "mood": {"name": MOODS[version], **self.moods.get(version, {})}}
            (folder / "tinyweb.json").write_text(json.dumps(baked), encoding="utf-8")
            (folder / "tinyweb.py").write_bytes(SOURCE.read_bytes())
            (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
            name = self.engine.name(f"tinyweb:{version}")
            self.engine("build", "--quiet", "--tag", name, str(folder))
            (folder / "id").write_text(self.engine("image", "inspect", "--format", "{{.Id}}", name), encoding="utf-8")
            self.engine("save", "--output", str(archive), name)
            self.engine("image", "rm", name)
        made = (folder / "id").read_text(encoding="utf-8")
        return Release(
            version=version, digest=made[7:], wheel=archive, requirements=archive, commit="c0ffee", image=made,
            archive=archive,
        )  # fmt: skip

    def containers(self, *filters: str) -> list[str]:
        """The names of the stack's containers, by name."""
        words = [word for each in (f"label=twinrail.stack={self.stack}", *filters) for word in ("--filter", each)]
        return sorted(self.engine("ps", *words, "--format", "{{.Names}}").split())

    def clear(self) -> None:
        """Nothing of the stack is left."""
        for label in (f"twinrail.stack={self.stack}", f"com.docker.compose.project={self.stack}"):
            if there := self.engine("ps", "--all", "--quiet", "--filter", f"label={label}").split():
                self.engine("rm", "--force", "--volumes", *there)
        self.engine("volume", "rm", "--force", f"{self.stack}_data", f"{self.stack}-proxy")
        self.engine.tried("network", "rm", f"{self.stack}_default")


def order(dock: Dock, name: str, method: str = "POST") -> int:
    """Places an order, which stands in a file of the volume, or asks for it; the status of the answer."""
    with closing(HTTPConnection("127.0.0.1", dock.place.target.opening.port, timeout=10)) as connection:
        connection.request(method, f"/orders/{name}", headers={"Content-Length": "0"})
        return connection.getresponse().status


def others(dock: Dock) -> str:
    """When the services that are not rolled were made, and when they began to run."""
    said = dock.engine("ps", "--quiet", "--filter", f"label=com.docker.compose.project={dock.stack}").split()
    return dock.engine("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *said)
