"""With what a process is started beside its release."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What an instance is started with beside its release.

    Attributes:
        command: the program and its arguments; {host} and {port} are not filled in.
        variables: its environment variables, by name.
        secrets: the names of further ones whose values come from whoever deploys.
        settings: a digest of all of it, the secrets' values among it.
    """

    command: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    secrets: tuple[str, ...]
    settings: str


def read_launch(told: dict[str, Any]) -> Launch:
    """The launch that JSON tells."""
    return Launch(
        command=tuple(told["command"]),
        variables=tuple((name, value) for name, value in told["variables"]),
        secrets=tuple(told["secrets"]),
        settings=told["settings"],
    )
