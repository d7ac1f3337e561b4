"""What a run of act came to, read from what it printed."""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from act_jobs import Jobs

Line = dict[str, Any]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ANNOTATIONS = ("error", "warning", "notice")


@dataclass(frozen=True)
class Annotation:
    """A message on the run's page, by the job that it came from."""

    level: str
    file: str
    line: int | None
    title: str
    message: str
    job: str


@dataclass(frozen=True)
class Use:
    """A use of a stand-in: the action, the id of the job, every input with its value."""

    action: str
    job: str
    inputs: dict[str, str]


@dataclass
class ActRun:
    """A run that has ended; `folder` holds what it left, `venvs` what its jobs installed of the pack.

    `orphans` are processes that it left and that were ended.
    """

    returncode: int
    printed: str = field(repr=False)
    folder: Path
    declared: Jobs = field(repr=False)
    venvs: Path
    seconds: float = 0.0
    orphans: list[str] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[Line]:
        """What act said as JSON, without what it says to its own developers."""
        said = [json.loads(line) for line in self.printed.splitlines() if line.startswith('{"')]
        return [line for line in said if line["level"] != "debug" or "jobResult" in line]

    @cached_property
    def said(self) -> str:
        """What act said outside its JSON: why it could not run at all."""
        return "\n".join(line for line in self.printed.splitlines() if not line.startswith('{"'))

    @cached_property
    def legs(self) -> dict[str, str]:
        """The results of all jobs that act reported, those of a matrix apart: `verify`, `verify (3.12, linux)`."""
        return {self._leg(line): line["jobResult"] for line in self.lines if "jobResult" in line}

    @cached_property
    def jobs(self) -> dict[str, str]:
        """Each declared job: success, failure, skipped, or missing where act never came to it."""
        reported: dict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            if "jobResult" in line:
                reported[self._path(line)].append(line["jobResult"])
        order = ("failure", "success", "skipped")
        return self.declared.results({path: min(found, key=order.index) for path, found in reported.items()})

    @cached_property
    def order(self) -> list[str]:
        """The jobs that ran, legs of a matrix apart, in the order in which they began."""
        return list(dict.fromkeys(self._leg(line) for line in self.lines if line.get("stepid") == ["--setup-job"]))

    @cached_property
    def annotations(self) -> list[Annotation]:
        """Errors, warnings and notices, as they came."""
        return [self._annotation(line) for line in self.commands if line["command"] in ANNOTATIONS]

    @cached_property
    def commands(self) -> list[Line]:
        """The lines in which a step told the runner something."""
        return [line for line in self.lines if "command" in line]

    @cached_property
    def summaries(self) -> dict[str, str]:
        """The text that each job put on the run's page."""
        texts: dict[str, str] = defaultdict(str)
        for line in self.commands:
            # act reads what the last step of a composite wrote once more, for the composite itself.
            if line["command"] == "summary" and tuple(line["stepID"]) not in self._composites:
                texts[self._leg(line)] += line["content"]
        return dict(texts)

    def outputs(self, job: str, step: str) -> dict[str, str]:
        """The outputs of a step by its id, which stands behind those of the composites that it is in: `run/pack`."""
        return {
            line["name"]: line["arg"]
            for line in self._of(job, self.commands)
            if line["command"] == "set-output" and "/".join(line["stepID"]) == step
        }

    def log(self, job: str) -> str:
        """What the steps of a job printed, without colours, and the errors that act adds."""
        printed = "".join(
            line.get("raw") or line["msg"].rstrip("\n") + "\n"
            for line in self._of(job, self.lines)
            if line.get("raw_output") or "raw" in line or (line["level"] == "error" and "command" not in line)
        )
        return COLOURS.sub("", printed)

    @cached_property
    def artifacts(self) -> dict[str, dict[str, bytes]]:
        """Each artifact's files; one that was not archived has its own name for its file."""
        return {path.stem: unpacked(path) for path in sorted(self.folder.glob("artifacts/*/*/*.zip"))}

    @cached_property
    def used(self) -> list[Use]:
        """Every use of a stand-in, as they came."""
        text = (self.folder / "used.jsonl").read_text(encoding="utf-8")
        return [Use(**json.loads(line)) for line in text.splitlines()]

    @cached_property
    def index(self) -> dict[str, bytes]:
        """What was published."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob("index/*"))}

    @cached_property
    def sarif(self) -> dict[str, Any]:
        """What was sent to code scanning, by tool and category."""
        return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in self.folder.glob("sarif/*")}

    def _path(self, line: Line) -> str:
        return self.declared.path(line["jobID"], line["job"].strip())

    def _leg(self, line: Line) -> str:
        values = ", ".join(str(value) for _, value in sorted(line["matrix"].items()))
        return f"{self._path(line)} ({values})" if values else self._path(line)

    def _of(self, job: str, lines: list[Line]) -> Iterator[Line]:
        return (line for line in lines if "jobID" in line and job in {self._path(line), self._leg(line)})

    @cached_property
    def _composites(self) -> set[tuple[str, ...]]:
        return {tuple(line["stepID"][:-1]) for line in self.lines if len(line.get("stepID", ())) > 1}

    def _annotation(self, line: Line) -> Annotation:
        where = {name.lower(): value for name, value in line["kvPairs"].items()}
        number = where.get("line", "")
        return Annotation(
            level=line["command"],
            file=where.get("file", ""),
            line=int(number) if number else None,
            title=where.get("title", ""),
            message=line["arg"],
            job=self._leg(line),
        )


def unpacked(path: Path) -> dict[str, bytes]:
    """The files of an artifact in the folder of act's server."""
    ledger = path.parents[3] / "ledger" / f"{path.stem}.json"
    if not json.loads(ledger.read_text(encoding="utf-8"))["archived"]:
        return {path.stem: path.read_bytes()}
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
