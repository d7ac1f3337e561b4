"""What jobs may do and what they are given: permissions, secrets, the token, the checkout's credentials."""

import re

from agreement.checks.files import DEPLOY, IDENTITY, IMAGE, PYTHON, SCAN, Files, Problems, check, nox_step, same
from agreement.checks.graph import ALWAYS
from agreement.model.expressions import references
from twinrail.cli.runner import SECRETS
from twinrail.pipeline.graph import JOBS
from twinrail.project.settings import Notify

GIVEN = {f"secrets.{word}": f"TWINRAIL_{word.upper().replace('-', '_')}"
         for word in ("deploy-token", "registry-user", "registry-password")}  # fmt: skip
"""The secrets of a deploy, and the variable in which each reaches it."""
TOLD = {"secrets.notify-url": Notify().webhook}
SCOPES = {
    (IMAGE, "build"): {"packages"},
    (IMAGE, "sign"): {"packages", "id-token", "attestations"},
    (IDENTITY, "build"): {"packages", "id-token", "attestations"},
    **{(IDENTITY, job): {"packages", "id-token"} for job in ("staging", "production")},
}
"""What some jobs may write beside reading the code, and no other may."""
DECLARED = [path.partition(".")[2] for path in (*GIVEN, *TOLD)]
SCOPE = re.compile(r"^\s+[a-z-]+: (?:read|write)\b(?!.* # \S)")


@check
def check_permissions(files: Files) -> Problems:
    """Nothing on top; each job reads the code that it checks out, and one that checks out nothing may do nothing."""
    for name, document in files.workflows.items():
        yield from same(f"{name}: permissions", {}, document.get("permissions"))
    for name, job, each in files.jobs(*files.workflows):
        code = "uses" in each or any(step.get("uses", "").startswith("actions/checkout@") for step in each["steps"])
        wanted = ({"contents": "read"} if code else {}) | dict.fromkeys(SCOPES.get((name, job), ()), "write")
        yield from same(f"{name}: permissions of {job}", wanted, each.get("permissions"))


@check
def check_reasons(files: Files) -> Problems:
    """Behind each scope stands what it is for."""
    for name in (*files.workflows, *files.examples):
        for line in files.texts[name].splitlines():
            if SCOPE.match(line):
                yield f"{name}: no reason for {line.strip()!r}"


@check
def check_secrets_declared(files: Files) -> Problems:
    """The four secrets, each described and none required; a scan takes none; nobody inherits."""
    for name, wanted in {PYTHON: DECLARED, DEPLOY: DECLARED, SCAN: []}.items():
        found = files.yaml(name)["on"]["workflow_call"].get("secrets", {})
        yield from same(f"{name}: secrets", wanted, list(found))
        for word, each in found.items():
            yield from same(f"{name}: {word}", "false", each.get("required"))
            if not each.get("description", "").endswith("."):
                yield f"{name}: {word} is not described"
    for name, job, each in files.jobs():
        if each.get("secrets") == "inherit":
            yield f"{name}: {job} inherits secrets"


@check
def check_secrets_same(files: Files) -> Problems:
    """A secret that a deploy is given means the same in both files."""
    first, second = (files.yaml(name)["on"]["workflow_call"].get("secrets", {}) for name in (PYTHON, DEPLOY))
    for path in GIVEN:
        word = path.partition(".")[2]
        yield from same(f"deploy.yml: {word}", first.get(word), second.get(word))


def environment_of(name: str, job: str) -> dict[str, str]:
    """The variables that our action is given in a job."""
    deploys = {each.name for each in JOBS if each.environment}
    given = GIVEN if (name == PYTHON and job in deploys) or (name, job) == (DEPLOY, "deploy") else {}
    given = given | (TOLD if name == PYTHON and job in ALWAYS else {})
    given = given | ({"vars.TWINRAIL_PROTECTED": "TWINRAIL_PROTECTED"} if job == "approval" else {})
    # pragma: allowlist nextline secret
    given = given | ({"github.token": "TWINRAIL_GITHUB_TOKEN"} if (name, job) == (SCAN, "scan") else {})
    return {variable: f"${{{{ {path} }}}}" for path, variable in given.items()}


@check
def check_secrets_reach(files: Files) -> Problems:
    """Each secret reaches the jobs that need it, in the variable that is read and masked, and nothing else does."""
    masked = {*SECRETS, Notify().webhook}
    for name, job, each in files.jobs(PYTHON, DEPLOY, SCAN):
        given = environment_of(name, job)
        yield from same(f"{name}: environment of {job}", given, nox_step(each).get("env", {}))
        allowed = {path for path in given.values() if "vars." not in path}
        for path in references(each):
            if path.startswith(("secrets", "github.token")) and f"${{{{ {path} }}}}" not in allowed:
                yield f"{name}: {job} is given {path}"
        secrets = {variable for variable, path in given.items() if "vars." not in path}
        yield from (f"{name}: {variable} is not masked" for variable in sorted(secrets - masked))


@check
def check_secrets_nowhere_else(files: Files) -> Problems:
    """A secret stands in the environment of one step, and in nothing that is shown or run."""
    for place, step in files.steps():
        rest = {key: value for key, value in step.items() if key != "env"}
        if any(path.startswith(("secrets", "github.token")) for path in references(rest)):
            yield f"{place}: a secret outside of env"
    for name, document in {**files.workflows, **files.examples, **files.actions}.items():
        if "env" in document or any("env" in job for job in document.get("jobs", {}).values()):
            yield f"{name}: variables for more than one step"
        if any(path == "secrets" for path in references(document)):
            yield f"{name}: all secrets at once"


@check
def check_checkout(files: Files) -> Problems:
    """A checkout keeps no credentials, and takes the commit of the run; the build sees all tags."""
    for name, job, each in files.jobs():
        for step in each.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                deep = {"fetch-depth": "0"} if job == "build" and name in {PYTHON, IDENTITY, IMAGE} else {}
                wanted = {"persist-credentials": "false", **deep}
                yield from same(f"{name}: checkout of {job}", wanted, step.get("with"))
