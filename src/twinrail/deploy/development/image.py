"""The project's own image in a stack: the one that the session `image` made last, by the name that the file says."""

from twinrail.deploy.development.stack import DevStack
from twinrail.deploy.targets.docker.store import image_in
from twinrail.session.images import BuiltImage, newest_image
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ProjectError


def missing(work: Work, stack: DevStack) -> bool:
    """Whether the stack runs the project's image, and none was made yet that could be had.

    Raises:
        ProjectError: there is no compose file, or the image is not what was made.
        SettingsError: the compose file is wrong.
        ToolError: the engine does not answer, or there is no Compose.
    """
    image = newest_image(work)
    if image and image.archive.is_file():
        return False  # whoever asks for it has it; Compose need not be asked whether anybody does
    return bool(_names(stack)) and not (image and _there(stack, image.id))


def provide(work: Work, stack: DevStack) -> BuiltImage | None:
    """The image that was made last is there by the name that the compose file says; None where none is asked for.

    Raises:
        ProjectError: none was made, or it is another one by now.
        ToolError: the engine does not answer.
        MoveFailed: it refuses.
    """
    names = _names(stack)
    if not names:
        return None
    image = newest_image(work)
    if image is None:
        raise ProjectError(
            f"{stack.files[0].name} runs {names[0]}, the image of this project, and none was made.",
            why="See what the session image says above.",
            todo=f"Make it:  {again('image')}",
        )
    if not _there(stack, image.id):
        _load(stack, image)
    for name in names:
        if stack.engine.inspect("image", name).get(name, {}).get("Id") != image.id:
            stack.engine.run("tag", image.id, name)
    return image


def _load(stack: DevStack, image: BuiltImage) -> None:
    if image_in(image.archive) != image.id:
        raise ProjectError(
            f"{image.archive.name} is not the image that was built.", todo=f"Make it again:  {again('image')}"
        )
    stack.engine.run("load", "--quiet", "--input", str(image.archive), data=True)


def _names(stack: DevStack) -> list[str]:
    return sorted({_full(str(each["image"])) for each in stack.services.values() if stack.runs(each)})


def _full(name: str) -> str:
    # An engine knows an image that has no tag as the latest.
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"


def _there(stack: DevStack, image: str) -> bool:
    return image in stack.engine.inspect("image", image)
