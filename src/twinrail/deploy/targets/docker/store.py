"""The releases that stand ready in an environment: each an image that the engine has, named by its content."""

import hashlib
import json
import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinrail.deploy.release import Release
from twinrail.deploy.targets.docker.client_login import client_login
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.system.errors import MoveFailed, TwinrailError
from twinrail.system.files import read_json, write_json
from twinrail.system.registry.login import PASSWORD, USER

_ID = re.compile(r"sha256:[0-9a-f]{64}")
_BY_DIGEST = re.compile(r"[^@\s]+@sha256:[0-9a-f]{64}")
_MARK = "twinrail-release/"
"""How the names begin by which stacks keep the images of their releases."""
_UNKNOWN_THERE = re.compile(
    r"unauthorized|denied|authentication|no basic auth|not found|manifest unknown", re.IGNORECASE
)
"""What an engine says where a registry does not know who asks, or does not show them what they ask for."""


@dataclass(frozen=True)
class Store:
    """The releases of the environment in `folder`, their images in the engine.

    Attributes:
        stack: the name of the stack that runs them.
    """

    folder: Path
    engine: Engine
    stack: str

    def names(self) -> tuple[str, ...]:
        """The names of those that are whole."""
        return tuple(sorted(path.parent.name for path in self._folder.glob("*/release.json")))

    def commit(self, release: str) -> str:
        """The commit that a release was built from, or an empty text."""
        return str(self._told(release).get("commit", ""))

    def image(self, release: str) -> str:
        """What the engine knows the release's image by, which cannot come to mean another.

        Raises:
            MoveFailed: the release was not brought.
        """
        if image := self._told(release).get("image"):
            return str(image)
        raise MoveFailed(f"{release} does not stand ready here.", todo="Deploy it again.")

    def user(self, release: str) -> str:
        """Who the image says runs it; empty where it says nobody."""
        return str(self._told(release).get("user", ""))

    def looks(self, release: str) -> bool:
        """Whether the image says by which command its health is looked at."""
        return bool(self._told(release).get("healthcheck"))

    def bring(self, release: Release) -> None:
        """The engine has the release's image, and it is the one that was built; it counts as there only then.

        Raises:
            MoveFailed: it cannot be pulled or loaded, or is another one.
        """
        found = self._there(release.image)
        if found and release.name in self.names():
            return
        if not found:
            self._fetch(release)
            found = self._there(release.image)
        if not found:
            raise MoveFailed(
                f"The engine does not know {release.image} after it was brought.",
                why="What came is another image, or the engine names images in another way.",
                todo="Build and deploy again, or push the image and deploy that.",
            )
        told = {"version": release.version, "digest": release.digest, "commit": release.commit}
        said = found.get("Config") or {}
        told |= {"image": release.image, "user": str(said.get("User") or "")}
        looks = ((said.get("Healthcheck") or {}).get("Test") or ["NONE"]) != ["NONE"]
        # A name of this stack's own: another one on the same engine may have done with it before.
        self.engine.run("tag", release.image, self._mark(release.name), quiet=True)
        write_json(self._folder / release.name / "release.json", {**told, "healthcheck": looks})

    def prune(self, keep: tuple[str, ...]) -> None:
        """All releases but those named stand ready no longer; their images go where nothing else has need of them."""
        needed = {self._told(name).get("image") for name in keep}
        for name in self.names():
            if name in keep:
                continue
            image = str(self._told(name).get("image"))
            shutil.rmtree(self._folder / name)
            self.engine.ask("image", "rm", self._mark(name))
            if image not in needed and not self._kept_elsewhere(image):
                # Who runs it, or built it a minute ago, keeps it: the engine refuses then.
                self.engine.ask("image", "rm", image)

    def _kept_elsewhere(self, image: str) -> bool:
        return any(name.startswith(_MARK) for name in (self._there(image) or {}).get("RepoTags") or ())

    def _mark(self, release: str) -> str:
        return f"{_MARK}{self.stack}:{re.sub(r'[^A-Za-z0-9_.-]', '-', release)}"

    def _fetch(self, release: Release) -> None:
        if _BY_DIGEST.fullmatch(release.image):
            self._pull(release.image)
        elif _ID.fullmatch(release.image):
            self._load(release)
        else:
            raise MoveFailed(
                f"{release.version} has no image: {release.image or 'nothing'} is neither an id nor a digest.",
                todo="Build it:  nox -s build image",
            )

    def _pull(self, image: str) -> None:
        with client_login(image) as config:
            done = self.engine.ask("pull", "--quiet", image, quiet=False, data=True, config=config)
        if done.returncode and _UNKNOWN_THERE.search(done.stderr):
            raise MoveFailed(
                f"{image} cannot be pulled: {(done.tail.splitlines() or ['docker says nothing'])[-1].rstrip('.')}.",
                why="It is not there, or only for whoever is known to its registry.",
                todo=f"Set {USER} and {PASSWORD}, or:  docker login {image.partition('/')[0]}",
            )
        if done.returncode:
            self.engine.refuse(done)

    def _load(self, release: Release) -> None:
        archive = release.archive
        if archive is None or not archive.is_file():
            raise MoveFailed(
                f"The image of {release.version} is not there: {archive or 'no archive was named'}.",
                why=f"It was not pushed, and the engine does not have {release.image[:19]}….",
                todo="Build it again:  nox -s build image",
            )
        if (found := image_in(archive)) != release.image:
            raise MoveFailed(
                f"{archive.name} is not the image {release.image[:19]}…, but {found[:19] or 'none'}….",
                why="It was built again, or changed, since the deploy began.",
                todo="Build and deploy again.",
            )
        self.engine.run("load", "--quiet", "--input", str(archive), data=True)

    def _there(self, image: str) -> Any:
        return self.engine.inspect("image", image).get(image) if image else None

    def _told(self, release: str) -> dict[str, Any]:
        return read_json(self._folder / release / "release.json") or {}

    @property
    def _folder(self) -> Path:
        return self.folder / "releases"


def image_in(archive: Path) -> str:
    """The id of the image in an archive as `docker save` writes one: the digest of its configuration; else empty."""
    try:
        with tarfile.open(archive) as tar:
            (told,) = json.loads(_content(tar, "manifest.json"))
            return f"sha256:{hashlib.sha256(_content(tar, told['Config'])).hexdigest()}"
    except (tarfile.TarError, OSError, KeyError, ValueError, TypeError, TwinrailError):
        return ""


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise MoveFailed(f"{name} is no file in the archive.")
    return file.read()
