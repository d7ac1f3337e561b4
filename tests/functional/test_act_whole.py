"""The whole graph in one run: the real python.yml through act on a copy of example-project, all of it green."""

import hashlib
import io
import json
import re
import socket
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from act_model import agree, in_order
from callers import table
from consumers import PYTHON, another_python, told_after
from webhook import PATH
from whole import ENCODED, TOKEN, walk

from twinrail.deploy.release import Release
from twinrail.pipeline.graph import JOBS, PIPELINE

SESSIONS = [each.name for each in PIPELINE]
STAGES = {"accept": "test", "staging": "staging", "production": "production"}


@pytest.fixture(scope="module")
def whole(act, commit, tmp_path_factory):
    """The run; whatever it does, it does once."""
    return walk(act, commit, tmp_path_factory.mktemp("whole"))


def test_every_job_ran_once_all_that_it_needs_had_ended(whole):
    """All jobs of the graph are green, in its order, as GitHub's model has it; no message stands on the run's page."""
    assert dict.fromkeys((job.name for job in JOBS), "success") == agree(whole.run, "twinrail", python=PYTHON)
    legs = (f"platforms ({another_python()}, )", "approval (production-approval)")
    assert {f"twinrail/{each}" for each in legs} <= set(whole.run.legs)
    in_order(whole.run)
    # Where this machine does not have the Python that nobody chose, the stand-in tells which one it took.
    assert [] == [each for each in whole.run.annotations if "stands in for it" not in each.message]


def test_nothing_is_left(whole):
    """Every process has ended, those of the rehearsed environments too, and no port answers."""
    assert [] == whole.run.orphans
    running = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    assert str(whole.run.folder) not in running
    for port in whole.ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)


def test_required_tells_the_whole_run(whole):
    """Its page has every session in the pipeline's order, a timeline of them, the gates with who agreed, the jobs."""
    page = whole.run.summaries["twinrail/required"]
    sessions = table(page, "session")
    assert [*SESSIONS, f"test {another_python()}"] == list(sessions)
    assert {"✓ passed"} == {state for name, (state, _, _) in sessions.items() if name not in {"image", "push", "sign"}}
    off = {name: text for name, (state, _, text) in sessions.items() if state == "– off"}
    assert {
        "image": r"neither a Dockerfile nor \[tool.twinrail.image\]",
        "push": r"no \[tool.twinrail.image\] registry",
        "sign": "no key: neither image.signing-key nor TWINRAIL_SIGNING_KEY",
    } == off
    assert sessions["production"][2].startswith("rehearsal: rolling 2 of 2 · 1.4.0, stopped again")
    lanes = re.findall(r"^✓ (.+?) +█+$", page, re.MULTILINE)
    assert [name for name in sessions if name not in off] == lanes
    rows = [[cell.strip() for cell in line.split("|")[2:6]] for line in page.splitlines() if " UTC | " in line]
    assert [
        ["staging", "receipt", "✓ open", ""],
        ["staging", "freshness", "✓ open", ""],
        ["staging", "freshness", "✓ open", ""],
        ["staging", "smoke", "✓ open", ""],
        ["staging", "performance", "✓ open", ""],
        ["production", "receipt", "✓ open", ""],
        ["production", "freshness", "✓ open", ""],
        ["production", "approval", "✓ open", "reviewers of production-approval"],
        ["production", "freshness", "✓ open", ""],
    ] == rows
    assert dict.fromkeys((job.name for job in JOBS[:-1]), ("✓ passed", "")) == table(page, "job")


def test_each_job_has_its_record(whole):
    """An artifact each under the call's name; the whole record has every command, the other Python's apart."""
    names = {f"shop-{job.name}" for job in JOBS if job.sessions and job.name != "platforms"}
    assert {*names, "shop-platforms-same"} == set(whole.run.artifacts)
    commands = {each["name"]: each["commands"] for each in whole.record()["sessions"]}
    assert {"notify", "image", "push", "sign"} == {name for name, each in commands.items() if not each}
    for name, python in (("test", PYTHON), (f"test {another_python()}", another_python())):
        programs = {each["argv"][0] for each in commands[name] if each["tool"].startswith("coverage ")}
        assert 1 == len(programs)
        assert f"-py{python}-" in programs.pop()
    assert b"passed" in whole.artifact("required", f"record/shop-1-1/logs/test {another_python()}.log")


def test_the_caller_is_told(whole):
    """Version, artifacts with digests, release, receipt and state reach the caller; a rehearsal has no address."""
    told = told_after(whole.run)
    made = json.loads(told["artifacts"])
    assert {"wheel", "sdist", "sbom"} == set(made)
    production = json.loads(whole.artifact("production", "receipt.json"))
    receipt = hashlib.sha256(whole.artifact("production", "receipt.json")).hexdigest()
    assert ("1.4.0", "passed", production["release"], receipt) == tuple(
        told[name] for name in ("version", "state", "release", "receipt")
    )
    assert not told.get("address")


