"""The image of a release, where one of the project's environments runs images rather than wheels."""

from pathlib import Path

from twinrail.session.artifacts import Artifact
from twinrail.session.work import Work
from twinrail.system.adapters import load
from twinrail.system.called import again
from twinrail.system.errors import ProjectError
from twinrail.system.files import read_json


def image_of(work: Work) -> tuple[str, Path | None]:
    """What names the image of the commit at hand, and its archive where nothing was pushed; empty where none is run.

    It belongs to the release in all environments, also in one that runs the wheel: what one of them found out of a
    release counts in the next.

    Raises:
        ProjectError: none was built, or one of another commit, or it is not what was built.
    """
    targets = {each.target for each in work.settings.environments.values()}
    if not any(load("twinrail.targets", name).runs == "image" for name in targets):
        return "", None
    made = work.artifacts.get("image")
    told = read_json(made.path) or {}
    _check(work, made)
    if pushed := told.get("reference"):
        return str(pushed), None
    archive = work.project.state / "images" / f"{made.path.name.removesuffix('.image.json')}.tar"
    return str(told["id"]), archive


def _check(work: Work, made: Artifact) -> None:
    if made.commit != work.commit.id:
        raise ProjectError(
            f"{made.path.name} was built from {made.commit[:7]}, and the project stands at {work.commit.id[:7]}.",
            why="What is deployed is one commit: its wheel, its image, its tests.",
            todo=f"Build this one:  {again('build', 'image')}",
        )
