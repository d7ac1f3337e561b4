"""The image of a release: what was built of its commit, by the name under which it can be had."""

from dataclasses import dataclass
from pathlib import Path

from twinrail.deploy.release import Release
from twinrail.project.environments import Environment
from twinrail.session.images import built_image, pushed_image
from twinrail.session.work import Work
from twinrail.system.adapters import load


@dataclass(frozen=True, kw_only=True)
class Imaged:
    """The image of a commit.

    Attributes:
        name: by its digest in its registry, by its id where it was not pushed; empty where there is none.
        archive: where it lies when it was not pushed.
        runs: `image` where an environment of the project runs images, else `wheel`.
    """

    name: str = ""
    archive: Path | None = None
    runs: str = "wheel"


def image_of(work: Work) -> Imaged:
    """The image of the commit at hand.

    It runs in all environments or in none: what one of them found out of a release counts in the next.

    Raises:
        ProjectError: one runs and none was built, or one of another commit, or it is not what was built.
    """
    targets = {each.target for each in work.settings.environments.values()}
    runs = "image" if any(load("twinrail.targets", name).runs == "image" for name in targets) else "wheel"
    if runs == "image":
        work.artifacts.get("image")
    elif work.artifacts.known().get("image", {}).get("commit") != work.commit.id:
        return Imaged()
    image = built_image(work)
    if image is None:
        return Imaged(runs=runs)
    pushed = pushed_image(work, image)
    return Imaged(name=pushed.reference if pushed else image.id, archive=None if pushed else image.archive, runs=runs)


def unasked(environment: Environment, release: Release) -> tuple[str, ...]:
    """That an environment runs the wheel of a release that has an image: its tests say nothing of that."""
    if release.image and load("twinrail.targets", environment.target).runs == "wheel":
        return (f"its image was not asked (the target is {environment.target})",)
    return ()
