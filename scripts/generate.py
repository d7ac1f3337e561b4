"""Writes anew what the docs say of the code: `nox -s generate`, or `python scripts/generate.py [--check]`.

A part of a page that is made here stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

import argparse
import dataclasses
import json
import re
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml

from twinrail.cli.answers import json_schema
from twinrail.pipeline.graph import ASIDE, DOWN_SAYS, JOBS, PIPELINE, PIPELINE_SAYS
from twinrail.project.decode import Configuration
from twinrail.project.explain import settings_table
from twinrail.report import events
from twinrail.system import errors

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/architecture.md", "docs/exit-codes.md", "docs/events.md")
SCHEMA = "docs/settings.schema.json"


def main() -> int:
    """0 when everything is as it should be, or was written."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--check", action="store_true", help="write nothing, fail where something would change")
    check = words.parse_args().check
    stale = [name for name, text in made().items() if _read(name) != text]
    for name in stale:
        if not check:
            (ROOT / name).write_text(made()[name], encoding="utf-8")
        print(f"{name} {'is stale: nox -s generate' if check else 'written'}")
    return 1 if check and stale else 0


def made() -> dict[str, str]:
    """Each page as it should be, by its name."""
    pages = {name: renew(_read(name)) for name in PAGES}
    return {**pages, SCHEMA: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"}


def renew(page: str) -> str:
    """A page with its made parts made anew."""
    return re.sub(
        r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}",
        page,
        flags=re.DOTALL,
    )


def sessions() -> str:
    """The sessions: what each does, what it comes after."""
    rows = [(f"`{each.name}`", each.says, _after(each.name)) for each in PIPELINE]
    rows += [("`pipeline`", PIPELINE_SAYS.replace(": -- ", "; words after `--`: "), ""), ("`down`", DOWN_SAYS, "")]
    rows += [(f"`{each.name}`", each.says, "") for each in ASIDE]
    return table(("session", "what it does", "after"), rows)


def jobs() -> str:
    """The jobs: which sessions share a runner, and what they need."""
    rows = [(f"`{each.name}`", " ".join(each.sessions) or "–", " ".join(each.needs) or "–") for each in JOBS]
    return table(("job", "sessions", "needs"), rows)


def settings() -> str:
    """The settings: what each means, of which kind it is, its default."""
    rows = [(f"`{each.key}`", each.text, each.kind, f"`{each.default}`") for each in settings_table(Configuration())]
    return table(("setting", "meaning", "kind", "default"), rows)


def exit_codes() -> str:
    """The exit codes, and the class of error behind each."""
    classes = [each for each in vars(errors).values() if isinstance(each, type) and each.__module__ == errors.__name__]
    known = {each.exit_code: each for each in classes if issubclass(each, errors.TwinrailError)}
    rows = [("0", "", "Everything passed, or had nothing to do.")]
    rows += [
        (str(code), f"`{known[code].__name__}`", _first(known[code]))
        for code in sorted(known)
        if known[code] is not errors.TwinrailError
    ]
    return table(("code", "class", "meaning"), rows)


def event_fields() -> str:
    """The events of `events.jsonl` with their fields."""
    parts = []
    for event in (*get_args(events.Event), events.Finding, events.Reading):
        rows = [(f"`{each.name}`", _kind(each.type)) for each in dataclasses.fields(event)]
        parts.append(f"### {event.__name__}\n\n{_first(event)}\n\n{table(('field', 'kind'), rows)}")
    return "\n\n".join(parts)


def declared(workflow: Mapping[str, Any], kind: str) -> str:
    """What a workflow declares for its callers: its inputs, secrets or outputs."""
    found = workflow["on"]["workflow_call"][kind]
    rows = [(f"`{name}`", each["description"]) for name, each in found.items()]
    if kind != "inputs":
        return table((kind.removesuffix("s"), "meaning"), rows)
    kinds = [(each["type"], f"`{each['default'] or json.dumps('')}`") for each in found.values()]
    head = ("input", "meaning", "kind", "default")
    return table(head, [(*row, *kind) for row, kind in zip(rows, kinds, strict=True)])


def rights(workflows: Mapping[str, Mapping[str, Any]]) -> str:
    """What the jobs of each workflow that can be called may do: what a caller must grant, and nothing more."""
    rows = []
    for path, workflow in workflows.items():
        if "workflow_call" in workflow["on"]:
            jobs: dict[str, list[str]] = {}
            for name, job in workflow["jobs"].items():
                scopes = ", ".join(f"`{scope}: {level}`" for scope, level in job["permissions"].items())
                jobs.setdefault(scopes or "nothing", []).append(f"`{name}`")
            rows += [(f"`{Path(path).name}`", scopes, " ".join(names)) for scopes, names in jobs.items()]
    return table(("file", "permissions", "jobs"), rows)


def _workflows() -> dict[str, Any]:
    # Every scalar is a text, and the key `on` is not true.
    paths = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    return {path.name: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for path in paths}  # noqa: S506


def _python(kind: str) -> str:
    return declared(_workflows()["python.yml"], kind)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


PARTS: dict[str, Callable[[], str]] = {
    "sessions": sessions,
    "jobs": jobs,
    "settings": settings,
    "exit-codes": exit_codes,
    "events": event_fields,
    **{kind: partial(_python, kind) for kind in ("inputs", "secrets", "outputs")},
    "permissions": lambda: rights(_workflows()),
}
"""What can stand between the marks."""


def _after(name: str) -> str:
    session = next(each for each in PIPELINE if each.name == name)
    return "everything, even a failure" if session.always else " ".join(session.after)


def _first(documented: type) -> str:
    return " ".join((documented.__doc__ or "").split("\n\n")[0].split())


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is types.UnionType:
        return " or ".join(_kind(each) for each in get_args(annotation))
    if annotation is type(None):
        return "null"
    if get_origin(annotation) is Literal:
        return " or ".join(get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_kind(get_args(annotation)[0])}"
    if get_origin(annotation) is Mapping:
        return "object"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(annotation) or str(getattr(annotation, "__name__", "text"))


def _read(name: str) -> str:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
