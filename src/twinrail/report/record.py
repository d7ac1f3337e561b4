"""The run record: a folder a run under `.twinrail/runs`, written while the run goes on.

run.json      the result of every session, with commands, readings, artifacts
events.jsonl  what happened, a line each (report/events.py): all else is made from it
summary.md    for a person in a hurry, and for GitHub's job summary
report.html   for a person with time; one file, no network
logs/         what the tools said, a file a session
"""

import contextlib
import dataclasses
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from twinrail.report.events import Event
from twinrail.report.page import page
from twinrail.report.story import Story, read_events, tell_story, write_event
from twinrail.report.summary import summary
from twinrail.system.errors import RecordError
from twinrail.system.files import append_line, write_json, write_whole


@dataclass
class Record:
    """The record of one run.

    Attributes:
        folder: where it stands.
        listeners: who else hears each event: the screen.
    """

    folder: Path
    listeners: list[Callable[[float, Event], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def run(self) -> str:
        """The run's name."""
        return self.folder.name

    def tell(self, event: Event) -> None:
        """Writes an event down, then hands it to the listeners.

        Raises:
            RecordError: it cannot be written.
        """
        with self._lock:
            now = time.time()
            with _on_disk(self.folder):
                append_line(self.folder / "events.jsonl", write_event(now, event))
            for listener in self.listeners:
                listener(now, event)

    def log(self, session: str) -> Path:
        """The file for what a session's tools say."""
        return self.folder / "logs" / f"{session}.log"

    @contextlib.contextmanager
    def writing(self, log: Path) -> Iterator[TextIO]:
        """A log, open to be added to; a line is on the disk as soon as it is said.

        Raises:
            RecordError: it cannot be written.
        """
        with _on_disk(self.folder):
            log.parent.mkdir(parents=True, exist_ok=True)
            file = log.open("a", encoding="utf-8", buffering=1)
        try:
            yield file
        finally:
            with _on_disk(self.folder):
                file.close()

    def story(self) -> Story:
        """What happened so far, in every process of the run."""
        path = self.folder / "events.jsonl"
        if not path.is_file():
            return Story()
        with path.open(encoding="utf-8", errors="replace") as lines:
            return tell_story(read_events(lines))

    def publish(self) -> Story:
        """Writes `run.json`, the summary and the page from the events; what happened so far.

        Raises:
            RecordError: they cannot be written.
        """
        with self._lock, _on_disk(self.folder):
            story = self.story()
            write_json(self.folder / "run.json", as_json(story))
            write_whole(self.folder / "summary.md", summary(story))
            write_whole(self.folder / "report.html", page(story))
        return story


def open_record(state: Path, run: str, *, keep: int = 0) -> Record:
    """The record of `run` in a project's `state` folder; `latest` points to it.

    The oldest runs beyond `keep` are removed; 0 removes none.

    Raises:
        RecordError: it cannot be written.
    """
    runs = state / "runs"
    folder = runs / run
    with _on_disk(folder):
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        # A place where links are not allowed (Windows without the right) has no `latest`.
        with contextlib.suppress(OSError):
            fresh = runs / f".latest.{os.getpid()}"
            fresh.symlink_to(run)
            fresh.replace(runs / "latest")
    others = sorted(each for each in runs.iterdir() if each.is_dir() and not each.is_symlink() and each != folder)
    for each in others[: max(0, len(others) + 1 - keep)] if keep else ():
        shutil.rmtree(each, ignore_errors=True)
    return Record(folder)


def as_json(story: Story) -> dict[str, object]:
    """A run as `run.json` holds it."""
    return {
        "run": story.run and dataclasses.asdict(story.run),
        "state": story.state,
        "exit_code": story.exit_code,
        "began": story.began,
        "seconds": round(story.last - story.began, 3),
        "address": story.end.address if story.end else "",
        "sessions": [
            {
                "name": each.name,
                "state": each.state,
                "began": each.started,
                **(dataclasses.asdict(each.ended) if each.ended else {}),
                "commands": [dataclasses.asdict(command) for command in each.commands],
            }
            for each in story.sessions.values()
        ],
        "gates": [{"time": when, **dataclasses.asdict(gate)} for when, gate in story.gates],
        "rollouts": [{"time": when, **dataclasses.asdict(began)} for when, began in story.rollouts],
        "moves": [{"time": when, **dataclasses.asdict(move)} for when, move in story.moves],
        "observed": [{"time": when, **dataclasses.asdict(seen)} for when, seen in story.observed],
    }


@contextlib.contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordError(
            f"The run record in {folder} cannot be written: {error.strerror}.",
            why="Nothing goes on without a record, because nobody could resume it.",
            todo="Make room or give the right to write there, then run again; what is live was left as it is.",
        ) from error
