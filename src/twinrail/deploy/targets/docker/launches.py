"""With what the containers of an instance are made beside their image; pure, and fit to be written down.

Where the value of a secret that the settings name stands in a definition, its name is put for it: a password in an
address that the compose file fills in is kept in no file of ours, and comes from whoever deploys when one is started.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from twinrail.system.errors import ProjectError
from twinrail.system.files import digest


@dataclass(frozen=True, kw_only=True)
class Part:
    """A container of an instance.

    Attributes:
        service: its name in the compose file.
        said: what the file says of it.
        environment: its variables.
        networks: what the engine calls the networks on which it stands.
        volumes: what the engine calls its volumes, by the file's names.
        files: where each of its secrets comes from, by its name below /run/secrets: a file's path, `$VARIABLE`, or
            `=NAME` of one that a swarm has.
        configs: where each of its configs comes from, by its path in the container.
    """

    service: str
    said: Mapping[str, Any]
    environment: Mapping[str, str]
    networks: tuple[str, ...]
    volumes: Mapping[str, str]
    files: Mapping[str, str]
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What an instance is started with.

    Attributes:
        parts: its containers; the first one answers requests.
        secrets: the names that stand there for values.
        settings: a digest of all of it, and of a little of each secret.
    """

    parts: tuple[Part, ...]
    secrets: tuple[str, ...]
    settings: str


def make_launch(parts: Sequence[Part], secrets: tuple[str, ...], salt: str) -> Launch:
    """The launch of parts with the secrets that are in the environment of whoever deploys.

    Args:
        parts: its containers, secrets in clear.
        secrets: the names of what is not to be written down.
        salt: what keeps equal secrets of two places apart.
    """
    values = {name: os.environ.get(name, "") for name in secrets}
    hidden = tuple(_changed(part, lambda text: _put_names(text, values)) for part in parts)
    # Of a secret's digest so little that nobody could guess the value from it.
    little = [digest(salt, values[name])[:4] for name in secrets]
    return Launch(parts=hidden, secrets=secrets, settings=digest(repr((hidden, secrets, little)))[:12])


def exposed(launch: Launch) -> list[tuple[str, str, str]]:
    """Where a secret would become an argument or a label, which everybody may read: service, key, secret."""
    return [
        (part.service, key, name)
        for part in launch.parts
        for key, value in part.said.items()
        for name in launch.secrets
        if _mark(name) in texts(value)
    ]


def filled(launch: Launch) -> tuple[Part, ...]:
    """The containers, with the values of the secrets.

    Raises:
        ProjectError: one that stands there is not set where this is deployed from.
    """
    found = "\n".join(texts((part.said, part.environment)) for part in launch.parts)
    if missing := [name for name in launch.secrets if _mark(name) in found and name not in os.environ]:
        raise ProjectError(
            f"{', '.join(missing)} is not in the environment.",
            why="The release was started with it; with nothing in its place it would be another service.",
            todo="Set it where you deploy.",
        )
    return tuple(_changed(part, lambda text: _put_values(text, launch.secrets)) for part in launch.parts)


def read_launch(told: Mapping[str, Any]) -> Launch:
    """The launch that JSON tells."""
    parts = (Part(**{**each, "networks": tuple(each["networks"])}) for each in told["parts"])
    return Launch(parts=tuple(parts), secrets=tuple(told["secrets"]), settings=told["settings"])


def _put_names(text: str, values: Mapping[str, str]) -> str:
    # The longest first: one may be a part of another.
    for name in sorted(values, key=lambda each: -len(values[each])):
        text = text.replace(values[name], _mark(name)) if values[name] else text
    return text


def _put_values(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(_mark(name), os.environ.get(name, ""))
    return text


def _mark(name: str) -> str:
    return f"\0{name}\0"


def _changed(part: Part, change: Callable[[str], str]) -> Part:
    return Part(
        service=part.service,
        said=_deep(part.said, change),
        environment=_deep(part.environment, change),
        networks=part.networks,
        volumes=part.volumes,
        files=part.files,
        configs=part.configs,
    )


def texts(value: Any) -> str:
    """All texts in a value, each on lines of its own."""
    found: list[str] = []
    _deep(value, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return "\n".join(found)


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _deep(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(each, change) for each in value]
    return change(value) if isinstance(value, str) else value
