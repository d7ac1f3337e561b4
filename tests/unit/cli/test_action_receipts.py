"""Receipts and agreements go from job to job: only those that a job has told."""

import hashlib
import json
import os

import pytest

from door import INPUTS
from twinrail.cli.action import take
from twinrail.cli.inputs import read_inputs
from twinrail.cli.runner import open_runner
from twinrail.deploy.github import APPROVED

SEES = """\
receipts = {each.stem: each.read_text() for each in sorted(pathlib.Path(".twinrail/receipts").glob("*"))}
session.log("sees " + json.dumps([receipts, os.environ.get("TWINRAIL_APPROVED")]))
"""
GIVES = """\
from twinrail.deploy.receipt import Receipt, write
write(pathlib.Path(".twinrail"), Receipt(environment="ENVIRONMENT", release="0.3.0-abc", identity="i", commit="c",
                                         head="h", run="r"))
"""
WHEEL = "dist/parcel-0.3.0-py3-none-any.whl"


def receipt(environment, **more):
    return json.dumps({"environment": environment, "release": "0.3.0-abc", **more})


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def deploy(step, door, sessions):
    """A deploying job; `fetched` are receipts by artifact, `needs` what the jobs before told."""

    def run(session, fetched, needs, *, body=SEES):
        door.job = session
        wheel = {"path": WHEEL, "digest": digest("wheel"), "version": "0.3.0", "commit": "c0ffee"}
        step("begin", sessions=session)
        files = {f"parcel-build/{WHEEL}": "wheel", **{f"{name}/receipt.json": text for name, text in fetched.items()}}
        for name, text in files.items():
            (door.place / "in" / name).parent.mkdir(parents=True)
            (door.place / "in" / name).write_text(text)
        sessions(**{session: body})
        told = {"build": {"result": "success", "outputs": {"artifacts": json.dumps({"wheel": wheel})}}}
        return step("run", sessions=session, needs=json.dumps(told | needs))

    return run


def sees(came):
    line = next(each for each in came.log.lines if each.startswith("nox > sees "))
    return json.loads(line.removeprefix("nox > sees "))


def gave(**receipts):
    """Jobs that told the digests of receipts."""
    return {name: {"result": "success", "outputs": {"receipt": digest(text)}} for name, text in receipts.items()}


TEST, STAGING = receipt("test"), receipt("staging")


def test_receipts(deploy):
    """A deploy has the receipts of the environments before that jobs have told, byte for byte."""
    fetched = {"parcel-accept": TEST, "parcel-staging": STAGING}
    came = deploy("production", fetched, gave(accept=TEST, staging=STAGING))
    assert (0, [{"test": TEST, "staging": STAGING}, None]) == (came.code, sees(came))


def test_receipts_of_a_composed_pipeline(deploy):
    """A caller who composes jobs by deploy.yml tells them under names of their own."""
    came = deploy("production", {"parcel-deploy-staging": STAGING}, gave(to_staging=STAGING))
    assert [{"staging": STAGING}, None] == sees(came)


def test_no_receipts(deploy, door):
    """Where none was fetched there is none, not even one that lay here."""
    (door.workspace / ".twinrail" / "receipts").mkdir(parents=True)
    (door.workspace / ".twinrail" / "receipts" / "staging.json").write_text(STAGING)
    assert [{}, None] == sees(deploy("production", {}, gave(staging=STAGING)))


