"""What GitHub demands of the file that describes an action, which no linter of workflows looks at.

The keys are those of GitHub's own schema (actions/languageservices, action-v1.0.json). Workflows need no such check
here: actionlint knows their keys, and zizmor refuses what does not fit the schema that editors use.
"""

import re
from collections.abc import Iterator, Sequence

from twinrail.quality.linters.tree import Node, Yaml
from twinrail.report.events import Finding
from twinrail.system.guess import did_you_mean

TITLE = "schema"
"""The title of a finding that says that a file does not look as GitHub wants it."""

_TOP = ("name", "description", "author", "inputs", "outputs", "runs", "branding")
_INPUT = ("description", "required", "default", "deprecationMessage")
_OUTPUT = ("description", "value")
_ENDS = ("pre", "pre-if", "post", "post-if")
_RUNS = {
    "composite": ("using", "steps"),
    "docker": ("using", "image", "args", "env", "entrypoint", "pre-entrypoint", "pre-if", "post-entrypoint", "post-if"),
    "node": ("using", "main", *_ENDS),
}
_STEP = ("name", "id", "if", "env", "continue-on-error")
_STEPS = {"run": (*_STEP, "run", "shell", "working-directory"), "uses": (*_STEP, "uses", "with")}
_CONTEXTS = ("github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env")
_FOREIGN = re.compile(r"(?<![\w.-])(secrets|needs|vars|jobs)\b(?=\s*[.\[])")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_TRUTH = re.compile(r"true|false|\$\{\{.*", re.IGNORECASE | re.DOTALL)

Complaint = tuple[int, str]


def schema(files: Sequence[Yaml]) -> tuple[Finding, ...]:
    """What is wrong with the files of actions."""
    return tuple(
        Finding(file=each.file, line=line, title=TITLE, text=text)
        for each in files
        if each.is_action
        for line, text in _action(each.root)
    )


def _action(root: Node) -> Iterator[Complaint]:
    yield from _keys(root, "an action", _TOP, needs=("name", "description", "runs"))
    for name, each in _entries(root, "inputs"):
        yield from _keys(each, f'the input "{name}"', _INPUT)
        yield from _truth(each, "required")
    runs = root.at("runs")
    composite = runs is not None and runs.at("using") is not None and runs.entries["using"].text == "composite"
    for name, each in _entries(root, "outputs"):
        yield from _keys(each, f'the output "{name}"', _OUTPUT, needs=("value",) if composite else ())
    if runs:
        yield from _runs(runs)


def _runs(runs: Node) -> Iterator[Complaint]:
    using = runs.at("using")
    if using is None:
        yield runs.line, 'runs has no "using"'
        return
    kind = re.sub(r"\d+$", "", using.text)
    if kind not in _RUNS or (kind == "node") == (using.text == kind):
        yield using.line, f'using is one of composite, docker and nodeNN, not "{using.text}"'
        return
    needs = {"composite": "steps", "docker": "image", "node": "main"}[kind]
    yield from _keys(runs, f"runs of {using.text}", _RUNS[kind], needs=(needs,))
    steps = runs.at("steps")
    if kind == "composite" and steps:
        if not steps.items:
            yield steps.line, "steps is a list with at least one step"
        for each in steps.items:
            yield from _step(each)
            yield from _contexts(each)


def _step(step: Node) -> Iterator[Complaint]:
    kinds = [kind for kind in _STEPS if kind in step.entries]
    if len(kinds) != 1:
        yield step.line, 'a step of an action has either "run" or "uses"'
        return
    needs = ("shell",) if kinds == ["run"] else ()
    yield from _keys(step, f'a step of an action with "{kinds[0]}"', _STEPS[kinds[0]], needs=needs)
    yield from _truth(step, "continue-on-error")


def _contexts(step: Node) -> Iterator[Complaint]:
    for key, node in step.texts():
        for said in [node.text] if key == "if" else _EXPRESSION.findall(node.text):
            if found := _FOREIGN.search(_LITERAL.sub("", said)):
                yield node.line, f'an action cannot read "{found[1]}": it knows {", ".join(_CONTEXTS)}'


def _keys(node: Node, what: str, known: tuple[str, ...], *, needs: tuple[str, ...] = ()) -> Iterator[Complaint]:
    if not node.entries:
        yield node.line, f"{what} is a table with keys of {', '.join(known)}"
        return
    for key in needs:
        if key not in node.entries:
            yield node.line, f'{what} has no "{key}"'
    for key, line in node.keys.items():
        if key not in known:
            yield line, f'{what} has no key "{key}": it knows {", ".join(known)}.{did_you_mean(key, known)}'


def _truth(node: Node, key: str) -> Iterator[Complaint]:
    value = node.at(key)
    if value and (value.style or not _TRUTH.fullmatch(value.text)):
        yield value.line, f'{key} is true or false, not "{value.text}"'


def _entries(root: Node, key: str) -> Iterator[tuple[str, Node]]:
    table = root.at(key)
    yield from table.entries.items() if table else ()
