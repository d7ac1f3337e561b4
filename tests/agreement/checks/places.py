"""The same files elsewhere: rendered for act and GitHub Enterprise Server, and told in the README."""

import importlib.util
import re
from functools import cache
from types import ModuleType
from typing import Any

from agreement.checks.files import PYTHON, ROOT, Files, Problems, check, parsed, same

OWN = re.compile(r"twinrail/twinrail/((?:\.github/workflows/[\w-]+\.yml)|(?:actions/\w+))@rendered")
SECTION = "## On GitHub\n"


@cache
def script(name: str) -> ModuleType:
    """A program of `scripts/`, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@check
def check_rendered(files: Files) -> Problems:
    """Rendered files say the same without `$/`, without `cache-mode`, `deployment: false` and `queue: max`."""
    for name, document in {**files.workflows, **files.actions, **files.examples}.items():
        text = script("render").rendered(files.texts[name], "twinrail/twinrail", "rendered")
        yield from same(f"{name}: rendered", elsewhere(document), back(parsed(text)))
        if re.search(r"uses: *[\"']?\$/", text):
            yield f"{name}: $/ is left"
        lost = len(files.texts[name].splitlines()) - len(text.splitlines())
        yield from same(f"{name}: lines that are lost", foreign(document), lost)


def elsewhere(value: Any, under: str = "") -> Any:
    """A document without what only github.com knows."""
    if isinstance(value, list):
        return [elsewhere(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: elsewhere(each, key) for key, each in value.items() if not github_com(key, each, under)}


def github_com(key: str, value: Any, under: str) -> bool:
    """Whether only github.com knows a key with this value."""
    known = (("environment", "deployment", "false"), ("concurrency", "queue", "max"))
    return key == "cache-mode" or (under, key, value) in known


def foreign(value: Any, under: str = "") -> int:
    """How many keys only github.com knows."""
    if isinstance(value, list):
        return sum(foreign(each) for each in value)
    if not isinstance(value, dict):
        return 0
    return sum(1 if isinstance(each, str) and github_com(key, each, under) else foreign(each, key)
               for key, each in value.items())  # fmt: skip


def back(value: Any) -> Any:
    """A rendered document with its references to us as they were written."""
    if isinstance(value, list):
        return [back(each) for each in value]
    if isinstance(value, dict):
        return {key: back(each) for key, each in value.items()}
    found = OWN.fullmatch(value) if isinstance(value, str) else None
    return f"$/{found[1]}" if found else value


@check
def check_readme(files: Files) -> Problems:
    """The tables of the README are those of python.yml, and its section names every example."""
    readme, tables = files.texts["README.md"], script("generate")
    for kind in ("inputs", "secrets", "outputs"):
        if tables.declared(files.yaml(PYTHON), kind) not in readme:
            yield f"README: the table of the {kind} is not that of python.yml"
    if tables.rights(files.workflows) not in readme:
        yield "README: the table of the permissions is not that of the workflows"
    section = readme.partition(SECTION)[2].partition("\n## ")[0]
    yield from (f"README: no word of {name}" for name in files.examples if name not in section)


@check
def check_architecture(files: Files) -> Problems:
    """The table of the jobs in docs/architecture.md is python.yml's."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", files.texts["docs/architecture.md"], re.MULTILINE)
    told = {name: (sessions.replace("–", "").split(), needs.replace("–", "").split()) for name, sessions, needs in rows}
    for name, job, each in files.jobs(PYTHON):
        needs = each.get("needs", [])
        said = [
            step.get("with", {}).get("sessions", "").split() for step in each["steps"] if "nox" in step.get("uses", "")
        ]
        found = (said[0] if said else [], [needs] if isinstance(needs, str) else needs)
        yield from same(f"{name}: {job} in docs/architecture.md", told.get(job), found)
