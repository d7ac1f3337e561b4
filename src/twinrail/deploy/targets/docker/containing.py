"""The words that make a container of a part of an instance, and its variables, which no argument shows."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from twinrail.deploy.targets.docker import definition
from twinrail.deploy.targets.docker.definition import Names
from twinrail.deploy.targets.docker.engine import Engine, private_file
from twinrail.deploy.targets.docker.launches import Part
from twinrail.deploy.targets.docker.secret_files import archive_of
from twinrail.system.errors import MoveFailed

_SECRETS = "/run/secrets"


def called(stack: str, what: str) -> str:
    """The name of something of a stack in the engine."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", f"{stack}-{what}")


def options(part: Part, marks: Mapping[str, str], *, user: str) -> list[str]:
    """The options of `docker create`; `user` is who the image says runs it."""
    names = Names(networks={}, volumes=part.volumes)
    words = [f"--label={key}={value}" for key, value in marks.items()]
    words += [f"--network={part.networks[0]}"]
    return words + definition.options(part.said, names, user=user)


def create(engine: Engine, image: str, part: Part, asked: Sequence[str], words: Sequence[str], *, user: str) -> str:
    """A container of a part, with its networks, secrets and configs, which is not started; its id.

    Args:
        engine: where.
        image: what it is made of.
        part: what it is.
        asked: the options of `docker create`.
        words: what it runs.
        user: who the image says runs it.

    Raises:
        MoveFailed: the engine refuses.
        ProjectError: a secret or a config is not there.
    """
    reader = str(definition.hardened(part.said, user=user).get("user") or user)
    held = [(_SECRETS, part.files, reader)] if part.files else []
    held += [(place, files, "") for place, files in _by_folder(part.configs)]
    # Nothing can be put on a root that is read-only, but on a volume.
    places = sorted({f"--volume={place}" for place, _, _ in held})
    with variables(part) as given:
        made = engine.run("create", *asked, *places, *given, image, *words, data=True).strip()
    for network in part.networks[1:]:
        engine.run("network", "connect", network, made)
    for place, files, owner in held:
        with archive_of(files, owner) as archive:
            engine.run("cp", "-", f"{made}:{place}", stdin=archive)
    return made


def _by_folder(configs: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    paths = {path: PurePosixPath(path) for path in configs}
    for place in sorted({str(path.parent) for path in paths.values()}):
        yield place, {path.name: configs[key] for key, path in paths.items() if str(path.parent) == place}


@contextlib.contextmanager
def variables(part: Part) -> Iterator[tuple[str, ...]]:
    """The words that give a container its variables: by a file, so that no value stands in an argument.

    Raises:
        MoveFailed: a value has several lines, which such a file cannot hold.
    """
    if long := [name for name, value in part.environment.items() if "\n" in value]:
        raise MoveFailed(
            f"{', '.join(long)} of {part.service} has several lines, which no file of variables can hold.",
            todo="Give it as a secret of the compose file (a file below /run/secrets).",
        )
    with private_file("".join(f"{name}={value}\n" for name, value in part.environment.items()).encode()) as file:
        yield (f"--env-file={file}",)
