"""The shop in a stack of containers: each release an image, on the engine that `source scripts/engine.sh` starts."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from filelock import FileLock
from uv import find_uv_bin

from benchmarks.ground import EPOCH, Ground
from benchmarks.watcher import Watcher, healthy
from twinrail.deploy.release import Release
from twinrail.project.compose import Compose
from twinrail.project.settings import Service
from twinrail.system.errors import ToolError

BASE = "twinrail-test/base:slim"
SERVE = "import shopfront_moods as m; raise SystemExit(m.main())"
DOCKERFILE = f"""\
FROM {BASE}
RUN mkdir /data && chown 10001:10001 /data
ENV PYTHONPATH=/release:/site DATABASE_URL=sqlite:////data/shopfront.db
COPY site /site
COPY release /release
CMD ["python3", "-c", "{SERVE}", "serve", "--host", "0.0.0.0", "--port", "8000"]
"""
STACK = f"""\
version: "3.9"
services:
  web: {{image: shop, working_dir: /data, volumes: ["data:/data"], depends_on: [store]}}
  worker:
    image: shop
    entrypoint: ["python3", "-c"]
    command: ["import signal; signal.sigwait([signal.SIGTERM])"]
  store: {{image: "{BASE}", command: ["python3", "-c", "import time; time.sleep(1e6)"], stop_grace_period: 1s}}
volumes: {{data: {{}}}}
"""
SERVICE = Service(migrate=("python3", "-c", SERVE, "migrate"))


@dataclass(kw_only=True)
class StackGround(Ground):
    """An environment of the target `compose`: web and worker are rolled, the store beside them is left alone."""

    target: ClassVar[str] = "compose"
    text: ClassVar[str] = STACK

    def __post_init__(self) -> None:
        if not os.environ.get("TWINRAIL_TEST_ENGINE"):
            raise ToolError("No engine of our own runs here.", todo="Start one:  source scripts/engine.sh")
        self.kind = replace(self.kind, service=SERVICE, files={**self.kind.files, "compose.yaml": self.text})
        stack = Compose(services=("web", "worker"), project=self.stack)
        self.options = {"target": self.target, "compose": stack, "variables": {}, **self.options}

    @property
    def stack(self) -> str:
        """What the engine calls it."""
        return f"bench-{self.target}-{self.name}"

    def release(self, version: str, mood: Mapping[str, object] | None = None, *, commit: int = 0) -> Release:
        """An image of the shop of that version, from the commit of that number."""
        plain = super().release(version, mood, commit=commit)
        folder = self.root / "images"
        _site(folder / "site", plain.requirements)
        shutil.rmtree(folder / "release", ignore_errors=True)
        with zipfile.ZipFile(plain.wheel) as wheel:
            wheel.extractall(folder / "release")
        (folder / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
        image = docker("build", "--quiet", str(folder), DOCKER_BUILDKIT="1")
        # Named, it is not taken for a leftover of a build.
        docker("tag", image, f"{self.stack}:{version}")
        return replace(plain, image=image, when=EPOCH + 60 * commit)

    @property
    def database(self) -> Path:
        """The shop's database, in its volume."""
        return self._volume(f"{self.stack}_data") / self.kind.database

    def watcher(self) -> Watcher:
        """Who watches it: an instance is asked by way of the proxy, past the weights."""

        def ask(release: str, _: str) -> bool:
            address = self.place.target.address(release, past_weights=True)
            return healthy(urlsplit(address.url).port or 0, address.headers)

        routes = self._volume(f"{self.stack}-proxy") / "routes.yml"
        return Watcher(self.folder / "instances", routes, ask)

    def strays(self) -> list[str]:
        """Containers of releases that no instance has."""
        notes = self.place.target.containers.noted()
        written = {name for each in notes for name in each.containers}
        words = ("--all", "--filter", f"label={self._label}", "--format", "{{.Names}}")
        there = {*docker("ps", *words).split()} - {f"{self.stack}-proxy"}
        return [
            *(f"container {each} is written down nowhere" for each in sorted(there - written)),
            *(f"{each} is written down and not there" for each in sorted(written - there)),
            *self.miscounted(),
        ]

    def miscounted(self) -> list[str]:
        """What is wrong with how many instances of which release are healthy."""
        state = self.place.target.state()
        running, wanted = dict(state.instances), {state.live: self.place.environment.replicas}
        return [f"{running} run, not {wanted}"] if running != wanted else []

    def end(self) -> None:
        """Nothing of it is left in the engine."""
        for label in (self._label, f"com.docker.compose.project={self.stack}"):
            if there := docker("ps", "--all", "--quiet", "--filter", f"label={label}").split():
                docker("rm", "--force", "--volumes", *there)
        docker("volume", "rm", "--force", f"{self.stack}_data", f"{self.stack}-proxy")
        docker("network", "prune", "--force", "--filter", f"label=com.docker.compose.project={self.stack}")
        if images := docker("image", "ls", "--quiet", self.stack).split():
            docker("image", "rm", "--force", *{*images})

    @property
    def _label(self) -> str:
        return f"twinrail.stack={self.stack}"

    @cached_property
    def _mountpoints(self) -> dict[str, Path]:
        return {}

    def _volume(self, name: str) -> Path:
        if name not in self._mountpoints:
            found = docker("volume", "inspect", "--format", "{{.Mountpoint}}", name)
            self._mountpoints[name] = Path(found)
        return self._mountpoints[name]


def docker(*words: str, **variables: str) -> str:
    """What `docker` prints.

    Raises:
        RuntimeError: it fails; with what it says.
    """
    env: dict[str, Any] = {**os.environ, **variables}
    done = subprocess.run(("docker", *words), env=env, capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode:
        raise RuntimeError(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _site(folder: Path, requirements: Path) -> None:
    # What the lock names, installed once for all releases, compiled: the root of an instance is read only.
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            words = ("pip", "install", "--quiet", "--compile-bytecode", "--python-version", "3.11")
            where = ("--target", str(folder), "--require-hashes", "-r", str(requirements))
            subprocess.run((find_uv_bin(), *words, *where), check=True)
