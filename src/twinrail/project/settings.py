"""The settings: `[tool.twinrail]` of `pyproject.toml` as frozen dataclasses.

The docstring under a field is its documentation: the table in the README, the JSON schema and
`twinrail explain` are made from it. Nothing need be set for lint to sbom.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from twinrail.project.development import Dev
from twinrail.project.environments import Environment
from twinrail.project.images import Image
from twinrail.project.scalars import TABLE, Count, Duration, Flag, Name, Percent, Pythons, Route, Routes, Text, Words


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Lint:
    """What the session `lint` looks at."""

    paths: Words = (".",)
    """Files and folders for ruff."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Types:
    """What the session `types` looks at."""

    paths: Words = ()
    """Files and folders for mypy; empty: what `[tool.mypy] files` says, else the packages."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Test:
    """What the session `test` runs, and how much of the code it must reach."""

    paths: Words = ()
    """Folders of tests; empty: `tests/unit`, else `tests` without the folders of later sessions."""
    coverage: Percent = 0.0
    """Branch coverage of the packages that the tests must reach, in percent."""
    pythons: Pythons = ()
    """The Pythons that the job `platforms` tests on besides; empty: those of the classifiers."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
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


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Workflows:
    """What the session `workflows` looks at."""

    paths: Words = ()
    """Files, folders or patterns of workflows and actions; empty: those where GitHub looks, and `actions/*`."""
    repository: str = ""
    """This repository on GitHub, `OWNER/NAME`: what refers to it by that name is checked against the files here."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Build:
    """How the session `build` makes the wheel and the sdist."""

    reproducible: Flag = True
    """Whether to build twice and refuse two results that differ."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Service:
    """The service that a release runs."""

    command: Words = ()
    """The program and its arguments; {host} and {port} are filled in. Empty: the only entry of `[project.scripts]`,
    given HOST and PORT in its environment."""
    extras: Words = ()
    """The project's extras that it runs with, where the lock tells them apart."""
    migrate: Words = ()
    """The program that brings the database up to the release, run before it starts; the release before must still
    run with what it leaves. Empty: none."""
    contract: Words = ()
    """The program that removes from the database what only earlier releases need, run when this one serves alone: no
    way leads back across it. Named in a later release than the one that migrated; empty: none."""
    health: Route = "/healthz"
    """The route that answers 200 as soon as the process is up."""
    ready: Route = "/readyz"
    """The route that answers 200 when the service can do its work."""
    latency: Duration | None = None
    """The time in which the route `ready` must answer, asked of each started release before it gets traffic."""
    version: str = "/version"
    """The route whose answer names the release's version; empty: there is none."""
    watch: Routes = ("/",)
    """The routes that are asked as long as a new release is watched; no answer of theirs may be an error."""
    host: str = ""
    """The name under which people reach the service, asked for in the header Host by every check; empty: 127.0.0.1."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Suites:
    """How the suites that question a running release find it."""

    address_variable: Text = "BASE_URL"
    """The environment variable that tells the e2e and smoke tests the address."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Deploy:
    """What sets out for staging and production on GitHub, beside pushes to the default branch and dispatches."""

    on: Words = ()
    """Tags whose push deploys too, as patterns: `v*`."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Notify:
    """Who is told how a run ended."""

    webhook: Text = "TWINRAIL_WEBHOOK"
    """The environment variable that holds the address of a webhook; it gets the result as JSON."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Record:
    """What is kept of the runs."""

    keep: Count = 30
    """How many runs are kept in `.twinrail/runs`."""


@dataclass(frozen=True, kw_only=True, config=TABLE)
class Settings:
    """All settings, in the order in which a pipeline lives through them."""

    lint: Lint = Lint()
    types: Types = Types()
    test: Test = Test()
    security: Security = Security()
    workflows: Workflows = Workflows()
    build: Build = Build()
    image: Image | None = None
    """The image of a release; none is made when there is neither this table nor a Dockerfile."""
    service: Service = Service()
    dev: Dev = Dev()
    suites: Suites = Suites()
    environments: Mapping[Name, Environment] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """The environments by name; `test` serves the e2e tests, `staging` the gates, `production` the world."""
    deploy: Deploy = Deploy()
    notify: Notify = Notify()
    record: Record = Record()
