"""The jobs of python.yml are those of the graph: names, edges, sessions, environments, which one always runs."""

from agreement.checks.files import CI, DEPLOY, PYTHON, SCAN, Files, Problems, check, matrix_of, nox_step, same
from agreement.model.document import needs_of
from agreement.model.expressions import functions
from twinrail.pipeline.graph import JOBS, session

FILE = {"name", "on", "permissions", "concurrency", "cache-mode", "jobs"}
JOB = {"name", "needs", "if", "permissions", "concurrency", "strategy", "runs-on", "timeout-minutes", "environment",
       "outputs", "steps", "uses", "with", "secrets"}  # fmt: skip
ACTION = {"name", "description", "inputs", "outputs", "runs"}
STEP = {"name", "id", "if", "uses", "with", "run", "shell", "env"}
ALWAYS = tuple(job.name for job in JOBS if any(session(name).always for name in job.sessions))


@check
def check_jobs(files: Files) -> Problems:
    """The jobs are the graph's, in its order; deploy.yml has the two that a deploy consists of."""
    yield from same("jobs of python.yml", [job.name for job in JOBS], list(files.yaml(PYTHON)["jobs"]))
    yield from same("jobs of deploy.yml", ["approval", "deploy"], list(files.yaml(DEPLOY)["jobs"]))
    yield from same("jobs of scan.yml", ["scan"], list(files.yaml(SCAN)["jobs"]))


@check
def check_job_names(files: Files) -> Problems:
    """A job is shown by its own name, a leg of a matrix with what tells it from the others behind it."""
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN, CI):
        shown = str(each.get("name", ""))
        leg = shown.startswith(f"{job} (${{{{ matrix.") and shown.endswith(" }})")
        if not (leg if matrix_of(each) else shown == job):
            yield f"{name}: {job} is called {shown!r}"


@check
def check_named(files: Files) -> Problems:
    """Every file and every job of ours has a name for people, every action says what it is for."""
    for name, document in {**files.workflows, **files.examples, **files.actions}.items():
        lacking = [key for key in ("name", "description") if not document.get(key)]
        if "name" in lacking or (name in files.actions and lacking):
            yield f"{name}: no {lacking}"
    for name, job, each in files.jobs():
        if not each.get("name"):
            yield f"{name}: {job} has no name"


@check
def check_keys(files: Files) -> Problems:
    """Files, jobs, actions and steps have keys that GitHub knows there."""
    for name, document in {**files.workflows, **files.examples, **files.actions}.items():
        whole = ACTION if name in files.actions else FILE
        yield from (f"{name}: {key}" for key in document if key not in whole)
    yield from (f"{name}: {job}: {key}" for name, job, each in files.jobs() for key in each if key not in JOB)
    yield from (f"{place}: {key}" for place, step in files.steps() for key in step if key not in STEP)


@check
def check_needs(files: Files) -> Problems:
    """Each job needs the jobs that the graph says, in its order."""
    jobs = files.yaml(PYTHON)["jobs"]
    for job in JOBS:
        yield from same(f"needs of {job.name}", list(job.needs), needs_of(jobs.get(job.name, {})))
    yield from same("needs of deploy", ["approval"], needs_of(files.yaml(DEPLOY)["jobs"].get("deploy", {})))


@check
def check_sessions(files: Files) -> Problems:
    """Each job runs the sessions of the graph, in its order."""
    jobs = files.yaml(PYTHON)["jobs"]
    for job in JOBS:
        said = nox_step(jobs.get(job.name, {})).get("with", {}).get("sessions", "")
        yield from same(f"sessions of {job.name}", list(job.sessions), said.split())
    alone = nox_step(files.yaml(SCAN)["jobs"].get("scan", {})).get("with", {})
    yield from same("sessions of scan", "scan", alone.get("sessions"))


@check
def check_always(files: Files) -> Problems:
    """Exactly the job whose session runs after a failure has `always()`, and nothing else beside it."""
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN, CI):
        if name == PYTHON and job in ALWAYS:
            yield from same(f"if of {job}", "${{ always() }}", each.get("if"))
        elif "always" in functions(each.get("if", ""), condition=True):
            yield f"{name}: {job} has always()"


@check
def check_skips(files: Files) -> Problems:
    """A job behind others has a status function, so that what is left out further up does not take it along."""
    for name, job, each in files.jobs(PYTHON, DEPLOY):
        asked = functions(each.get("if", ""), condition=True)
        if needs_of(each) and job not in ALWAYS and "cancelled" not in asked:
            yield f"{name}: {job} has no !cancelled(), and would be skipped with any job before it"


@check
def check_steps(files: Files) -> Problems:
    """A job is a checkout and our action; one that asks for approval is our action alone."""
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN):
        used = [step.get("uses", step.get("run", "")).partition("@")[0] for step in each.get("steps", [])]
        checkout = [] if job == "approval" else ["actions/checkout"]
        yield from same(f"{name}: steps of {job}", [*checkout, "$/actions/nox"], used)


@check
def check_environments(files: Files) -> Problems:
    """Each job stands in the environment that the graph says, under the caller's prefix, and shows where it serves."""
    jobs = files.yaml(PYTHON)["jobs"]
    wanted = {job.name: job.environment for job in JOBS} | {"approval": "${{ matrix.environment }}"}
    places = [(PYTHON, name, jobs.get(name, {}), where) for name, where in wanted.items()]
    own = files.yaml(DEPLOY)["jobs"]
    places.append((DEPLOY, "deploy", own.get("deploy", {}), "${{ inputs.environment }}"))
    places.append((DEPLOY, "approval", own.get("approval", {}), "${{ matrix.environment }}"))
    for name, job, each, where in places:
        rest = {"deployment": "false"} if job == "approval" else {"url": "${{ steps.nox.outputs.address }}"}
        stands = {"name": f"${{{{ inputs.environment-prefix }}}}{where}", **rest} if where else None
        yield from same(f"{name}: environment of {job}", stands, each.get("environment"))
    for _, job, each in files.jobs(SCAN):
        yield from same(f"environment of {job}", None, each.get("environment"))
