"""The settings of the stack for development: `[tool.twinrail.dev]`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from twinrail.project.scalars import TABLE, Duration, Text, Words


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Dev:
    """The stack that the session `dev` runs on this machine."""

    file: str = ""
    """The compose file; empty: the first that is there, as for the target `compose`. What stands beside it as
    `compose.override.yaml` is laid over it, as Compose does by itself; the target `compose` does not read that one."""
    project: Annotated[str, StringConstraints(strict=True, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")] = ""
    """What Compose calls the stack; empty: the project's name with `-dev`."""
    service: Text = "web"
    """The service that answers requests, and in whose container `service.migrate` runs."""
    secrets: Words = ()
    """Names of variables that the compose file fills in. One that is not set gets a value that is made up once for this
    folder and kept in `.twinrail/dev`, for nobody else to read."""
    variables: Mapping[Text, str] = Field(default_factory=dict)
    """Variables that lead to the stack, for the session `integration` as long as it is up, and for `dev -- env`:
    {db:5432} is the address of that port of the service, {DB_PASSWORD} the value of that secret."""
    wait: Duration = 120.0
    """How long the services may take until they are healthy."""
