"""docker: an engine and its client, with BuildKit where there is one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from twinrail.quality.images.builders.words import build_words, for_platform
from twinrail.quality.images.interface import Plan
from twinrail.system.command import Command
from twinrail.system.shell import Shell

_WITHOUT_PLUGIN = 23
"""The client's version from which on BuildKit is a plugin of its own, buildx."""


@dataclass(frozen=True)
class Docker:
    """The engine that `docker` speaks to.

    Attributes:
        root: the folder that commands run in.
        version: the engine's version.
        buildkit: whether it builds by BuildKit; the older builder can mount nothing.
    """

    root: Path
    version: str = ""
    buildkit: bool = True
    name: ClassVar[str] = "docker"

    @property
    def title(self) -> str:
        """`docker 20.10.24`."""
        return f"docker {self.version}".strip() + ("" if self.buildkit else " without BuildKit")

    @property
    def fetches(self) -> bool:
        """Whether there is BuildKit."""
        return self.buildkit

    @property
    def secrets(self) -> bool:
        """Whether there is BuildKit."""
        return self.buildkit

    def inspect(self, reference: str) -> Command:
        """`docker image inspect`."""
        return self._docker("image", "inspect", reference)

    def pull(self, reference: str, platform: str = "") -> Command:
        """`docker pull`."""
        return self._docker("pull", "--quiet", *for_platform(platform), reference)

    def build(self, plan: Plan) -> Command:
        """`docker build`."""
        words = ("--progress=plain",) if self.buildkit else ()
        env = {"DOCKER_BUILDKIT": "1" if self.buildkit else "0"}
        secrets = plan.secrets if self.buildkit else {}
        return self._docker("build", *words, *build_words(plan, secrets), str(plan.context), **env)

    def save(self, reference: str, name: str, to: Path) -> Command:  # noqa: ARG002  # it knows its names itself
        """`docker save`."""
        return self._docker("save", "--output", str(to), reference)

    def load(self, archive: Path) -> Command:
        """`docker load`."""
        return self._docker("load", "--quiet", "--input", str(archive))

    def _docker(self, *words: str, **env: str) -> Command:
        return Command(argv=("docker", *words), cwd=self.root, env=env, tool=self.title)


def find_docker(shell: Shell, root: Path) -> Docker | str:
    """Docker, where its engine answers; else what is missing."""
    asked = Command(argv=("docker", "version", "--format", "{{json .}}"), cwd=root)
    done = shell.run(asked, ok=(), quiet=True)
    if done.returncode:
        return f"its engine does not answer: {' '.join(done.tail.split()) or 'no word'}"
    told: Any = json.loads(done.stdout)
    buildx = Command(argv=("docker", "buildx", "version"), cwd=root)
    inside = int(str(told["Client"]["Version"]).partition(".")[0] or 0) < _WITHOUT_PLUGIN
    buildkit = inside or shell.run(buildx, ok=(), quiet=True).returncode == 0
    return Docker(root, version=str(told["Server"]["Version"]).partition("+")[0], buildkit=buildkit)