@pytest.mark.parametrize(
    ("fetched", "needs"),
    [
        ({"parcel-staging": receipt("staging", edited=True)}, gave(staging=STAGING)),
        ({"parcel-staging": STAGING}, {}),
        ({"parcel-staging": STAGING}, {"staging": {"result": "success", "outputs": {"receipt": ""}}}),
        ({"parcel-staging": "{"}, gave(staging=STAGING)),
        ({"parcel-staging": ""}, gave(staging=STAGING)),
        ({"parcel-staging": "[]"}, gave(staging=STAGING)),
        ({"parcel-staging": receipt("../../x")}, gave(staging=receipt("../../x"))),
        ({"parcel-accept": TEST, "parcel-staging": STAGING}, gave(staging=STAGING)),
    ],
    ids=["edited", "untold", "emptied output", "broken", "empty", "no receipt", "elsewhere", "one of two"],
)
def test_a_receipt_that_its_job_did_not_give(deploy, door, fetched, needs):
    """The job ends with 4 before any session began, names the artifact, and no receipt is taken over from it."""
    came = deploy("production", fetched, needs)
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert came.errors[0].startswith(f"The receipt in {min(fetched)} is not the one that its job gave.\n")
    assert not (door.workspace / ".twinrail" / "receipts" / "staging.json").exists()
    assert not (door.workspace / ".twinrail" / "runs").exists()


def test_a_receipt_of_an_earlier_attempt(deploy):
    """When all jobs run again, what later ones left the first time is in nobody's way."""
    fetched = {
        "parcel-accept": TEST,
        "parcel-deploy-staging": STAGING,
        "parcel-deploy-production": receipt("production"),
    }
    assert [{"test": TEST}, None] == sees(deploy("staging", fetched, gave(accept=TEST)))


def test_a_receipt_that_is_given(deploy, door):
    """A deploy's receipt is handed on, its digest and its release are told."""
    came = deploy("staging", {}, {}, body=GIVES.replace("ENVIRONMENT", "staging"))
    text = (door.place / "out" / "receipt.json").read_text(encoding="utf-8")
    assert (0, digest(text), "0.3.0-abc") == (came.code, came.outputs["receipt"], came.outputs["release"])
    assert "staging" == json.loads(text)["environment"]


@pytest.mark.parametrize("body", ["pass", "session.error('turned back')", GIVES.replace("ENVIRONMENT", "production")])
def test_a_receipt_that_is_not_given(deploy, door, body):
    """A deploy that gave none of its own hands on none, though another one lies here."""
    came = deploy("staging", {"parcel-accept": TEST}, gave(accept=TEST), body=body)
    assert not {"receipt", "release"} & came.outputs.keys()
    assert not (door.place / "out" / "receipt.json").exists()


@pytest.mark.parametrize(
    ("needs", "approved"),
    [
        ({"approval": {"result": "success", "outputs": {"approvals": "production-approval"}}}, "production-approval"),
        ({"approval": {"result": "success", "outputs": {"approvals": "a,b"}}}, "a,b"),
        ({"approval": {"result": "success", "outputs": {}}}, ""),
        ({"approval": {"result": "failure", "outputs": {"approvals": "production-approval"}}}, None),
        ({"approval": {"result": "skipped", "outputs": {"approvals": "production-approval"}}}, None),
        ({"approval": {"result": "cancelled", "outputs": {"approvals": "production-approval"}}}, None),
        ({"others": {"result": "success", "outputs": {"approvals": "production-approval"}}}, None),
        ({}, None),
    ],
)
def test_who_agreed(door, monkeypatch, needs, approved):
    """A deploy hears who agreed from the job `approval` alone, if it succeeded, and from no variable of the runner."""
    for name, value in {**door.variables({}), APPROVED: "production-approval,production-approval-2"}.items():
        monkeypatch.setenv(name, value)
    given = json.dumps(INPUTS | {"needs": json.dumps(needs)})
    inputs = read_inputs(given, workspace=door.workspace, repository="ada/parcel")
    take(inputs, open_runner(inputs))
    assert approved == os.environ.get(APPROVED)


def test_a_deploy_hears_who_agreed(deploy):
    """The session that deploys finds it where it looks for it."""
    agreed = {"approval": {"result": "success", "outputs": {"approvals": "production-approval"}}}
    assert [{}, "production-approval"] == sees(deploy("production", {}, agreed))
