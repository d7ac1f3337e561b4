"""What a session makes for later ones: files with digests, which every later session checks before it uses them."""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from twinrail.project.repository import STATE
from twinrail.system.called import again
from twinrail.system.digests import place, problems
from twinrail.system.errors import ProjectError
from twinrail.system.files import read_json, sha256, write_json

_MAKERS = {
    "sbom": "sbom",
    "image": "image",
    "image-sbom": "image",
    "image-push": "push",
    "image-provenance": "sign",
    "sarif": "scan",
}
DIST = "dist"
"""Where the wheel and the sdist stand, as everywhere in this trade."""


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A file that a session made.

    Attributes:
        kind: wheel, sdist, sbom, image, image-sbom, image-push,
            image-provenance or sarif.
        path: where it stands.
        digest: the SHA-256 of what was made, 64 hexadecimal digits.
        version: the version that it was built as.
        commit: the commit that it was made from.
    """

    kind: str
    path: Path
    digest: str
    version: str
    commit: str


@dataclass(frozen=True)
class Artifacts:
    """The artifacts of the project at `root`; their digests are kept apart from the files."""

    root: Path

    @property
    def _ledger(self) -> Path:
        return self.root / STATE / "artifacts.json"

    def put(self, kind: str, path: Path, *, version: str, commit: str) -> Artifact:
        """Notes the file at `path` as the newest artifact of its kind."""
        made = Artifact(kind=kind, path=path, digest=sha256(path), version=version, commit=commit)
        self._ledger.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._ledger.with_suffix(".lock")):
            known = read_json(self._ledger) or {}
            place = path.relative_to(self.root).as_posix()
            known[kind] = {"path": place, "digest": made.digest, "version": version, "commit": commit}
            write_json(self._ledger, known)
        return made

    def get(self, kind: str) -> Artifact:
        """The newest artifact of a kind, which is still what was made.

        Raises:
            ProjectError: there is none, or the file is not the one that was made.
        """
        entry = (read_json(self._ledger) or {}).get(kind)
        todo = f"Make it again:  {again(_MAKERS.get(kind, 'build'))}"
        if entry is None:
            raise ProjectError(f"No {kind} was built here.", todo=todo)
        path = self.root / entry["path"]
        if not path.is_file():
            raise ProjectError(f"The {kind} {entry['path']} is gone.", todo=todo)
        if (found := sha256(path)) != entry["digest"]:
            raise ProjectError(
                f"{entry['path']} is not the {kind} that was built.",
                why=f"Its digest is sha256:{found[:12]}…, that of the built one sha256:{entry['digest'][:12]}….",
                todo=todo,
            )
        return Artifact(kind=kind, path=path, digest=entry["digest"], version=entry["version"], commit=entry["commit"])

    def known(self) -> dict[str, Any]:
        """What the newest artifact of each kind is, as a later job is told: path, digest, version and commit."""
        return read_json(self._ledger) or {}

    def hand_over(self, kinds: Collection[str], to: Path) -> dict[str, Any]:
        """Copies the newest artifacts of some kinds below `to`, where `place` says; what a later job is told.

        Raises:
            ProjectError: a file is not what was made.
        """
        found = {kind: entry for kind, entry in self.known().items() if kind in kinds}
        for kind, entry in found.items():
            copy = to / place(entry["path"])
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.get(kind).path, copy)
        return found

    def take_over(self, told: Mapping[str, Any], source: Path) -> None:
        """Takes what an earlier job handed over, from the folder `source`: only what `told` names, by its digest.

        Raises:
            ProjectError: a file is missing, or is not what was made there.
        """
        if wrong := problems(told, source):
            raise ProjectError(
                "\n  ".join(wrong),
                why="It was changed between the jobs, or comes from another run; nothing of it is used.",
                todo="Run all jobs again, so that what is deployed is what was built.",
            )
        for entry in told.values():
            (self.root / entry["path"]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / place(entry["path"]), self.root / entry["path"])
        self._ledger.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._ledger, dict(told))
