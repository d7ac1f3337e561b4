"""What has more rights: python-identity.yml is python.yml but for scopes and the push; what signs runs no user code."""

import re
from collections.abc import Iterator
from typing import Any

from agreement.checks.files import IDENTITY, IMAGE, PYTHON, Files, Problems, check, nox_step, same
from agreement.checks.places import script

LOGIN = {
    "TWINRAIL_REGISTRY_USER": "${{ secrets.registry-user }}",
    "TWINRAIL_REGISTRY_PASSWORD": "${{ secrets.registry-password }}",
    "TWINRAIL_GITHUB_TOKEN": "${{ github.token }}",
}
KEY = {"TWINRAIL_SIGNING_KEY": "${{ secrets.signing-key }}"}
MORE = (
    r"name",
    r"on\.workflow_call\.(secrets\.signing-key|outputs\.image)",
    r"jobs\.(build|staging|production)\.permissions\.(packages|id-token|attestations)",
    r"jobs\.(build|staging|production)\.steps\.1\.env(\.TWINRAIL_(REGISTRY_(USER|PASSWORD)|GITHUB_TOKEN))?",
    r"jobs\.build\.outputs\.image",
    r"jobs\.build\.steps\.2",
)
"""Where the two may differ: in scopes, and in what pushes, attests and tells of the image."""
TAKEN = {
    "inputs": ("path", "name", "runs-on", "python", "timeout-minutes"),
    "secrets": ("registry-user", "registry-password", "signing-key"),
    "outputs": ("version", "artifacts", "image"),
}
"""What image.yml has of python-identity.yml."""
NOTHING = object()


def differences(first: Any, second: Any, path: str = "") -> Iterator[str]:
    """The paths at which two documents say something else."""
    if isinstance(first, list) and isinstance(second, list):
        first, second = (dict(enumerate(each)) for each in (first, second))
    if not (isinstance(first, dict) and isinstance(second, dict)):
        if first != second:
            yield path
        return
    for key in {**first, **second}:
        yield from differences(first.get(key, NOTHING), second.get(key, NOTHING), f"{path}.{key}".removeprefix("."))


@check
def check_identity(files: Files) -> Problems:
    """The same graph, the same words: they differ in scopes and the push only."""
    for path in differences(files.yaml(PYTHON), files.yaml(IDENTITY)):
        if not any(re.fullmatch(each, path) for each in MORE):
            yield f"{IDENTITY}: {path} is not what it is in python.yml"
    jobs = files.yaml(IDENTITY)["jobs"]
    yield from same("variables of build", LOGIN | KEY, nox_step(jobs["build"]).get("env"))
    for job in ("staging", "production"):
        found = nox_step(jobs[job]).get("env", {})
        yield from same(f"login of {job}", LOGIN, {name: found.get(name) for name in LOGIN})


@check
def check_identity_made(files: Files) -> Problems:
    """It is what scripts/identity.py makes of python.yml, comments and all."""
    try:
        made = script("identity").identity(files.texts[PYTHON])
    except ValueError as error:
        yield str(error)
        return
    if made != files.texts[IDENTITY]:
        yield f"{IDENTITY} is stale: python scripts/identity.py"


@check
def check_attested(files: Files) -> Problems:
    """What is attested is the image that was pushed, by digest; who may attest does."""
    for name, job, each in files.jobs(IDENTITY, IMAGE):
        steps = [step for step in each["steps"] if step.get("uses", "").startswith("actions/attest@")]
        yield from same(f"{name}: {job} attests", "attestations" in each["permissions"], len(steps) == 1)
        told = "steps.nox.outputs.image" if name == IDENTITY else "needs.build.outputs.image"
        for step in steps:
            wanted = {f"subject-{part}": f"${{{{ fromJSON({told}).{part} }}}}" for part in ("name", "digest")}
            yield from same(f"{name}: subject of {job}", wanted, step.get("with"))
            yield from same(f"{name}: when {job} attests", f"${{{{ {told} }}}}", step.get("if", each.get("if")))


@check
def check_signing(files: Files) -> Problems:
    """In image.yml the job that signs has a checkout, the one session that runs no user code, and the attestation."""
    jobs = files.yaml(IMAGE)["jobs"]
    yield from same("jobs of image.yml", ["build", "sign"], list(jobs))
    yield from same("build of image.yml", "build image push", nox_step(jobs["build"]).get("with", {}).get("sessions"))
    uses = [step.get("uses", "").partition("@")[0] for step in jobs["sign"]["steps"]]
    yield from same("steps of sign", ["actions/checkout", "$/actions/nox", "actions/attest"], uses)
    given = nox_step(jobs["sign"]).get("with", {})
    yield from same("sessions of sign", "sign", given.get("sessions"))
    yield from same(
        "what sign takes", ("build", "${{ toJSON(needs) }}"), (jobs["sign"].get("needs"), given.get("needs"))
    )
    yield from same("variables of build", LOGIN, nox_step(jobs["build"]).get("env"))
    yield from same("variables of sign", LOGIN | KEY, nox_step(jobs["sign"]).get("env"))


@check
def check_image_as_elsewhere(files: Files) -> Problems:
    """What image.yml is given, asks for and tells is what python-identity.yml is given, asks for and tells."""
    ours, theirs = files.yaml(IMAGE), files.yaml(IDENTITY)
    call, all_of_it = ours["on"]["workflow_call"], theirs["on"]["workflow_call"]
    wanted = {kind: {name: all_of_it[kind][name] for name in names} for kind, names in TAKEN.items()}
    yield from same("what image.yml takes and tells", wanted, call)
    yield from same("the cache of image.yml", theirs["cache-mode"], ours.get("cache-mode"))
    build = theirs["jobs"]["build"]
    told = {name: build["outputs"][name] for name in TAKEN["outputs"]}
    yield from same("what build tells", told, ours["jobs"]["build"].get("outputs"))
    given = nox_step(build)["with"]
    for job, each in ours["jobs"].items():
        for key in ("runs-on", "timeout-minutes"):
            yield from same(f"{key} of {job}", build[key], each.get(key))
        for key in ("path", "name", "python"):
            yield from same(f"{key} of {job}", given[key], nox_step(each).get("with", {}).get(key))