def test_what_is_built_is_what_is_deployed(whole, tmp_path):
    """The bytes have the digests that build told; all three receipts are of that wheel, its lock, this commit."""
    made = json.loads(told_after(whole.run)["artifacts"])
    for entry in made.values():
        name = entry["path"] if entry["path"].startswith("dist/") else Path(entry["path"]).name
        assert hashlib.sha256(whole.artifact("build", name)).hexdigest() == entry["digest"]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=whole.root, check=True, capture_output=True, text=True)
    locked = hashlib.sha256(whole.artifact("staging", "record/shop-1-1/reports/staging/release.txt")).hexdigest()
    wheel = made["wheel"]
    release = Release(
        version=wheel["version"], digest=wheel["digest"], commit=commit.stdout.strip(), locked=locked,
        wheel=tmp_path, requirements=tmp_path,
    )  # fmt: skip
    for job, environment in STAGES.items():
        receipt = json.loads(whole.artifact(job, "receipt.json"))
        expected = (environment, release.name, release.identity, release.commit, "shop-1-1", True)
        assert expected == tuple(
            receipt[name] for name in ("environment", "release", "identity", "commit", "run", "rehearsal")
        )


def test_the_packages(whole):
    """The wheel is importable as it is, and the bill of materials names what is locked, at its version."""
    with zipfile.ZipFile(io.BytesIO(whole.artifact("build", "dist/shopfront-1.4.0-py3-none-any.whl"))) as wheel:
        assert wheel.testzip() is None
        assert (whole.root / "src/shopfront/app.py").read_bytes() == wheel.read("shopfront/app.py")
    bill = json.loads(whole.artifact("build", "shopfront.cdx.json"))
    listed = {each["name"]: each["version"] for each in bill["components"]}
    locked = tomllib.loads((whole.root / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert listed.items() <= {each["name"]: each["version"] for each in locked}.items()
    assert {"fastapi", "sqlalchemy", "uvicorn"} <= set(listed)
    assert "pytest" not in listed


def test_one_is_told_how_it_ended(whole):
    """The webhook hears of the run once, with every session's end."""
    [told] = whole.hook.heard
    commit = json.loads(whole.artifact("production", "receipt.json"))["commit"]
    assert ("passed", 0, "shopfront", "1.4.0", commit) == tuple(
        told[name] for name in ("state", "exit_code", "project", "version", "commit")
    )
    wanted = [*(name for name in SESSIONS if name != "notify"), f"test {another_python()}"]
    # Nobody asks for an image.
    assert dict.fromkeys(wanted, "passed") | {"image": "off", "push": "off", "sign": "off"} == told["sessions"]


def test_secrets_reach_those_alone_who_need_them(whole):
    """The token is there where it is deployed to staging and nowhere before; a service never sees it; nor the webhook.

    No session can speak to the runner, or for it.
    """
    suites = [each.suite for each in whole.seen]
    assert ["e2e", "integration", "smoke", "unit", "unit"] == sorted(suites)
    for each in whole.seen:
        assert (each.suite == "smoke") is ("TWINRAIL_DEPLOY_TOKEN" in each.names)
        hidden = ("TWINRAIL_WEBHOOK", "TWINRAIL_INPUTS", "GITHUB_OUTPUT", "GITHUB_ENV", "ACTIONS_RUNTIME_TOKEN")
        assert not set(hidden) & set(each.names)
        # The proxy and the replicas, of the environment that stands just then.
        assert {"unit": 0, "integration": 0, "e2e": 2, "smoke": 3}[each.suite] == len(each.services)
        assert not [name for names in each.services for name in names if name.startswith(("TWINRAIL_D", "GITHUB_"))]


def test_no_secret_in_any_file(whole):
    """A test of the project prints the token: stars stand there, in the log, the pages and the artifacts."""
    staging = whole.artifact("staging", "record/shop-1-1/logs/staging.log").decode()
    assert "The token is [***], or [***]." in staging
    assert "The token is [***], or [***]." in whole.run.log("twinrail/staging")
    kept = {f"{name}/{file}": text for name, files in whole.run.artifacts.items() for file, text in files.items()}
    kept |= {job: text.encode() for job, text in whole.run.summaries.items()}
    said = [line for line in whole.run.printed.splitlines() if "::add-mask::" not in line]
    kept["log"] = "\n".join(said).encode()
    secrets = (TOKEN, ENCODED, PATH, whole.hook.address)
    assert [] == [(name, word) for name, text in kept.items() for word in secrets if word.encode() in text]


def test_what_the_official_actions_are_asked_for(whole):
    """No checkout keeps the token, history is fetched for the build alone, names carry the call's."""
    asked = {name: {} for name in ("checkout", "upload-artifact", "download-artifact", "setup-python")}
    for use in whole.run.used:
        asked[use.action][use.job] = use.inputs
    jobs = {job.name for job in JOBS}
    assert jobs - {"approval"} == set(asked["checkout"])
    assert {"false"} == {each["persist-credentials"] for each in asked["checkout"].values()}
    assert {"build": "0"} == {job: each["fetch-depth"] for job, each in asked["checkout"].items()
                              if each["fetch-depth"] != "1"}  # fmt: skip
    legs = {"platforms": "platforms-same"}
    assert {job: f"shop-{legs.get(job, job)}" for job in jobs - {"approval"}} == {
        job: each["name"] for job, each in asked["upload-artifact"].items()
    }
    for each in asked["download-artifact"].values():
        assert all(name.startswith("shop-") for name in each["pattern"].strip("{}").split(","))
    assert {"accept", "staging", "production", "required"} == set(asked["download-artifact"])
    pythons = dict.fromkeys(jobs - {"approval"}, PYTHON) | {"platforms": another_python()}
    assert pythons.items() <= {job: each["python-version"] for job, each in asked["setup-python"].items()}.items()
