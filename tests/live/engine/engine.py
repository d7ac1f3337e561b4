"""Docker, as scripts/engine.sh started it: asked by its own client, one worker of the tests beside another."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HARDENED = (
    "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none", "--user=10001:10001"
)  # fmt: skip
"""How a container runs that may do nothing but think."""


@dataclass(frozen=True)
class Login:
    """Who a registry knows."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Registry:
    """Where images are pushed to: its address, and who may; anybody where nobody is named."""

    address: str
    login: Login | None = None


@dataclass(frozen=True)
class Engine:
    """The engine at an address; what is named by `name` belongs to one worker of the tests alone."""

    host: str
    worker: str

    def __call__(self, *words: str, said: str = "", config: Path | None = None) -> str:
        """What `docker` prints; fails where it does, with what it says."""
        done = self.tried(*words, said=said, config=config)
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    def tried(self, *words: str, said: str = "", config: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`docker`, ended as it may; `said` is its standard input, `config` the folder of its logins."""
        # Debian's client builds by the old builder where it is not told.
        usual = {"DOCKER_BUILDKIT": "1"}
        own = {"DOCKER_HOST": self.host} | ({"DOCKER_CONFIG": str(config)} if config else {})
        env = usual | os.environ | own
        return subprocess.run(["docker", *words], env=env, input=said, capture_output=True, text=True, check=False)

    def name(self, word: str) -> str:
        """A name for a container, a network or an image that no other worker gives."""
        return f"twinrail-{self.worker}-{word}"
