"""A workflow as it stands in its file: its events, its inputs, the order of its jobs."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from agreement.model.values import number

Workflow = Mapping[str, Any]


class StartupFailure(ValueError):
    """GitHub would not start this workflow."""


def load(path: Path) -> dict[str, Any]:
    """A workflow or an action; every scalar a text, and `on` no boolean."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def triggers(workflow: Workflow) -> dict[str, Any]:
    """The events that start a workflow, each with its filters."""
    on = workflow["on"]
    if isinstance(on, str):
        return {on: {}}
    return {event: (on[event] or {}) if isinstance(on, Mapping) else {} for event in on}


def needs_of(job: Mapping[str, Any]) -> list[str]:
    """The jobs that must have ended before."""
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


def order(jobs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The jobs by their depth in the graph, those of equal depth as they stand in the file.

    Raises:
        StartupFailure: a job needs one that is not there, or they go round in a circle.
    """
    placed: list[str] = []
    while len(placed) < len(jobs):
        ready = [name for name in jobs if name not in placed and set(needs_of(jobs[name])) <= set(placed)]
        if not ready:
            raise StartupFailure(f"these need what cannot come before them: {sorted(set(jobs) - set(placed))}")
        placed += ready
    return placed


def before(jobs: Mapping[str, Mapping[str, Any]], name: str) -> set[str]:
    """All ancestors of a job in the graph of `needs`."""
    direct = needs_of(jobs[name])
    return {*direct, *(each for need in direct for each in before(jobs, need))}


def given(workflow: Workflow, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The context `inputs` of a called workflow: what the caller gives, else the defaults, each of its type."""
    call = triggers(workflow).get("workflow_call")
    if call is None:
        return dict(inputs)
    declared = call.get("inputs", {})
    lacking = {name for name, each in declared.items() if each.get("required") == "true"} - set(inputs)
    if wrong := lacking | (set(inputs) - set(declared)):
        raise StartupFailure(f"inputs that are missing or not known: {sorted(wrong)}")
    return {name: typed(name, each, inputs.get(name, each.get("default"))) for name, each in declared.items()}


def typed(name: str, declared: Mapping[str, str], value: Any) -> Any:
    """One input as its type has it; what stands in the YAML is a text, because it was read so."""
    match declared["type"], value:
        case "boolean", bool() | None | "true" | "false":
            return value in {True, "true"}
        case "number", int() | float() | str() | None if not math.isnan(number(value)):
            return number(value)
        case "string", str() | None:
            return value or ""
    raise StartupFailure(f"input {name} is not a {declared['type']}: {value!r}")
