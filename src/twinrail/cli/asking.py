"""What a question needs that is asked outside a run: the project, and how an answer is printed."""

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from twinrail.cli.words import Words
from twinrail.project.decode import decode, read_document
from twinrail.project.repository import open_project
from twinrail.report.runs import new_run
from twinrail.session.work import Work
from twinrail.system.shell import Shell

NOTHING_YET = "Nothing was deployed on this machine yet."
"""The answer where no environment stands."""


def open_work(words: Words) -> Work:
    """What a session would be given; nothing is recorded, and no tool is heard.

    Raises:
        ProjectError: there is no project in the folder.
        SettingsError: its settings are wrong.
    """
    document = read_document(words.project / "pyproject.toml")
    configuration = decode(document, words.overrides)
    project = open_project(words.project, document.data)
    return Work(
        session=words.verb,
        project=project,
        settings=configuration.settings,
        shell=Shell(say=_nothing),
        folder=project.state / words.verb,
        run=new_run(),
        tell=_nothing,
        environment=words.environment,
    )


def print_json(told: Any) -> None:
    """An answer for a program."""
    print(json.dumps(told))


def print_lines(lines: list[Text]) -> None:
    """An answer for a person: in colours on a terminal, and never broken but where it is meant to be."""
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line)


def width() -> int:
    """How many characters a line for a person may have."""
    return min(Console().width, 100)


def _nothing(_: object) -> None:
    """Takes no note."""
