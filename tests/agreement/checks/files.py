"""The files that are checked, as texts that can be exchanged, and the register of the checks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
READ = (
    ".github/workflows/*.yml",
    "actions/*/action.yml",
    "docs/examples/*.yml",
    "README.md",
    "docs/architecture.md",
)
PYTHON, DEPLOY, SCAN, CI = (f".github/workflows/{name}.yml" for name in ("python", "deploy", "scan", "ci"))
IDENTITY, IMAGE = (f".github/workflows/{name}.yml" for name in ("python-identity", "image"))
NOX, SETUP, PUBLISH = (f"actions/{name}/action.yml" for name in ("nox", "setup", "publish"))
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every scalar a text, and `on` no boolean."""

Document = Mapping[str, Any]
Problems = Iterator[str]


@cache
def parsed(text: str) -> Any:
    """What a text of YAML says; the same object for the same text, which nobody changes."""
    return yaml.load(text, Loader=LOADER)


@dataclass(frozen=True)
class Files:
    """Texts by their path below the repository's top."""

    texts: Mapping[str, str]

    def but(self, name: str, text: str) -> "Files":
        """The same files, one of them with another text."""
        return Files({**self.texts, name: text})

    def yaml(self, name: str) -> Document:
        """What one file says."""
        return parsed(self.texts[name])

    def below(self, *folders: str) -> dict[str, Document]:
        """What the YAML files in some folders say, by their path."""
        return {name: self.yaml(name) for name in self.texts if name.endswith(".yml") and name.startswith(folders)}

    @property
    def workflows(self) -> dict[str, Document]:
        """Our own workflows."""
        return self.below(".github/workflows/")

    @property
    def actions(self) -> dict[str, Document]:
        """Our own actions."""
        return self.below("actions/")

    @property
    def examples(self) -> dict[str, Document]:
        """The callers' files of the docs."""
        return self.below("docs/examples/")

    def jobs(self, *names: str) -> Iterator[tuple[str, str, Document]]:
        """Every job of some workflows (of all and the examples, when none is named): its file, its name, itself."""
        for name in names or (*self.workflows, *self.examples):
            for job, each in self.yaml(name).get("jobs", {}).items():
                yield name, job, each

    def steps(self) -> Iterator[tuple[str, Document]]:
        """Every step of every job and action: where it stands, itself."""
        for name, job, each in self.jobs():
            yield from ((f"{name}: {job}", step) for step in each.get("steps", []))
        for name, action in self.actions.items():
            yield from ((name, step) for step in action["runs"].get("steps", []))


@cache
def real() -> Files:
    """The files as they are."""
    paths = sorted(path for pattern in READ for path in ROOT.glob(pattern))
    return Files({path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths})


CHECKS: dict[str, Callable[[Files], list[str]]] = {}
"""Every check by its name: what is wrong with files, in one sentence each."""


def check(function: Callable[[Files], Problems]) -> Callable[[Files], list[str]]:
    """Registers a check under the name of its function."""

    def found(files: Files) -> list[str]:
        return list(function(files))

    found.__doc__ = function.__doc__
    CHECKS[function.__name__.removeprefix("check_")] = found
    return found


def same(where: str, wanted: Any, found: Any) -> Problems:
    """A problem, when two things that must be equal are not."""
    if wanted != found:
        yield f"{where}: {found!r} is not {wanted!r}"


def nox_step(job: Document) -> Document:
    """The step of a job that runs our action `nox`, or an empty one."""
    return next((step for step in job.get("steps", []) if step.get("uses") == "$/actions/nox"), {})


def matrix_of(job: Document) -> Document:
    """The matrix of a job, or an empty one."""
    return job.get("strategy", {}).get("matrix", {})
