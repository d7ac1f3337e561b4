"""The jobs that a run's workflows declare, and their names.

A job's path is its id, behind the ids of those that call its workflow: `twinrail/verify`. act names it otherwise, by
the names of its caller and of its workflow (`twinrail/the pack/verify`), and says nothing of a job that never began.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Job:
    """A declared job; `prefix` is what act's name for it begins with, `calls` whether it calls a workflow."""

    path: str
    prefix: str
    calls: bool

    @property
    def identity(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Jobs:
    """The jobs of one run, in the order of the files."""

    declared: tuple[Job, ...]

    def path(self, identity: str, name: str) -> str:
        """The path of the job that act calls `name`, whose id is `identity`."""
        same = [each for each in self.declared if each.identity == identity]
        fits = [each for each in same if name.startswith(each.prefix)] or same
        return max(fits, key=lambda each: len(each.prefix)).path if fits else name

    def results(self, reported: dict[str, str]) -> dict[str, str]:
        """Each job's result by its path; a job that calls a workflow has the result of what it called."""
        results: dict[str, str] = {}
        for job in reversed(self.declared):
            below = [result for path, result in results.items() if path.startswith(job.path + "/")]
            results[job.path] = reported.get(job.path) or (worst(below) if job.calls and below else "missing")
        return {job.path: results[job.path] for job in self.declared}


def worst(results: list[str]) -> str:
    """One result for several: a failure, else a success, else what they all are."""
    return next((each for each in ("failure", "success", "skipped") if each in results), "missing")


def jobs_of(files: list[Path], event: str, served: Path) -> Jobs:
    """The jobs of the workflows among `files` that an event starts, with those of the workflows that they call."""
    started = [(file, document) for file in files if event in triggers(document := load(file))]
    return Jobs(tuple(job for file, document in started for job in declared(file, document, served)))


def declared(file: Path, document: dict[str, Any], served: Path, above: str = "", caller: str = "") -> Iterator[Job]:
    """The jobs of a workflow, which the job `caller` may have called."""
    prefix = f"{caller}{document.get('name') or file.name}/"
    for identity, job in document["jobs"].items():
        yield Job(above + identity, prefix, "uses" in job)
        if "uses" in job and (callee := called(job["uses"], file, served)):
            yield from declared(callee, load(callee), served, f"{above}{identity}/", f"{job.get('name') or identity}/")


def called(uses: str, file: Path, served: Path) -> Path | None:
    """The file of a called workflow: the pack's, or one beside its caller."""
    name = uses.partition("@")[0].rpartition("/")[2]
    callee = file.parent / name if uses.startswith("./") else served / ".github" / "workflows" / name
    return callee if callee.exists() else None


def triggers(document: dict[str, Any]) -> set[str]:
    """The events that start a workflow."""
    said = document.get("on", {})
    return {said} if isinstance(said, str) else set(said)


def load(file: Path) -> dict[str, Any]:
    """A workflow, with every scalar as the text that stands there: `on` is no boolean."""
    document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return document
