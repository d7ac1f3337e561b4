"""Runs sessions: one, some, or the pipeline."""

import json
import os
from dataclasses import replace

from rich.console import Console

from twinrail.cli.asking import open_work
from twinrail.cli.words import Words
from twinrail.pipeline.graph import ASIDE, DOWN_SAYS, PIPELINE, bridge, session
from twinrail.pipeline.run import Run
from twinrail.pipeline.structure import Session
from twinrail.pipeline.walk import exit_code, walk
from twinrail.project.decode import Configuration, decode, read_document
from twinrail.project.repository import open_project
from twinrail.report.events import RunEnded, SessionEnded
from twinrail.report.record import as_json, open_record
from twinrail.report.runs import RUN_VARIABLE, new_run
from twinrail.report.screen import Screen, ending
from twinrail.system.called import seen_from_there
from twinrail.system.errors import UsageError
from twinrail.system.guess import did_you_mean


def execute(words: Words) -> int:
    """Runs what the words ask for; the exit code of the run."""
    sessions = _sessions(words)
    if words.tool and (words.verb == "pipeline" or not any(each.tool for each in sessions)):
        raise UsageError(f"{words.verb} has no tool that words after -- could go to: {' '.join(words.tool)}.")
    screen = Screen(Console(highlight=False, soft_wrap=True, stderr=words.json), alone=len(sessions) == 1)
    run = _open(words, screen)
    run.begin(tuple(each.name for each in sessions))
    with screen:
        ended = walk(run, sessions)
    code = exit_code(sessions, ended)
    run.record.tell(RunEnded(exit_code=code, address=_address(run, ended)))
    story = run.record.publish()
    if words.json:
        print(json.dumps(as_json(story)))
    else:
        screen.console.print(ending(screen.story, seen_from_there(run.record.folder.parent / "latest")))
    return code


def _sessions(words: Words) -> tuple[Session, ...]:
    if words.verb == "pipeline":
        return _pipeline(words)
    if words.verb == "down":
        return (Session(name="down", says=DOWN_SAYS),)
    if words.verb == "dev":
        return _dev(words)
    wanted = words.sessions or (words.verb,)
    return tuple(each for each in (*PIPELINE, *ASIDE) if each.name in wanted)


def _dev(words: Words) -> tuple[Session, ...]:
    stack = session("dev")
    if words.action != "up":
        return (stack,)
    # What knows of containers is loaded where it is asked for, and by nobody else.
    from twinrail.deploy.development.image import missing  # noqa: PLC0415
    from twinrail.deploy.development.stack import open_stack  # noqa: PLC0415

    work = open_work(words)
    if "build" not in words.flags and not missing(work, open_stack(work)):
        return (stack,)
    return (session("build"), session("image"), replace(stack, after=("image",)))


def _pipeline(words: Words) -> tuple[Session, ...]:
    sessions = bridge(words.without)
    if not words.until:
        return sessions
    if words.until in words.without:
        raise UsageError(f"The noxfile leaves {words.until} out; --until cannot end there.")
    names = [each.name for each in sessions]
    last = names.index(words.until)
    return tuple(each for number, each in enumerate(sessions) if number <= last or each.always)


def _open(words: Words, screen: Screen) -> Run:
    document = read_document(words.project / "pyproject.toml")
    configuration = decode(document, words.overrides)
    _known(words, configuration)
    project = open_project(words.project, document.data)
    name = os.environ.get(RUN_VARIABLE) or new_run()
    record = open_record(project.state, name, keep=configuration.settings.record.keep)
    screen.joined = (record.folder / "events.jsonl").exists()
    record.listeners.append(screen.hear)
    return Run(
        project=project,
        configuration=configuration,
        record=record,
        echo=screen.say,
        ask=screen.ask,
        environment=words.environment,
        to=words.to,
        end=words.end,
        action=words.action,
        flags=words.flags,
        services=words.services,
        approved=words.approve,
        words=() if words.verb == "pipeline" else words.tool,
        noxfile=words.noxfile,
        own=words.own,
        without=words.without,
        interrupted=screen.interrupted,
    )


def _known(words: Words, configuration: Configuration) -> None:
    environments = configuration.settings.environments
    for name in sorted(words.approve - set(environments)):
        raise UsageError(f'"{name}" is not an environment of this project.{did_you_mean(name, environments)}')


def _address(run: Run, ended: dict[str, SessionEnded]) -> str:
    production = run.configuration.settings.environments.get("production")
    if production is None or "production" not in ended or ended["production"].state != "passed":
        return ""
    # What deploys is loaded already where it was used, and nobody else waits for it.
    from twinrail.deploy.environments import folder_of, port_of  # noqa: PLC0415
    from twinrail.deploy.github import rehearses  # noqa: PLC0415

    if rehearses(production):
        return ""
    port = port_of(folder_of(run.project, "production", production), production)
    return f"http://127.0.0.1:{port}"
