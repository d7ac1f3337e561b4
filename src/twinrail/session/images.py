"""The image that was built and the one that was pushed, for those who push it and those who deploy it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from twinrail.session.artifacts import Artifact
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ProjectError
from twinrail.system.files import write_json
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.client import Registry
from twinrail.system.registry.login import find_login
from twinrail.system.registry.reference import Repository


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """What the session `image` made.

    Attributes:
        title: its name, without a tag.
        id: the digest of its configuration, `sha256:…`.
        archive: where it was saved.
        base: what stands below it; empty where the project's own Dockerfile says it.
        builder: what built it.
        version: that of the wheel in it.
        commit: the commit that it was built from.
        platforms: where it was made for some that were named: each, the id and the archive; the first is this one.
    """

    title: str
    id: str
    archive: Path
    base: str
    builder: str
    version: str
    commit: str
    platforms: tuple[tuple[str, str, Path], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PushedImage:
    """What the session `push` brought to a registry.

    Attributes:
        reference: `registry.example/team/shopfront@sha256:…`.
        id: the digest of the image's configuration, `sha256:…`.
        commit: the commit that it was built from.
    """

    reference: str
    id: str
    commit: str


def image_name(work: Work) -> str:
    """What an image of the project is called, without a tag."""
    said = work.settings.image.name if work.settings.image else ""
    return said or canonicalize_name(work.project.name)


def built_image(work: Work) -> BuiltImage | None:
    """The image of this commit; None where none was made.

    Raises:
        ProjectError: it was made from another commit, or what is told of it is not what was.
    """
    image = newest_image(work)
    if image and image.commit != work.commit.id:
        raise ProjectError(
            f"The image was built from {image.commit[:7]}, and the project stands at {work.commit.id[:7]}.",
            todo=f"Build it again:  {again('image')}",
        )
    return image


def newest_image(work: Work) -> BuiltImage | None:
    """The image that was made last, of whatever commit; None where none was made.

    Raises:
        ProjectError: what is told of it is not what was.
    """
    if "image" not in work.artifacts.known():
        return None
    artifact = work.artifacts.get("image")
    told = _told(artifact)
    title, folder = artifact.path.name.removesuffix(".image.json"), work.project.state / "images"
    return BuiltImage(
        title=str(told["name"]).rpartition(":")[0],
        id=str(told["id"]),
        archive=folder / f"{title}.tar",
        base=str(told["base"]),
        builder=str(told["builder"]),
        version=artifact.version,
        commit=artifact.commit,
        platforms=tuple(
            (str(each["platform"]), str(each["id"]), folder / str(each["archive"]))
            for each in told.get("platforms", ())
        ),
    )


def pushed_image(work: Work, image: BuiltImage) -> PushedImage | None:
    """Where an image was pushed to; None where this one was not.

    Raises:
        ProjectError: what is told of it is not what was.
    """
    if "image-push" not in work.artifacts.known():
        return None
    artifact = work.artifacts.get("image-push")
    told = _told(artifact)
    found = PushedImage(reference=str(told["reference"]), id=str(told["id"]), commit=artifact.commit)
    return found if (found.id, found.commit) == (image.id, image.commit) else None


def note_push(work: Work, image: BuiltImage, reference: str, tags: tuple[str, ...]) -> dict[str, str]:
    """Notes that an image was pushed, for whoever deploys it; the file's digest by its name."""
    path = work.project.state / "artifacts" / f"{image.archive.stem}.image-push.json"
    write_json(path, {"reference": reference, "id": image.id, "tags": tags})
    made = work.artifacts.put("image-push", path, version=image.version, commit=image.commit)
    return {path.name: made.digest}


def open_registry(work: Work, repository: Repository) -> Registry:
    """A repository, asked by whoever this machine's variables or its files of logins name.

    Raises:
        RegistryError: the login is set by half, or cannot be read.
    """
    login = find_login(repository.host, os.environ, Path.home(), work.shell)
    return Registry(repository=repository, authority=Authority(repository=repository, login=login))


def _told(artifact: Artifact) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(artifact.path.read_text(encoding="utf-8"))
    return told
