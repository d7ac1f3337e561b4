"""What jobs hand to one another: artifacts and their makers, outputs of steps, of jobs, of the workflow."""

from itertools import chain

from agreement.checks.files import DEPLOY, PYTHON, SCAN, Files, Problems, check, nox_step, same
from agreement.model.document import needs_of
from agreement.model.expressions import references
from twinrail.pipeline.artifacts import RECEIPTS, artifact, takes
from twinrail.pipeline.graph import JOBS, session
from twinrail.pipeline.structure import Job

HOME = {name: job.name for job in reversed(JOBS) for name in job.sessions}
"""The job that each session lies in; `test` in the first."""
BUILD = HOME["build"]
DEPLOYED = ("state", "release", "address", "receipt")


def makers(job: Job) -> set[str]:
    """The jobs that leave what the sessions of `job` take, by what those fetch from the run's artifacts."""
    wanted = takes("N", job.sessions).strip("{}").split(",")
    return {each.name for each in JOBS if {artifact("N", each.name), artifact("N", each.name, "*")} & {*wanted}}


def outputs_of(job: Job) -> tuple[str, ...]:
    """What a job tells: the plan, what was built, what was deployed, what it all came to."""
    kinds = set(chain.from_iterable(session(name).makes for name in job.sessions))
    if job.environment:
        return DEPLOYED
    told = (("version", "artifacts"), "wheel" in kinds), (("receipt",), "receipt" in kinds)
    return (
        *chain.from_iterable(names for names, there in told if there),
        *(("plan",) if job.name == JOBS[0].name else ()),
        *(("state",) if any(session(name).always for name in job.sessions) else ()),
    )


@check
def check_artifacts(files: Files) -> Problems:
    """A job that takes what others made has its makers among its needs, and is told of their digests."""
    jobs = files.yaml(PYTHON)["jobs"]
    for job in JOBS:
        each = jobs.get(job.name, {})
        if lacking := makers(job) - set(needs_of(each)):
            yield f"{job.name} takes what {sorted(lacking)} make, and does not need them"
        wanted = "${{ toJSON(needs) }}" if takes("N", job.sessions) else None
        yield from same(f"what {job.name} is told of its needs", wanted, nox_step(each).get("with", {}).get("needs"))
    alone = nox_step(files.yaml(DEPLOY)["jobs"].get("deploy", {})).get("with", {})
    told = "${{ format('[{0},{1}]', toJSON(needs), inputs.needs) }}"
    yield from same("what deploy is told of its needs", told, alone.get("needs"))


@check
def check_job_outputs(files: Files) -> Problems:
    """A job tells what its sessions make, each from the step that makes it."""
    jobs = files.yaml(PYTHON)["jobs"]
    for job in JOBS:
        if job.name != "approval":
            told = {name: f"${{{{ steps.nox.outputs.{name} }}}}" for name in outputs_of(job)}
            yield from same(f"outputs of {job.name}", told, jobs.get(job.name, {}).get("outputs", {}))
    people = {
        PYTHON: "${{ join(fromJSON(needs.verify.outputs.plan).approvals, ',') }}",
        DEPLOY: "${{ join(fromJSON(inputs.approvals), ',') }}",
    }
    for name, wanted in people.items():
        found = files.yaml(name)["jobs"].get("approval", {}).get("outputs")
        yield from same(f"{name}: outputs of approval", {"approvals": wanted}, found)
    told = {"state": "${{ steps.nox.outputs.state }}", "sarif": "${{ steps.nox.outputs.artifact }}"}
    yield from same("outputs of scan", told, files.yaml(SCAN)["jobs"].get("scan", {}).get("outputs"))


@check
def check_step_ids(files: Files) -> Problems:
    """What is asked of a step is asked of one that is there, and is an output of the action that it runs."""
    outputs = set(files.yaml("actions/nox/action.yml")["outputs"])
    for name, job, each in files.jobs():
        ids = {step["id"]: step.get("uses") for step in each.get("steps", []) if "id" in step}
        for path in references(each):
            match path.split("."):
                case ["steps", step, "outputs", output]:
                    if ids.get(step) != "$/actions/nox" or output not in outputs:
                        yield f"{name}: {job} asks for {path}, which nobody puts out"
                case ["steps", *_]:
                    yield f"{name}: {job} asks for {path}"


@check
def check_workflow_outputs(files: Files) -> Problems:
    """The workflow tells what the job tells that makes it; the receipt is that of the last environment."""
    always = next(job.name for job in JOBS if any(session(name).always for name in job.sessions))
    receipts = [HOME[name] for name in reversed(list(RECEIPTS))]
    makers_of = {"version": [BUILD], "artifacts": [BUILD], "release": ["production"], "address": ["production"]}
    makers_of |= {"receipt": receipts, "state": [always]}
    wanted = {name: " || ".join(f"jobs.{job}.outputs.{name}" for job in jobs) for name, jobs in makers_of.items()}
    told = {PYTHON: wanted, DEPLOY: {name: f"jobs.deploy.outputs.{name}" for name in DEPLOYED}}
    told[SCAN] = {name: f"jobs.scan.outputs.{name}" for name in ("state", "sarif")}
    for name, each in told.items():
        declared = files.yaml(name)["on"]["workflow_call"].get("outputs", {})
        found = {output: about.get("value") for output, about in declared.items()}
        yield from same(f"{name}: outputs", {output: f"${{{{ {value} }}}}" for output, value in each.items()}, found)
        yield from (f"{name}: output {output} is not described" for output in declared if not said(declared[output]))


def said(declared: dict[str, str]) -> bool:
    """Whether something is described, by a sentence or a list that ends as one."""
    return declared.get("description", "").endswith(".")
