"""The inputs: typed, described, used, the same everywhere, and handed on to the step that needs them."""

from agreement.checks.files import DEPLOY, NOX, PYTHON, SCAN, SETUP, Document, Files, Problems, check, matrix_of, same
from agreement.model.document import triggers
from agreement.model.expressions import references
from twinrail.cli.inputs import _MEANINGS
from twinrail.pipeline.graph import JOBS, PIPELINE

TYPES = {"timeout-minutes": "number"}
"""What is not a text. A boolean is none of them: a called workflow takes the text 'false' for true."""
DEFAULTS = {
    "path": ".", "name": "", "runs-on": '"ubuntu-latest"', "python": "3.13", "environment-prefix": "",
    "timeout-minutes": "30", "approvals": "[]", "until": [each.name for each in PIPELINE if not each.always][-1],
}  # fmt: skip
REQUIRED = {(DEPLOY, "environment"), (DEPLOY, "needs")}
RUNNER = "${{ fromJSON(inputs.runs-on) }}"
RUNNERS = {"platforms": "${{ matrix.runner || fromJSON(inputs.runs-on) }}"}
LEGS = {
    "platforms": "${{ matrix.runner || 'same' }}",
    "approval": "${{ inputs.environment-prefix }}${{ matrix.environment }}",
}
"""What a leg of a matrix is called: what its artifacts carry."""


def declared(files: Files, name: str) -> dict[str, dict[str, str]]:
    """What a workflow or an action takes."""
    document = files.yaml(name)
    return (triggers(document)["workflow_call"] if "on" in document else document).get("inputs", {})


@check
def check_inputs_declared(files: Files) -> Problems:
    """Each input has a type, a sentence, and the default that the docs say or the word that it must be given."""
    for name in (PYTHON, DEPLOY, SCAN):
        for word, each in declared(files, name).items():
            yield from same(f"{name}: type of {word}", TYPES.get(word, "string"), each.get("type"))
            if not each.get("description", "").endswith("."):
                yield f"{name}: {word} is not described"
            rest = {"required": "true"} if (name, word) in REQUIRED else {"default": DEFAULTS.get(word)}
            found = {key: each[key] for key in ("required", "default") if key in each}
            yield from same(f"{name}: {word}", rest, found)
    for name, action in files.actions.items():
        yield from (f"{name}: {word} is not described" for word, each in action.get("inputs", {}).items()
                    if not each.get("description", "").endswith("."))  # fmt: skip


@check
def check_inputs_used(files: Files) -> Problems:
    """No input is taken and left lying, and none is used that nobody takes."""
    for name in (PYTHON, DEPLOY, SCAN, *files.actions):
        used = {path.partition(".")[2] for path in references(files.yaml(name)) if path.startswith("inputs.")}
        # The action hands all of its inputs to Python at once.
        known = set(declared(files, name))
        used |= known if name == NOX else set()
        yield from same(f"{name}: inputs that are used", sorted(known), sorted(used))


@check
def check_inputs_same(files: Files) -> Problems:
    """An input of the same name means the same: one sentence, one default, wherever it stands."""
    first = declared(files, PYTHON)
    for name in (DEPLOY, SCAN):
        for word, each in declared(files, name).items():
            yield from same(f"{name}: {word}", first.get(word, each), each)
    for name, words in {NOX: ("path", "name"), SETUP: ()}.items():
        found = declared(files, name)
        for word in words:
            yield from same(f"{name}: {word}", first[word]["description"], found.get(word, {}).get("description"))
        for word in {"path", "name", "python"} & set(found):
            yield from same(f"{name}: {word}", first[word].get("default"), found[word].get("default", ""))


@check
def check_action_inputs(files: Files) -> Problems:
    """The action takes what its door in Python reads, and steps give our actions what they take and must be given."""
    yield from same(NOX, sorted(_MEANINGS), sorted(declared(files, NOX)))
    for place, step in files.steps():
        uses = step.get("uses", "").replace("twinrail/twinrail/", "$/").partition("@")[0]
        if uses.startswith("$/actions/"):
            name = f"{uses.removeprefix('$/')}/action.yml"
            takes = declared(files, name) if name in files.texts else {}
            given, must = set(step.get("with", {})), {word for word in takes if takes[word].get("required") == "true"}
            if wrong := (given - set(takes)) | (must - given):
                yield f"{place}: {uses} is not given rightly: {sorted(wrong)}"


def handed(name: str, job: str) -> dict[str, str]:
    """What our action is given in a job, beside its sessions and what it is told of other jobs."""
    if job == "approval":
        return {"part": LEGS[job], "python": "${{ inputs.python }}"}
    given = {word: f"${{{{ inputs.{word} }}}}" for word in ("path", "name", "python")}
    if name == DEPLOY:
        given |= {"part": "${{ inputs.environment }}"}
    if job == "platforms":
        given |= {"python": "${{ matrix.pythons }}", "part": LEGS[job]}
    return given | ({"until": "${{ inputs.until }}"} if name == PYTHON and job in UNTIL else {})


UNTIL = [job.name for job in JOBS if len(job.sessions) > 1]
"""The jobs of which `until` may want a part."""


@check
def check_inputs_handed(files: Files) -> Problems:
    """Each job hands on the caller's inputs; `until` where several sessions are, `part` where there is a matrix."""
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN):
        step = next((step for step in each.get("steps", []) if step.get("uses") == "$/actions/nox"), {})
        found = {word: value for word, value in step.get("with", {}).items() if word not in {"sessions", "needs"}}
        yield from same(f"{name}: what {job} hands on", handed(name, job), found)
    wanted = {"sessions": "${{ inputs.environment }}"}
    found = deploy_step(files).get("with", {})
    yield from same("deploy", wanted, {"sessions": found.get("sessions")})


def deploy_step(files: Files) -> Document:
    """The step of deploy.yml that deploys."""
    return next(step for step in files.yaml(DEPLOY)["jobs"]["deploy"]["steps"] if "$" in step.get("uses", ""))


@check
def check_runners(files: Files) -> Problems:
    """Each job runs on what the caller names, and no longer than the caller allows."""
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN):
        yield from same(f"{name}: runner of {job}", RUNNERS.get(job, RUNNER), each.get("runs-on"))
        yield from same(f"{name}: minutes of {job}", "${{ inputs.timeout-minutes }}", each.get("timeout-minutes"))
    for name, job, each in files.jobs():
        if "steps" in each and "timeout-minutes" not in each:
            yield f"{name}: {job} has no timeout"
        if "uses" in each and {"runs-on", "timeout-minutes", "environment", "env"} & set(each):
            yield f"{name}: {job} calls a workflow, and has what GitHub does not allow there"


@check
def check_matrices(files: Files) -> Problems:
    """The legs come from the plan, or from the caller; one leg that fails does not stop the other platforms."""
    plan = "${{ fromJSON(needs.verify.outputs.plan).%s }}"
    wanted = {
        (PYTHON, "platforms"): {"fail-fast": "false", "matrix": {"include": plan % "platforms"}},
        (PYTHON, "approval"): {"matrix": {"environment": plan % "approvals"}},
        (DEPLOY, "approval"): {"matrix": {"environment": "${{ fromJSON(inputs.approvals) }}"}},
    }
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN):
        yield from same(f"{name}: strategy of {job}", wanted.get((name, job)), each.get("strategy"))
        if matrix_of(each) and any(path.startswith(("matrix.", "steps.")) for path in references(each.get("outputs"))):
            yield f"{name}: {job} has legs, of which the last to end would say its outputs"
