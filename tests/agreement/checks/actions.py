"""The composite actions: short, in their order, asking only for what Python writes, keeping what a failure leaves."""

import ast
from functools import cache
from itertools import product

from agreement.checks.files import NOX, PUBLISH, ROOT, SETUP, Document, Files, Problems, check, same
from agreement.model.expressions import evaluate, references
from agreement.model.values import truthy

LINES = 40
COMMANDS = {
    NOX: ["exec twinrail-action begin", "exec twinrail-action run"],
    SETUP: ['exec python3 -I "$GITHUB_ACTION_PATH/../../scripts/bootstrap.py" --path'],
    PUBLISH: ['exec python3 -I "$GITHUB_ACTION_PATH/../../src/twinrail/system/digests.py" "$FOLDER"'],
}
"""Every command of every action: YAML wires, Python thinks."""
ORDER = ["$/actions/setup", "begin", "actions/download-artifact", "run", "actions/upload-artifact"]


@cache
def written() -> dict[str, set[str]]:
    """What Python puts out, by the verb that does: every name that is given to `write_output`."""
    found: dict[str, set[str]] = {"begin": set(), "run": set()}
    for name in ("cli/action.py", "cli/runner.py", "pipeline/handover.py"):
        tree = ast.parse((ROOT / "src" / "twinrail" / name).read_text(encoding="utf-8"))
        for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
            verb = "begin" if (name, function.name) == ("cli/action.py", "begin") else "run"
            found[verb] |= {word for node in ast.walk(function) if (word := _word(node))}
    return found


def _word(node: ast.AST) -> str:
    """The name of an output, where a node puts one out: `write_output("name", …)`, `outputs["name"] = …`."""
    match node:
        case ast.Call(
            func=ast.Name("write_output") | ast.Attribute(attr="write_output"), args=[ast.Constant(str(word)), *_]
        ):
            return word
        case ast.Assign(targets=[ast.Subscript(ast.Name("outputs"), ast.Constant(str(word)))]):
            return word
    return ""


@check
def check_action_length(files: Files) -> Problems:
    """An action is short enough to be read at once."""
    for name in files.actions:
        if (lines := len(files.texts[name].splitlines())) > LINES:
            yield f"{name}: {lines} lines"


@check
def check_action_commands(files: Files) -> Problems:
    """An action runs the one program that it is there for, with what it was given in the environment."""
    for name, action in files.actions.items():
        steps = [step for step in action["runs"]["steps"] if "run" in step]
        yield from same(f"{name}: using", "composite", action["runs"].get("using"))
        yield from (f"{name}: nobody can tell which step it is" for step in steps if not {"id", "name"} & set(step))
        yield from same(f"{name}: commands", COMMANDS.get(name), [step["run"] for step in steps])
        wanted = {"TWINRAIL_INPUTS": "${{ toJSON(inputs) }}"} if name == NOX else None
        if name == PUBLISH:
            wanted = {"ARTIFACTS": "${{ inputs.artifacts }}", "FOLDER": "${{ runner.temp }}/twinrail-publish"}
        yield from (problem for step in steps for problem in same(f"{name}: env", wanted, step.get("env")))


@check
def check_action_steps(files: Files) -> Problems:
    """The action sets up, asks what to fetch, fetches it, runs, and keeps packages and record, in this order."""
    steps = files.yaml(NOX)["runs"]["steps"]
    yield from same(NOX, ORDER, [step.get("id") or step.get("uses", "").partition("@")[0] for step in steps])
    yield from same(f"{NOX}: python", {"python": "${{ inputs.python }}"}, steps[0].get("with"))
    begin = "${{ steps.begin.outputs.%s }}"
    folder = begin % "folder"
    fetched = {"pattern": begin % "takes", "path": f"{folder}/in"}
    # A job that runs again replaces what it left.
    rest = {"overwrite": "true", "if-no-files-found": "ignore"}
    kept = {"name": begin % "artifact", "path": f"{folder}/out", **rest}
    for step in steps:
        action = step.get("uses", "").partition("@")[0]
        if action.endswith("-artifact"):
            wanted = fetched if "download" in action else kept
            yield from same(f"{NOX}: {action}", wanted, step.get("with"))


