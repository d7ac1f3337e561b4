"""A composite action as a workflow, so that a linter of workflows looks at its steps."""

import json
from dataclasses import dataclass

from twinrail.quality.linters.tree import Node, Yaml

_ANY = '"${{ fromJSON(github.event.any) }}"'
"""What a linter takes for anything: a composite action may read the matrix of whoever uses it."""


@dataclass(frozen=True, kw_only=True)
class Wrapped:
    """A workflow whose only job is the body of an action.

    Attributes:
        file: the action's file.
        text: the workflow.
        lines: for each line of it, the line of the action that it comes from.
    """

    file: str
    text: str
    lines: tuple[int, ...]


def wrap(action: Yaml, text: str) -> Wrapped | None:
    """The action as a workflow, or None where it is not composite; `text` is what stands in its file."""
    runs, steps = action.root.at("runs"), action.root.at("runs", "steps")
    if not (runs and steps and steps.items):
        return None
    lines = [*_head(action.root), (runs.keys["steps"], "    steps:"), *_steps(steps, text.splitlines())]
    return Wrapped(
        file=action.file,
        text="".join(f"{line}\n" for _, line in lines),
        lines=tuple(number for number, _ in lines),
    )


def _head(root: Node) -> list[tuple[int, str]]:
    inputs, outputs = root.at("inputs"), root.at("outputs")
    lines = [(1, "on:"), (1, "  workflow_call:")]
    if inputs and inputs.entries:
        lines += [(1, "    inputs:")]
        lines += [(line, f"      {json.dumps(name)}: {{type: string}}") for name, line in inputs.keys.items()]
    lines += [(1, "jobs:"), (1, "  action:")]
    lines += [(1, f"    strategy: {{matrix: {_ANY}}}"), (1, "    runs-on: ${{ matrix.any }}")]
    values = {name: each.at("value") for name, each in outputs.entries.items()} if outputs else {}
    if any(values.values()):
        lines += [(1, "    outputs:")]
        lines += [(each.line, f"      {json.dumps(name)}: {json.dumps(each.text)}")
                  for name, each in values.items() if each]  # fmt: skip
    return lines


def _steps(steps: Node, lines: list[str]) -> list[tuple[int, str]]:
    if steps.style == "flow":
        return [(each.line, f"      - {_flow(each)}") for each in steps.items]
    # Letter for letter, and further in: that changes no meaning, nor the lines of a script.
    found = range(steps.line, min(steps.end, len(lines)) + 1)
    return [(number, f"      {lines[number - 1]}".rstrip()) for number in found]


def _flow(node: Node) -> str:
    if node.entries:
        return f"{{{', '.join(f'{json.dumps(key)}: {_flow(value)}' for key, value in node.entries.items())}}}"
    if node.items:
        return f"[{', '.join(map(_flow, node.items))}]"
    return json.dumps(node.text) if node.style else node.text
