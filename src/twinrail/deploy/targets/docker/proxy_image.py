"""The image of the proxy: one that the settings name, or the Traefik that the pack has locked, and nothing else."""

import io
import platform
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twinrail.deploy.targets.docker.engine import Engine
from twinrail.system.errors import ProjectError
from twinrail.system.files import sha256

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class ProxyImage:
    """The proxy's image in an engine.

    Attributes:
        named: by the settings; empty: by none.
        program: says where the pack's Traefik is.
    """

    engine: Engine
    named: str
    program: Callable[[], Path]

    def ready(self) -> str:
        """What the engine knows it by; it is there afterwards.

        Raises:
            ProjectError: the pack's Traefik does not run on the engine's machine.
            MoveFailed: it cannot be pulled.
        """
        if self.named:
            if self.named not in self.engine.inspect("image", self.named):
                self.engine.run("pull", "--quiet", self.named, data=True)
            return self.named
        self._check_machine()
        program = self.program()
        # By its content: what was imported once is never another one.
        name = f"twinrail-traefik:{sha256(program)[:16]}"
        if name not in self.engine.inspect("image", name):
            self._import(program, name)
        return name

    def _check_machine(self) -> None:
        theirs = self.engine.run("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}", quiet=True).strip()
        ours = f"{sys.platform}/{_MACHINES.get(platform.machine().lower(), platform.machine())}"
        if theirs != ours:
            raise ProjectError(
                f"The pack's Traefik is for {ours}, and the engine runs {theirs}.",
                todo='Name an image of Traefik 3 by digest:  compose = { proxy = "…@sha256:…" }',
            )

    def _import(self, program: Path, name: str) -> None:
        with tempfile.TemporaryDirectory(prefix="twinrail-traefik-") as folder:
            archive = Path(folder) / "traefik.tar"
            with tarfile.open(archive, "w") as tar:
                for made in ("tmp", "routes"):
                    info = tarfile.TarInfo(made)
                    info.type, info.mode = tarfile.DIRTYPE, 0o1777 if made == "tmp" else 0o755
                    tar.addfile(info)
                info = tarfile.TarInfo("traefik")
                content = program.read_bytes()
                info.size, info.mode = len(content), 0o755
                tar.addfile(info, io.BytesIO(content))
            self.engine.run("import", '--change=ENTRYPOINT ["/traefik"]', str(archive), name, data=True)
