"""What stands between a workflow and the ones that it calls: four mistakes that no linter finds."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from twinrail.quality.linters.tree import Node, Yaml
from twinrail.report.events import Finding

_GIVEN = {"github_token", "actions_step_debug", "actions_runner_debug"}
"""The secrets that every workflow has."""

_SECRET = re.compile(r"(?<![\w.-])secrets\.([A-Za-z_]\w*)")
_NAME = r"(?<![\w.-])inputs\.([\w-]+)"
_AS_TEXT = re.compile(rf"{_NAME}\s*[=!]=\s*'(?:true|false)'|'(?:true|false)'\s*[=!]=\s*{_NAME}", re.IGNORECASE)
_FOLDER = ".github/workflows/"


def calls(files: Sequence[Yaml], exists: Callable[[str], bool]) -> tuple[Finding, ...]:
    """The mistakes in all workflows and actions; `exists` tells whether a path is in the repository."""
    workflows = {each.file: each.root for each in files if not each.is_action}
    return tuple(
        chain(
            *(_absent(each.file, each.root, exists) for each in files),
            *(_no_truth(file, root, workflows) for file, root in workflows.items()),
            *(_undeclared(file, root) for file, root in workflows.items()),
            *(_as_text(file, root) for file, root in workflows.items()),
        )
    )


def _absent(file: str, root: Node, exists: Callable[[str], bool]) -> Iterator[Finding]:
    # actionlint takes an action that is not there for one that it knows nothing of.
    for key, node in root.texts():
        if key == "uses" and node.text.startswith("$/"):
            path = _top(file) + node.text.removeprefix("$/")
            if not any(map(exists, (f"{path}/action.yml", f"{path}/action.yaml", f"{path}/Dockerfile"))) and not (
                path.endswith((".yml", ".yaml")) and exists(path)
            ):
                yield Finding(file=file, line=node.line, title="absent", text=f"{node.text} is not in this repository")


def _no_truth(file: str, root: Node, workflows: dict[str, Node]) -> Iterator[Finding]:
    for job in _jobs(root).values():
        uses, given = job.at("uses"), job.at("with")
        if not (uses and given and uses.text.startswith(("./", "$/"))):
            continue
        called = workflows.get(_top(file) + uses.text[2:])
        for name in _booleans(called, "workflow_call") if called else ():
            value = given.at(name)
            if value and "${{" not in value.text and (value.style or value.text.lower() not in {"true", "false"}):
                text = f'"{name}" of {uses.text} is true or false, and this is the text "{value.text}"'
                yield Finding(file=file, line=value.line, title="input-type", text=text)


def _undeclared(file: str, root: Node) -> Iterator[Finding]:
    # Where some are declared actionlint knows the others for wrong. A job that stands in an environment
    # has that one's secrets too, which nobody declares.
    events = root.at("on")
    if not events or {*events.entries, *(each.text for each in events.items), events.text} - {""} != {"workflow_call"}:
        return
    if events.at("workflow_call", "secrets"):
        return
    for job in _jobs(root).values():
        for _, node in job.texts() if "environment" not in job.entries else ():
            for found in _SECRET.finditer(node.text) if "${{" in node.text else ():
                if found[1].lower() not in _GIVEN:
                    text = f'no caller can pass the secret "{found[1]}": declare it under on.workflow_call.secrets'
                    yield Finding(file=file, line=_line(node, found.start()), title="undeclared-secret", text=text)


def _as_text(file: str, root: Node) -> Iterator[Finding]:
    booleans = _booleans(root, "workflow_call", "workflow_dispatch")
    for key, node in root.texts():
        for found in _AS_TEXT.finditer(node.text) if "${{" in node.text or key == "if" else ():
            name = found[1] or found[2]
            if name in booleans:
                text = f'"{name}" is true or false, and never equal to a text: write inputs.{name}, or !inputs.{name}'
                yield Finding(file=file, line=_line(node, found.start()), title="boolean-as-text", text=text)


def _jobs(root: Node) -> dict[str, Node]:
    jobs = root.at("jobs")
    return dict(jobs.entries) if jobs else {}


def _booleans(root: Node, *events: str) -> set[str]:
    inputs = [found for event in events if (found := root.at("on", event, "inputs"))]
    kinds = [(name, each.at("type")) for table in inputs for name, each in table.entries.items()]
    others = {name for name, kind in kinds if not kind or kind.text != "boolean"}
    return {name for name, _ in kinds} - others


def _top(file: str) -> str:
    # An example in a folder below calls what stands beside it there.
    return file.partition(_FOLDER)[0] if _FOLDER in file else ""


def _line(node: Node, position: int) -> int:
    # A text with `|` begins on the line after the sign.
    return node.line + 1 + node.text.count("\n", 0, position) if node.style == "|" else node.line
