"""Runs sessions: one, some, or the pipeline."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from twinrail.cli.words import Words
from twinrail.deploy.environments import folder_of, port_of
from twinrail.pipeline.graph import Session, bridge, needed
from twinrail.pipeline.run import Run
from twinrail.pipeline.walk import exit_code, walk
from twinrail.project.decode import decode, read_document
from twinrail.project.repository import open_project
from twinrail.report.events import RunEnded, SessionEnded
from twinrail.report.record import RUN_VARIABLE, as_json, new_run, open_record
from twinrail.report.screen import Screen, ending
from twinrail.system.errors import UsageError


def execute(words: Words) -> int:
    """Runs what the words ask for; the exit code of the run."""
    screen = Screen(alone=words.verb not in {"pipeline", "run"}, console=_console(words))
    with _run(words, screen) as run:
        if words.verb == "pipeline":
            code = _walk(run, _pipeline(words), screen)
        elif words.verb == "run":
            chosen = tuple(each for each in bridge() if each.name in words.sessions)
            run.words = words.tool
            code = _walk(run, chosen, screen)
        else:
            code = _one(run, words, screen)
    return code


def _console(words: Words) -> Console:
    return Console(highlight=False, soft_wrap=True, stderr=words.json)


@contextmanager
def _run(words: Words, screen: Screen) -> Iterator[Run]:
    document = read_document(words.project / "pyproject.toml")
    configuration = decode(document, words.overrides)
    project = open_project(words.project, document.data)
    name = os.environ.get(RUN_VARIABLE) or new_run()
    record = open_record(project.state, name, keep=configuration.settings.record.keep)
    record.listeners.append(screen.hear)
    run = Run(
        project=project,
        configuration=configuration,
        record=record,
        echo=screen.say,
        ask=screen.ask,
        approved=words.approve,
        noxfile=words.noxfile,
        own=words.own,
    )
    yield run
    story = record.publish()
    if words.json:
        print(json.dumps(as_json(story)))
    else:
        here = _seen_from_here(record.folder)
        screen.console.print(ending(screen.story, here))


def _seen_from_here(folder: Path) -> str:
    """The folder as it is seen from where the user stands."""
    try:
        return str(folder.parent.relative_to(Path.cwd()) / "latest")
    except ValueError:
        return str(folder)


def _pipeline(words: Words) -> tuple[Session, ...]:
    sessions = bridge(words.without)
    if not words.until:
        return sessions
    if words.until in words.without:
        raise UsageError(f"The noxfile leaves {words.until} out; --until cannot end there.")
    usual = needed([words.until], tuple(each for each in sessions if not each.always))
    return (*usual, *(each for each in sessions if each.always))


def _walk(run: Run, sessions: tuple[Session, ...], screen: Screen) -> int:
    run.begin(tuple(each.name for each in sessions))
    with screen:
        ended = walk(run, sessions)
    code = exit_code(sessions, ended)
    run.record.tell(RunEnded(exit_code=code, address=_address(run, ended)))
    return code


def _one(run: Run, words: Words, screen: Screen) -> int:
    run.begin(())
    with screen:
        try:
            ended = run.session(words.verb, words=words.tool)
        except KeyboardInterrupt:
            run.interrupt()
            raise
    return ended.exit_code


def _address(run: Run, ended: dict[str, SessionEnded]) -> str:
    production = run.configuration.settings.environments.get("production")
    if production is None or "production" not in ended or ended["production"].state != "passed":
        return ""
    port = port_of(folder_of(run.project.state, "production"), production)
    return f"http://127.0.0.1:{port}"
