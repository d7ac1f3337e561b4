"""Answers to questions: what is live, what a setting means, the schema."""

import dataclasses
import json

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from twinrail.cli.words import Words
from twinrail.deploy.down import Status
from twinrail.deploy.down import status as status_of
from twinrail.project.decode import decode, read_document
from twinrail.project.explain import about, settings_table
from twinrail.project.repository import open_project
from twinrail.project.settings import Settings
from twinrail.report.record import new_run
from twinrail.session.work import Work
from twinrail.system.shell import Shell


def schema(_: Words) -> int:
    """Prints the JSON schema of `[tool.twinrail]`."""
    print(json.dumps(json_schema(), indent=2))
    return 0


def json_schema() -> dict[str, object]:
    """The JSON schema of `[tool.twinrail]`, draft 2020-12."""
    made = TypeAdapter(Settings).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "[tool.twinrail]", **made}


def explain(words: Words) -> int:
    """Prints what a setting means, what it is here, and where that comes from."""
    path = words.project / "pyproject.toml"
    configuration = decode(read_document(path), words.overrides)
    found = about(configuration, words.key) if words.key else settings_table(configuration)
    if words.json:
        print(json.dumps([dataclasses.asdict(each) for each in found], default=str))
        return 0
    console = Console(highlight=False, soft_wrap=True)
    for each in found:
        console.print(f"{each.key} = {each.value}", style="bold", markup=False)
        console.print(f"    {each.text}", markup=False)
        console.print(f"    {each.kind}; default {each.default}; here from: {each.source}\n", style="dim", markup=False)
    return 0


def status(words: Words) -> int:
    """Prints what is live in each environment of this machine."""
    document = read_document(words.project / "pyproject.toml")
    configuration = decode(document, words.overrides)
    project = open_project(words.project, document.data)
    work = Work(
        session="status",
        project=project,
        settings=configuration.settings,
        shell=Shell(say=_nothing),
        folder=project.state / "status",
        run=new_run(),
        tell=_nothing,
    )
    found = status_of(work)
    if words.json:
        print(json.dumps([dataclasses.asdict(each) for each in found]))
        return 0
    Console(highlight=False).print(_table(found) if found else "Nothing was deployed on this machine yet.")
    return 0


def _table(found: list[Status]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in ("environment", "live", "instances", "address", "commit"):
        table.add_column(name, header_style="dim")
    for each in found:
        live = each.version or "nothing"
        counted = f"{each.instances} of {each.wanted}" if each.version else ""
        table.add_row(each.environment, live, counted, each.address if each.version else "", each.commit[:7])
    return table


def _nothing(_: object) -> None:
    """Takes no note."""
