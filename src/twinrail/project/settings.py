"""The settings: `[tool.twinrail]` of `pyproject.toml` as frozen dataclasses.

The docstring under a field is its documentation: the table in the README, the JSON schema and
`twinrail explain` are made from it. Nothing need be set for lint to sbom.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.dataclasses import dataclass

from twinrail.project.scalars import (
    Duration,
    OrPlain,
    Percent,
    Share,
    StrategyName,
    TargetName,
    as_flag_table,
    as_named_table,
)

_TABLE = ConfigDict(
    extra="forbid",
    use_attribute_docstrings=True,
    alias_generator=lambda name: name.replace("_", "-"),
    validate_by_name=False,
    validate_by_alias=True,
)

PORTS = {"test": 8431, "staging": 8432, "production": 8433}
"""Where the three environments answer when the settings do not say."""

Count = Annotated[int, Field(strict=True, ge=1)]
Port = Annotated[int, Field(strict=True, ge=0, le=65535)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(strict=True, min_length=1)]
Words = tuple[Text, ...]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9-]*$")]
Route = Annotated[str, StringConstraints(strict=True, pattern=r"^/")]


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Lint:
    """What the session `lint` looks at."""

    paths: Words = (".",)
    """Files and folders for ruff."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Types:
    """What the session `types` looks at."""

    paths: Words = ()
    """Files and folders for mypy; empty: what `[tool.mypy] files` says, else the packages."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Test:
    """What the session `test` runs, and how much of the code it must reach."""

    paths: Words = ()
    """Folders of tests; empty: `tests/unit`, else `tests` without the folders of later sessions."""
    coverage: Percent = 0.0
    """Branch coverage of the packages that the tests must reach, in percent."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Security:
    """What the session `security` asks, and how it takes no answer."""

    advisories: str = ""
    """An export of advisories in OSV form to audit against off the net: a folder, a zip, or JSON lines, plain or
    gzipped; empty: the public service."""
    ignore: Words = ()
    """Advisories that are accepted, by any of their names."""
    unknown: Literal["fail-on-github", "fail", "warn"] = "fail-on-github"
    """What it means when the advisory service does not answer."""
    secrets: Flag = True
    """Whether to look for secrets in the files that git knows."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Build:
    """How the session `build` makes the wheel and the sdist."""

    reproducible: Flag = True
    """Whether to build twice and refuse two results that differ."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Service:
    """The service that a release runs."""

    command: Words = ()
    """The program and its arguments; {host} and {port} are filled in. Empty: the only entry of `[project.scripts]`,
    given HOST and PORT in its environment."""
    extras: Words = ()
    """The project's extras that it runs with, where the lock tells them apart."""
    migrate: Words = ()
    """The program that brings the database up to the release, run before it starts; empty: none."""
    health: Route = "/healthz"
    """The route that answers 200 as soon as the process is up."""
    ready: Route = "/readyz"
    """The route that answers 200 when the service can do its work."""
    latency: Duration | None = None
    """The time in which the route `ready` must answer, asked of each started release before it gets traffic."""
    version: str = "/version"
    """The route whose answer names the release's version; empty: there is none."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Suites:
    """How the suites that question a running release find it."""

    address_variable: Text = "BASE_URL"
    """The environment variable that tells the e2e and smoke tests the address."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
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


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Approval:
    """Who must agree before a release goes out."""

    approvers: Annotated[int, Field(strict=True, ge=0)] = 1
    """How many people must agree; 0: nobody is asked."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Strategy:
    """How the new release takes over from the old one."""

    name: StrategyName = "rolling"
    """The strategy."""
    surge: Count = 1
    """How many replicas may run beyond the wanted number while it rolls."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
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
    secrets: Words = ()
    """Names of variables that the service gets from the environment of whoever deploys; their values stand in no
    file and no log."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Notify:
    """Who is told how a run ended."""

    webhook: Text = "TWINRAIL_WEBHOOK"
    """The environment variable that holds the address of a webhook; it gets the result as JSON."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Record:
    """What is kept of the runs."""

    keep: Count = 30
    """How many runs are kept in `.twinrail/runs`."""


@dataclass(frozen=True, kw_only=True, config=_TABLE)
class Settings:
    """All settings, in the order in which a pipeline lives through them."""

    lint: Lint = Lint()
    types: Types = Types()
    test: Test = Test()
    security: Security = Security()
    build: Build = Build()
    service: Service = Service()
    suites: Suites = Suites()
    environments: Mapping[Name, Environment] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """The environments by name; `test` serves the e2e tests, `staging` the gates, `production` the world."""
    notify: Notify = Notify()
    record: Record = Record()
