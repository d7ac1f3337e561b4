"""The job at hand on a runner of GitHub: its project, its secrets, its folders, and nox as it is run there."""

import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from twinrail.cli.inputs import Inputs
from twinrail.pipeline.graph import JOBS, PIPELINE
from twinrail.pipeline.nox import Nox
from twinrail.pipeline.plan import Circumstances, Plan, plan
from twinrail.project.decode import ROOT, Configuration, decode, read_document
from twinrail.project.repository import Project, open_project
from twinrail.report.commands import MOST, annotation
from twinrail.report.events import Finding
from twinrail.report.record import Record, open_record
from twinrail.report.summary import refusal
from twinrail.session.artifacts import Artifacts
from twinrail.system import github
from twinrail.system.errors import PlanRefused, ProjectError

SECRETS = (
    "TWINRAIL_DEPLOY_TOKEN", "TWINRAIL_REGISTRY_USER", "TWINRAIL_REGISTRY_PASSWORD", "TWINRAIL_SIGNING_KEY",
    "TWINRAIL_GITHUB_TOKEN",
)  # fmt: skip
"""Variables in which the workflows pass secrets on, beside those that the settings name."""


@dataclass(kw_only=True)
class Runner:
    """The job at hand.

    Attributes:
        project: the project that it works on.
        configuration: its settings.
        prefix: the project's folder below the repository's top, with a slash at its end, or empty.
        name: the job's name in its workflow.
        secrets: the values of secrets that this job was given.
        place: a folder that is gone after the job.
        records: the records of the runs so far, one a Python.
        told: how many annotations were written.
        trusted: whether code of the project may run: not in a job that signs, and does nothing else.
    """

    project: Project
    configuration: Configuration
    prefix: str
    name: str
    secrets: tuple[str, ...]
    place: Path
    records: list[Record] = field(default_factory=list)
    told: int = 0
    trusted: bool = True

    @property
    def incoming(self) -> Path:
        """Where the artifacts of jobs before lie, a folder each."""
        return self.place / "in"

    @property
    def outgoing(self) -> Path:
        """What becomes this job's artifact."""
        return self.place / "out"

    @property
    def artifacts(self) -> Artifacts:
        """What sessions make for later ones."""
        return Artifacts(self.project.root)

    @cached_property
    def noxfile(self) -> Nox:
        """nox on the project."""
        return Nox(root=self.project.root, prefix=self.prefix, place=self.place, trusted=self.trusted)

    def title(self, given: Inputs) -> str:
        """The job, and which leg of it."""
        return f"{self.name} {given.part}".strip()

    def pythons(self, given: Inputs) -> tuple[str, ...]:
        """What the sessions run on, one after the other; an empty text is the Python that runs the pack."""
        return given.pythons if len(given.pythons) > 1 else ("",)

    def record(self, given: Inputs, python: str = "") -> Record:
        """The record of this run on GitHub, in the part that this job writes."""
        name = f"{given.name}-{github.run_name()}{f'-py{python}' if python else ''}"
        record = open_record(self.project.state, name)
        if record.folder not in [each.folder for each in self.records]:
            self.records.append(record)
        return record

    def nox(self, given: Inputs, python: str) -> int:
        """Runs the sessions that the noxfile offers; the exit code of their class."""
        return self.noxfile.run(given.sessions, self.record(given, python), python, until=given.until)

    def plan(self, given: Inputs) -> Plan | None:
        """What the run is going to do; None in a job other than the first, which plans for all."""
        if not given.until or not set(given.sessions) & set(JOBS[0].sessions):
            return None
        here = Circumstances(
            trigger=github.read_trigger(),
            until=given.until,
            python=(given.pythons or (_running(),))[-1],
            hosted=github.hosted(),
            without=frozenset(each.name for each in PIPELINE) - self.noxfile.offered,
        )
        return plan(self.project, self.configuration.settings, here)

    def tell_plan(self, made: Plan) -> int:
        """Tells what the run is going to do; the exit code: 0, or of a plan that is refused."""
        parts = {"jobs": made.jobs, "left_out": dict(made.left_out), "approvals": made.approvals}
        legs = [dataclasses.asdict(each) for each in made.platforms]
        github.write_output("plan", json.dumps({**parts, "platforms": legs}, separators=(",", ":")))
        for name, why in made.left_out.items():
            print(f"{name:<12} is left out: {why}", flush=True)
        for key, text in made.refused:
            path = (*ROOT, *key.split("."))
            line = next((line for end in range(len(path), 0, -1) if (line := self._line(path[:end]))), 1)
            finding = Finding(file="pyproject.toml", line=line, title=key, text=text)
            print(annotation(finding, "deploy", self.prefix), flush=True)
        if made.refused:
            text = "\n".join(["The settings ask for what cannot be done here:", *map(": ".join, made.refused)])
            github.write_summary(refusal(PlanRefused(text, todo="Nothing was deployed, and nobody is asked.")))
        return PlanRefused.exit_code if made.refused else 0

    def counted(self, lines: Iterable[str]) -> Iterator[str]:
        """As many annotations as GitHub shows, and a word on the others."""
        for line in lines:
            self.told += 1
            if self.told <= MOST:
                yield line
            elif self.told == MOST + 1:
                yield "::notice title=twinrail::There are more findings; all of them are in the run record."

    def _line(self, key: tuple[str, ...]) -> int:
        return self.configuration.source(key[len(ROOT) :]).line if len(key) > len(ROOT) else 0


def open_runner(given: Inputs) -> Runner:
    """The job at hand.

    Raises:
        ProjectError: there is no project in the folder, or it does not support this Python.
        SettingsError: its settings are wrong.
    """
    root = github.workspace().resolve() / given.path
    document = read_document(root / "pyproject.toml")
    configuration = decode(document)
    settings = configuration.settings
    project = open_project(root, document.data)
    _supported(project, given.pythons or (_running(),))
    named = [name for each in settings.environments.values() for name in each.secrets]
    names = dict.fromkeys([*SECRETS, settings.notify.webhook, *named])
    prefix = "" if str(given.path) == "." else f"{given.path}/"
    return Runner(
        project=project,
        configuration=configuration,
        prefix=prefix,
        name=github.job(),
        secrets=tuple(value for name in names if (value := os.environ.get(name, ""))),
        place=github.temporary() / "twinrail",
        trusted=given.sessions != ("sign",),
    )


def _supported(project: Project, pythons: tuple[str, ...]) -> None:
    wanted = str(project.data["project"].get("requires-python") or "")
    try:
        wrong = [each for each in pythons if not SpecifierSet(wanted).contains(f"{each}.999")]
    except InvalidSpecifier:
        todo = 'Write it as a comparison:  requires-python = ">=3.11"'
        raise ProjectError(f"requires-python of {project.name} cannot be read: {wanted!r}.", todo=todo) from None
    if wrong:
        raise ProjectError(
            f"{project.name} does not run on Python {', '.join(wrong)}: requires-python is {wanted}.",
            todo=f'Name one that it runs on, in the caller\'s file:  with: {{python: "{_example(wanted)}"}}',
        )


def _example(wanted: str) -> str:
    return next((f"3.{minor}" for minor in range(15, 10, -1) if SpecifierSet(wanted).contains(f"3.{minor}.999")), "3.X")


def _running() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