@check
def check_setup(files: Files) -> Problems:
    """The Python that is asked for is set up, and the pack is made on it."""
    steps = files.yaml(SETUP)["runs"]["steps"]
    yield from same(SETUP, ["actions/setup-python", ""], [step.get("uses", "").partition("@")[0] for step in steps])
    yield from same(f"{SETUP}: Python", {"python-version": "${{ inputs.python }}"}, steps[0].get("with"))


@check
def check_action_conditions(files: Files) -> Problems:
    """What a job takes is fetched if there is any; what it made, and its record, are kept even after a failure."""
    for step in files.yaml(NOX)["runs"]["steps"]:
        action = step.get("uses", step.get("id", "")).partition("@")[0]
        name = {"actions/download-artifact": "takes", "actions/upload-artifact": "artifact"}.get(action)
        for said, failed in product(("", "something"), (False, True)):
            wanted = not failed if name != "artifact" else True
            runs = holds(step, {"begin": {"outputs": {name or "": said}}}, failed=failed)
            if runs != (wanted and (bool(said) or name is None)):
                yield f"{NOX}: {action} {'runs' if runs else 'does not run'}: {name} {said!r}, {failed=}"


def holds(step: Document, told: Document, *, failed: bool) -> bool:
    """Whether a step runs, given what steps before it put out and whether one of them failed."""
    status = {"success": not failed, "failure": failed, "always": True, "cancelled": False}
    written_out = step.get("if", "success()")
    asks = any(name in written_out for name in ("always(", "failure(", "success(", "cancelled("))
    return (asks or not failed) and truthy(evaluate(written_out, {"steps": told, "inputs": {}}, status))


@check
def check_action_outputs(files: Files) -> Problems:
    """The action tells what Python writes, each under the same name, and asks for nothing that it does not write."""
    action = files.yaml(NOX)
    for name, each in action["outputs"].items():
        verb = "begin" if name == "artifact" else "run"
        yield from same(f"{NOX}: output {name}", f"${{{{ steps.{verb}.outputs.{name} }}}}", each.get("value"))
        if not each.get("description", "").endswith("."):
            yield f"{NOX}: output {name} is not described"
    for path in references(action):
        match path.split("."):
            case ["steps", verb, "outputs", word]:
                if word not in written().get(verb, set()):
                    yield f"{NOX}: {path} is written by nobody"
    if left := written()["run"] - {*action["outputs"]}:
        yield f"{NOX}: written for nobody: {sorted(left)}"


@check
def check_publish(files: Files) -> Problems:
    """What is published is what was built: fetched, held against the digests, and only then handed over, attested."""
    steps = files.yaml(PUBLISH)["runs"]["steps"]
    order = [step.get("uses", "digests").partition("@")[0] for step in steps]
    yield from same(PUBLISH, ["actions/download-artifact", "digests", "pypa/gh-action-pypi-publish"], order)
    folder = "${{ runner.temp }}/twinrail-publish"
    fetch = {"name": "${{ inputs.name || github.event.repository.name }}-build", "path": folder}
    yield from same(f"{PUBLISH}: what is fetched", fetch, steps[0].get("with"))
    hand = {"packages-dir": f"{folder}/dist", "repository-url": "${{ inputs.repository-url }}", "attestations": "true"}
    yield from same(f"{PUBLISH}: what is published", hand, steps[-1].get("with"))
    taken = {"artifacts": {"required": "true"}, "name": {}, "repository-url": {"default": ""}}
    found = {name: {key: value for key, value in each.items() if key != "description"}
             for name, each in files.yaml(PUBLISH)["inputs"].items()}  # fmt: skip
    yield from same(f"{PUBLISH}: inputs", taken, found)
    if any("if" in step or "continue-on-error" in step for step in steps):
        yield f"{PUBLISH}: a step that may be left out"
