"""The environments that stand on this machine."""

from collections.abc import Iterator

from twinrail.deploy.deployed import as_deployed
from twinrail.deploy.environments import Place, folder_of, open_place
from twinrail.project.environments import Environment
from twinrail.session.work import Work
from twinrail.system.errors import UsageError
from twinrail.system.guess import did_you_mean


def places(work: Work) -> Iterator[Place]:
    """The environments of the settings, and those that stand on this machine and are no longer in them."""
    for name in _names(work):
        environment = work.settings.environments.get(name, Environment())
        folder = folder_of(work.project, name, environment)
        if folder.is_dir():
            # Whatever the project has become, what runs can be seen and ended: nothing is started here.
            yield open_place(work, name, as_deployed(folder, environment), work.settings.service)


def places_named(work: Work, name: str) -> list[Place]:
    """The environment `name`, nothing where it was never deployed to; all of them where no name is given.

    Raises:
        UsageError: there is no such environment.
    """
    if name and name not in (known := _names(work)):
        raise UsageError(f'"{name}" is not an environment of this project.{did_you_mean(name, known)}')
    return [place for place in places(work) if name in {"", place.name}]


def _names(work: Work) -> tuple[str, ...]:
    folder = folder_of(work.project, "x", Environment()).parent
    there = [path.name for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    return tuple(dict.fromkeys([*work.settings.environments, *there]))
