"""What one job on GitHub hands to the next: packages and receipts with their digests, and the record of its run."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from twinrail.deploy.receipt import FOLDER, path_of
from twinrail.pipeline.artifacts import RECEIPTS, artifact
from twinrail.pipeline.graph import JOBS, PIPELINE, session
from twinrail.pipeline.required import Verdict
from twinrail.report.commands import scrub
from twinrail.report.events import CommandRan, Progress, RunEnded, RunStarted, SessionEnded, SessionStarted, State
from twinrail.report.record import Record
from twinrail.report.story import Timed, read_events, write_event
from twinrail.session.artifacts import Artifacts
from twinrail.system.errors import ProjectError
from twinrail.system.files import append_line, sha256

_RECEIPT = "receipt.json"


def take_packages(artifacts: Artifacts, told: str, name: str, incoming: Path) -> None:
    """Takes over what the build made, by the digests that it `told` as its output.

    Raises:
        ProjectError: nothing was told, or a file is not what was made.
    """
    try:
        entries: Any = json.loads(told)
    except ValueError:
        entries = None
    if not isinstance(entries, dict) or not entries:
        raise ProjectError(
            "The job before told no digests of what it built.",
            why="Its output `artifacts` is empty; the runner drops an output that holds the value of a secret.",
            todo="Rename the secret's value out of the package's name, or run all jobs again.",
        )
    source = incoming / artifact(name, "build")
    # The action that fetches lays a single artifact flat.
    artifacts.take_over(entries, source if source.is_dir() else incoming)


def take_receipts(state: Path, digests: Iterable[str], incoming: Path) -> None:
    """Takes over the receipts of the environments before, and no others: what lay here is gone.

    Raises:
        ProjectError: one is not the one whose digest a job before has told.
    """
    shutil.rmtree(state / FOLDER, ignore_errors=True)
    known = set(digests)
    for path in sorted(incoming.rglob(_RECEIPT)):
        environment = str(json.loads(path.read_text(encoding="utf-8"))["environment"]) if sha256(path) in known else ""
        if environment not in RECEIPTS.values():
            raise ProjectError(
                f"The receipt in {path.parent.name} is not the one that its job gave.",
                why="Its digest is none of those that the jobs before told.",
                todo="Run all jobs again, so that what was found there is known.",
            )
        path_of(state, environment).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, path_of(state, environment))


def hand_on(artifacts: Artifacts, state: Path, sessions: tuple[str, ...], to: Path) -> dict[str, str]:
    """Lays what the sessions made below `to`; what later jobs are told of it, as outputs."""
    to.mkdir(parents=True, exist_ok=True)
    kinds = {kind: name for name in sessions for kind in session(name).makes}
    outputs: dict[str, str] = {}
    if made := artifacts.hand_over([kind for kind in kinds if kind != "receipt"], to):
        outputs["artifacts"] = json.dumps(made, separators=(",", ":"))
        outputs["version"] = next(iter(made.values()))["version"]
    environment = RECEIPTS.get(kinds.get("receipt", ""), "")
    if environment and (receipt := path_of(state, environment)).is_file():
        shutil.copyfile(receipt, to / _RECEIPT)
        outputs["receipt"] = sha256(receipt)
        outputs["release"] = json.loads(receipt.read_text(encoding="utf-8"))["release"]
    return outputs


def lay_record(folder: Path, to: Path, secrets: tuple[str, ...]) -> Record:
    """Copies a run record to `to`, without any secret: what a step says the runner masks, and files it does not."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        copy = to / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            # What is no text (a database of coverage) is no place where a person would look for it either.
            continue
        copy.write_text(_events(text, secrets) if copy == to / _EVENTS else scrub(text, secrets), encoding="utf-8")
    laid = Record(to)
    # Pages escape what they show, each in its way: they are made anew, from events without secrets.
    laid.publish()
    return laid


def _events(text: str, secrets: tuple[str, ...]) -> str:
    # A secret may be a common word, a user's name for example: the form of an event must not suffer.
    told = [json.loads(line) for line in text.splitlines() if _is_json(line)]
    return "".join(f"{json.dumps(_without(each, secrets), ensure_ascii=False)}\n" for each in told)


def _without(value: Any, secrets: tuple[str, ...]) -> Any:
    match value:
        case str():
            return scrub(value, secrets)
        case list():
            return [_without(each, secrets) for each in value]
        case dict():
            return {name: each if name in _OURS else _without(each, secrets) for name, each in value.items()}
    return value


def gather(record: Record, incoming: Path, verdict: Verdict) -> None:
    """Puts the records of all jobs into one, in the order of time, and what became of those that left none."""
    told = sorted(_told(incoming), key=lambda timed: timed.time)
    first = next((each for each in told if isinstance(each.event, RunStarted)), None)
    for each in [*_in_order(first), *told]:
        if not isinstance(each.event, RunEnded) or each.event.address:
            append_line(record.folder / "events.jsonl", write_event(each.time, each.event))
    for log in incoming.rglob("logs/*.log"):
        shutil.copyfile(log, record.folder / "logs" / log.name)
    known = record.story().sessions
    for name, (state, why) in _untold(verdict.jobs).items():
        if name not in known or known[name].ended is None:
            record.tell(SessionEnded(session=name, state=state, seconds=0.0, headline=why, exit_code=_code(state)))


def _told(incoming: Path) -> Iterator[Timed]:
    for path in incoming.rglob("events.jsonl"):
        # What ran on another Python is a session of its own here, and neither the first word nor the last.
        python = path.parent.name.rpartition("-py")[2] if "-py" in path.parent.name else ""
        for each in read_events(path.read_text(encoding="utf-8").splitlines()):
            if not python:
                yield each
            elif isinstance(each.event, SessionStarted | SessionEnded | CommandRan | Progress):
                yield Timed(each.time, replace(each.event, session=f"{each.event.session} {python}"))


def _in_order(first: Timed | None) -> list[Timed]:
    # Which job began first is chance: the sessions stand in the order of the pipeline.
    if first is None or not isinstance(first.event, RunStarted):
        return []
    return [Timed(first.time, replace(first.event, sessions=tuple(each.name for each in PIPELINE)))]


def _untold(jobs: Mapping[str, tuple[State, str]]) -> dict[str, tuple[State, str]]:
    ends = {job.name: jobs[job.name] for job in JOBS if job.name in jobs and job.name != "platforms"}
    return {name: ends[job.name] for job in JOBS if job.name in ends for name in job.sessions}


def _code(state: State) -> int:
    return {"failed": 1, "interrupted": 130, "waiting": 75}.get(state, 0)
