"""The settings of an environment: `[tool.twinrail.environments.NAME]`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass

from twinrail.project.compose import Compose
from twinrail.project.freeze import FreezeWindows
from twinrail.project.scalars import (
    TABLE,
    Count,
    Duration,
    Flag,
    OrPlain,
    Port,
    Share,
    Size,
    TargetName,
    Text,
    Words,
    as_flag_table,
    as_named_table,
    as_switch,
)
from twinrail.project.strategies import Analysis, Strategy

PORTS = {"test": 8431, "staging": 8432, "production": 8433}
"""Where the three environments answer when the settings do not say."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Performance:
    """What a release must stand in the performance gate: a load by Locust, and thresholds."""

    file: Text = "tests/perf/locustfile.py"
    """The Locust file."""
    users: Count = 10
    """How many users at once."""
    duration: Duration = 10.0
    """How long the load lasts."""
    p95: Duration | None = None
    """The time in which 95 of 100 requests must be answered."""
    errors: Share = 0.01
    """The share of requests that may fail."""
    throughput: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 0.0
    """Requests a second that must be reached."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Approval:
    """Who must agree before a release goes out."""

    approvers: Annotated[int, Field(strict=True, ge=0)] = 1
    """How many people must agree; 0: nobody is asked."""
    expires: Duration | None = None
    """How long an agreement counts; not set: until a newer candidate is agreed to."""
    not_author: Flag = False
    """Whether the author of the commit may not agree."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Environment:
    """A place where a release stops on its way: test, staging, production."""

    target: TargetName = "process"
    """Where the releases run."""
    strategy: Annotated[
        Strategy,
        BeforeValidator(as_named_table),
        OrPlain("string"),
    ] = Strategy()
    """How a new release takes over: a name, or a table with the name and its options."""
    replicas: Count = 1
    """How many instances of the release run."""
    port: Port = 0
    """The port of the environment's address on 127.0.0.1; 0: 8431 for test, 8432 for staging, 8433 for production."""
    start: Duration = 60.0
    """How long an instance may take until it is healthy."""
    drain: Duration = 30.0
    """How long an instance may take to end after it was asked to."""
    keep: Annotated[int, Field(strict=True, ge=2)] = 3
    """How many releases that were live are kept for a way back."""
    freeze: FreezeWindows = ()
    """When nothing new sets out: `Fri 16:00 - Mon 08:00 Europe/Berlin` every week, or
    `2026-12-23 18:00 - 2027-01-02 08:00 Europe/Berlin` once. A way back is always open."""
    analysis: Annotated[
        Analysis | Literal[False] | None,
        BeforeValidator(as_switch),
        OrPlain("boolean"),
    ] = None
    """Whether the new release is held against the old one: true, false, or a table. Not set: true for canary and ab."""
    memory: Size | None = None
    """The memory that an instance may come to hold while it is watched: "512MB"."""
    performance: Performance | None = None
    """The performance gate; none when it is not set."""
    approval: Annotated[
        Approval | None,
        BeforeValidator(as_flag_table),
        OrPlain("boolean"),
    ] = None
    """Whether people must agree first: true, false, or a table. Not set: true for production, false elsewhere."""
    variables: Mapping[Text, str] = Field(default_factory=dict)
    """Environment variables of the service."""
    compose: Compose = Compose()
    """The stack of the targets `compose` and `swarm`."""
    folder: str = ""
    """The folder in which the environment is kept, under its name; empty: `.twinrail/environments`,
    which is gone when a runner checks out again."""
    rehearsal: Flag = False
    """Whether production may be rehearsed on a runner that is gone afterwards: deployed, tested and stopped."""
    secrets: Words = ()
    """Names of variables that the service gets from the environment of whoever deploys; their values stand in no
    file and no log."""
