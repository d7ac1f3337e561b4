"""A project whose image was built, and its push: as many images as wanted, none of them built here."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from twinrail.quality.images.dating import date_archive
from twinrail.session.artifacts import Artifacts

PYPROJECT = (
    '[build-system]\nrequires = []\n[project]\nname = "shopfront"\nversion = "1.4.0"\nrequires-python = ">=3.11"\n'
)


@dataclass
class Shipped:
    """The project in a folder; `env` are variables of all that it runs."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def lay_out(self, settings: str = "") -> str:
        """Writes it and commits it; the commit."""
        for name, text in {"pyproject.toml": PYPROJECT + settings, ".gitignore": ".twinrail/\n"}.items():
            (self.root / name).write_text(text, encoding="utf-8")
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", "Change")
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        """git, as nobody in particular."""
        who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def built(self, saved: Path, name: str) -> str:
        """Notes what an engine saved as the image of the commit, as the session `image` does; its id."""
        archive = self.root / ".twinrail" / "images" / "shopfront.tar"
        archive.parent.mkdir(parents=True, exist_ok=True)
        dated = date_archive(saved, archive, name=f"{name}:1.4.0", when=1_700_000_000)
        commit = self.git("rev-parse", "HEAD")
        told = {"name": f"{name}:1.4.0", "id": dated.id, "layers": dated.layers, "base": "", "builder": "docker",
                "size": dated.size, "version": "1.4.0", "commit": commit}  # fmt: skip
        path = self.root / ".twinrail" / "artifacts" / "shopfront.image.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told), encoding="utf-8")
        Artifacts(self.root).put("image", path, version="1.4.0", commit=commit)
        return dated.id

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A session, ended."""
        dropped = {"TWINRAIL_RUN", "NOXSESSION"}
        given = {**os.environ, "GITHUB_ACTIONS": "", **self.env, **env}
        kept = {name: value for name, value in given.items() if name not in dropped}
        command = [sys.executable, "-m", "twinrail", *words]
        return subprocess.run(command, cwd=self.root, env=kept, capture_output=True, text=True, check=False)

    def push(self, registry: str, **env: str) -> subprocess.CompletedProcess[str]:
        """The session `push` to a registry, ended."""
        return self.run("push", "--set", f"image.registry={registry}", **env)

    @property
    def reference(self) -> str:
        """Where the image was pushed to."""
        told = (self.root / ".twinrail" / "artifacts" / "shopfront.image-push.json").read_text(encoding="utf-8")
        return str(json.loads(told)["reference"])

    def kept(self) -> bytes:
        """All that it has written down: records, logs, reports, artifacts."""
        return b"".join(each.read_bytes() for each in (self.root / ".twinrail").rglob("*") if each.is_file())


def digest_of(text: bytes) -> str:
    """`sha256:…`."""
    return f"sha256:{hashlib.sha256(text).hexdigest()}"
