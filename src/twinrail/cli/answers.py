"""Answers to questions about the settings: what one means, the schema."""

import dataclasses
import json

from pydantic import TypeAdapter
from rich.console import Console

from twinrail.cli.words import Words
from twinrail.project.decode import decode, read_document
from twinrail.project.explain import about, settings_table
from twinrail.project.settings import Settings


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
