"""Whose code runs: pins, owners, references to ourselves, nothing pasted into commands, nothing kept between runs."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from agreement.checks.files import CI, DEPLOY, NOX, PUBLISH, PYTHON, SCAN, SETUP, Files, Problems, check, same
from agreement.model.document import triggers

USES = re.compile(r"^[ -]*uses: +(\S+)(?: +# +(.*))?$", re.MULTILINE)
PINNED = re.compile(r"([\w.-]+/[\w./-]+)@([0-9a-f]{40})")
VERSION = re.compile(r"v\d+\.\d+\.\d+")
OURS = re.compile(r"twinrail/twinrail/(?:\.github/workflows/[\w-]+\.yml|actions/\w+)@v1")
MOST = 8
OWNERS = {"actions", "github"}
PINS = {
    "actions/attest": ("v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6"),
    "actions/checkout": ("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/setup-python": ("v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    "actions/upload-artifact": ("v7.0.1", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"),
    "actions/download-artifact": ("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "github/codeql-action/upload-sarif": ("v4.37.6", "5595ccaf912efad79be6eef63a5619ff05969be3"),
    "pypa/gh-action-pypi-publish": ("v1.14.2", "dc37677b2e1c63e2034f94d8a5b11f265b73ba33"),
}
"""What was looked up at the tags on 2026-11-22, written down a second time: one wrong digit is someone else's code."""


def external(files: Files) -> Iterator[tuple[str, str, str, str]]:
    """Every action of others: the file, its name, what stands behind `@`, the comment."""
    for name in (*files.workflows, *files.actions, *files.examples):
        for uses, comment in USES.findall(files.texts[name]):
            if not uses.startswith("$/") and not OURS.fullmatch(uses):
                action, _, ref = uses.partition("@")
                yield name, action, ref, comment.strip()


def references_in(value: Any) -> Iterator[str]:
    """What stands behind every key `uses` of a YAML value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from [each] if key == "uses" else references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from references_in(each)


@check
def check_pins(files: Files) -> Problems:
    """Every action of others is pinned by a full hash, and says which version that is."""
    for name, action, ref, comment in external(files):
        if not PINNED.fullmatch(f"{action}@{ref}") or not VERSION.fullmatch(comment):
            yield f"{name}: {action}@{ref} # {comment}"
    for name in (*files.workflows, *files.actions, *files.examples):
        # What stands in a line by itself is what the patterns see: none hides in braces.
        written = sorted(uses for uses, _ in USES.findall(files.texts[name]))
        yield from same(name, sorted(references_in(files.yaml(name))), written)


@check
def check_pins_known(files: Files) -> Problems:
    """Every pin is one that was looked up, with its version."""
    for name, action, ref, comment in external(files):
        yield from same(f"{name}: {action}", PINS.get(action), (comment, ref))


@check
def check_one_pin(files: Files) -> Problems:
    """The same action is the same everywhere."""
    found = defaultdict(set)
    for _, action, ref, comment in external(files):
        found[action].add((ref, comment))
    yield from (f"{action}: {sorted(refs)}" for action, refs in found.items() if len(refs) > 1)


@check
def check_few_actions(files: Files) -> Problems:
    """Few actions of others in all, and each that was looked up is used."""
    found = {action for _, action, _, _ in external(files)}
    if len(found) > MOST:
        yield f"{len(found)} actions of others"
    yield from same("actions of others", sorted(PINS), sorted(found))


def reached(files: Files, *names: str) -> set[str]:
    """The files that these lead to, by references to ourselves, and these."""
    found, rest = set(), list(names)
    while rest:
        found.add(name := rest.pop())
        for uses in references_in(files.yaml(name)):
            path = uses.removeprefix("$/") + ("" if uses.endswith(".yml") else "/action.yml")
            rest += [path] if uses.startswith("$/") and path in files.texts and path not in found else []
    return found


@check
def check_owners(files: Files) -> Problems:
    """On the way of a deploy nothing runs but ours and GitHub's own."""
    way = reached(files, PYTHON, DEPLOY, SCAN)
    yield from same("the way of a deploy", sorted((PYTHON, DEPLOY, SCAN, NOX, SETUP)), sorted(way))
    for name, action, _, _ in external(files):
        if action.partition("/")[0] not in OWNERS and name in way:
            yield f"{name}: {action} on the way of a deploy"
        elif action.partition("/")[0] not in OWNERS and name != PUBLISH:
            yield f"{name}: {action}"


@check
def check_own_references(files: Files) -> Problems:
    """We name ourselves by `$/`, callers by `@v1`; what is named is there."""
    for name in (*files.workflows, *files.actions, *files.examples):
        for uses in references_in(files.yaml(name)):
            ours = bool(OURS.fullmatch(uses)) if name in files.examples else uses.startswith("$/")
            path = uses.partition("@")[0].removeprefix("$/").removeprefix("twinrail/twinrail/")
            path += "" if path.endswith(".yml") else "/action.yml"
            if not (PINNED.match(uses) or (ours and path in files.texts)):
                yield f"{name}: {uses}"


@check
def check_commands(files: Files) -> Problems:
    """No value is pasted into a command, and every step of an action names its shell."""
    for place, step in files.steps():
        if "${{" in step.get("run", ""):
            yield f"{place}: ${{{{ }}}} in a command"
        if "run" in step and step.get("shell") != "bash":
            yield f"{place}: no shell"
        if len({"run", "uses"} & set(step)) != 1:
            yield f"{place}: a step that is two, or none"


@check
def check_caches(files: Files) -> Problems:
    """Nothing is kept between runs."""
    for name in (PYTHON, DEPLOY, SCAN):
        yield from same(f"{name}: cache-mode", "none", files.yaml(name).get("cache-mode"))
    for place, step in files.steps():
        if "cache" in step.get("uses", "") or any("cache" in word for word in step.get("with", {})):
            yield f"{place}: a cache"


@check
def check_events(files: Files) -> Problems:
    """Called workflows begin when they are called; ours on a push to main and on pull requests, whatever changed."""
    for name, document in files.workflows.items():
        pushed = {"push": {"branches": ["main"]}, "pull_request": {}}
        found = triggers(document)
        yield from same(
            f"{name}: events", pushed if name == CI else ["workflow_call"], found if name == CI else [*found]
        )
    known = {"push", "pull_request", "schedule", "workflow_dispatch"}
    for name, document in files.examples.items():
        found = triggers(document)
        if set(found) - known or any("paths" in key for each in found.values() for key in each):
            yield f"{name}: begins on {found}"
