"""The image of a release on its way: one digest in every environment, looked up and never built anew."""

from dataclasses import dataclass, field
from typing import ClassVar

from twinrail.deploy.interface import Answer, Open, Shut
from twinrail.deploy.release import Release
from twinrail.session.images import open_registry
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import RegistryError
from twinrail.system.registry.reference import parse_reference


def pushed(release: Release) -> bool:
    """Whether the image of a release is in a registry."""
    return "@" in release.image


@dataclass(frozen=True, kw_only=True)
class ImageGate:
    """The registry still has what was pushed, under this very digest; nothing of it is fetched but its manifest."""

    work: Work = field(repr=False)
    name: ClassVar[str] = "image"

    def ask(self, release: Release) -> Answer:
        """Shut when it is not there, or when the registry does not say."""
        if not pushed(release):
            return Open(note="no image was pushed")
        repository, digest = parse_reference(release.image)
        try:
            if open_registry(self.work, repository).manifest(digest) is None:
                return Shut(note=f"{repository.host} has no {release.image}. Push it again:  {again('push')}")
        except RegistryError as error:
            return Shut(note=f"{error.what} {error.todo}")
        return Open(note=release.image)


def name_image(work: Work, environment: str, release: Release) -> str:
    """Gives the image the name of the environment that it reached, as a tag; what is wrong where that cannot be done.

    The deploy stands without it: what runs is named by its digest.
    """
    if not pushed(release):
        return ""
    repository, digest = parse_reference(release.image)
    try:
        registry = open_registry(work, repository)
        if manifest := registry.manifest(digest):
            held = registry.manifest(environment)
            if held is None or held.digest != digest:
                registry.put(manifest, environment)
            work.progress(f"{repository}:{environment} is {digest}")
    except RegistryError as error:
        return f"the tag {environment} was not set: {error.what}"
    return ""
