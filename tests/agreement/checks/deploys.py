"""The jobs that deploy: one at a time in a queue of their own, and deploy.yml's the same as python.yml's."""

import json
from typing import Any

from agreement.checks.files import DEPLOY, IDENTITY, PYTHON, Document, Files, Problems, check, same
from twinrail.pipeline.graph import JOBS

QUEUED = [(name, job.name, job.environment) for name in (PYTHON, IDENTITY) for job in JOBS if job.environment]
QUEUED += [(DEPLOY, "deploy", "${{ inputs.environment }}")]


@check
def check_queues(files: Files) -> Problems:
    """A deploy waits for the one before it to the same environment of the same project, and drops none that waits."""
    known = {}
    for name, job, environment in QUEUED:
        group = f"twinrail-${{{{ inputs.environment-prefix }}}}{environment}-${{{{ inputs.name || inputs.path }}}}"
        known[name, job] = {"group": group, "cancel-in-progress": "false", "queue": "max"}
    for name, job, each in files.jobs(*files.workflows):
        yield from same(f"{name}: queue of {job}", known.get((name, job)), each.get("concurrency"))
    for name, document in files.workflows.items():
        yield from same(f"{name}: queue of all", None, document.get("concurrency"))


@check
def check_group_names(files: Files) -> Problems:
    """No group is called after `github.workflow`: in a called workflow that is the caller, who may say the same."""
    for name in (*files.workflows, *files.examples):
        if "github.workflow" in files.texts[name].replace("github.workflow_", ""):
            yield f"{name}: github.workflow"
    for name, document in files.examples.items():
        group = document.get("concurrency", {}).get("group", "own")
        if "${{" in group or group.startswith("twinrail"):
            yield f"{name}: group {group}"


@check
def check_twins(files: Files) -> Problems:
    """deploy.yml's jobs are those of python.yml, but for when they run and for whose environment it is."""
    own = files.yaml(DEPLOY)["jobs"]
    for _, job, environment in QUEUED[:-1]:
        first, second = normal(files.yaml(PYTHON)["jobs"].get(job, {})), normal(own.get("deploy", {}))
        yield from same(f"{job} and deploy", of(first, environment), of(second, "${{ inputs.environment }}"))
    first, second = (normal(files.yaml(name)["jobs"].get("approval", {})) for name in (PYTHON, DEPLOY))
    plan = json.loads(
        json.dumps(first).replace("fromJSON(needs.verify.outputs.plan).approvals", "fromJSON(inputs.approvals)")
    )
    yield from same("approval", plan | {"name": None}, second | {"name": None})


def normal(job: Document) -> dict[str, Any]:
    """A job without when it runs, and without how it is told of others."""
    text = json.dumps({key: each for key, each in job.items() if key not in {"needs", "if"}})
    alone = json.dumps("${{ format('[{0},{1}]', toJSON(needs), inputs.needs) }}")
    return json.loads(text.replace(alone, json.dumps("${{ toJSON(needs) }}")))


def of(job: dict[str, Any], environment: str) -> dict[str, Any]:
    """A job that deploys, with the word ENVIRONMENT where the environment is named; its own name does not count."""
    copy = json.loads(json.dumps({**job, "name": None}))
    for place, key in ((copy.get("environment", {}), "name"), (copy.get("concurrency", {}), "group")):
        place[key] = place.get(key, "").replace(environment, "ENVIRONMENT")
    for words in (
        step["with"] for step in copy.get("steps", []) if step.get("with", {}).get("sessions") == environment
    ):
        words["sessions"] = "ENVIRONMENT"
        # Two calls of deploy.yml in one run are told apart by the environment; in python.yml the job's name does.
        words.pop("part", None)
    return copy
