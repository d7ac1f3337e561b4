"""What begins a run decides how far it goes: the real python.yml through act, on sessions that take no time."""

import pytest
from callers import caller, cloned, outputs, quick, reasons, table

TABLES = """\
[tool.twinrail.build]
reproducible = false

[tool.twinrail.deploy]
on = ["v*"]

[tool.twinrail.service]
command = ["true"]

[tool.twinrail.environments.staging]

[tool.twinrail.environments.production]
rehearsal = true

[tool.twinrail.test]"""
OWN = ("lint", "types", "test", "security", "sbom", "integration", "e2e", "staging", "production")
PROTECTED = {"TWINRAIL_PROTECTED": "yes"}
PASSED = ("passed", "")
ALONE = ("off", "the project names no Python but 3.13, and no other system")
UNTRIED = ("off", "there are no tests/integration, and no tests/e2e with an environment test")
DEPLOYS = ("staging", "approval", "production")
JOBS = ("verify", "build", "platforms", "accept", *DEPLOYS, "required")
FORK = {"full_name": "eve/parcel", "fork": True, "owner": {"login": "eve"}}


@pytest.fixture(scope="module")
def project(_parcel, tmp_path_factory, commit):
    """A project with staging and production, whose noxfile does all but the build itself."""
    made = cloned(_parcel, tmp_path_factory.mktemp("events") / "parcel")
    made.edit("pyproject.toml", "[tool.twinrail.test]", TABLES)
    commit(made.root, {"noxfile.py": quick(*OWN), ".github/workflows/caller.yml": caller()})
    return made


@pytest.fixture(scope="module")
def bare(project, tmp_path_factory, commit):
    """The same project with a build of its own too, and no tests against what was built."""
    made = cloned(project, tmp_path_factory.mktemp("bare") / "parcel")
    (made.root / "tests/integration/test_installed.py").unlink()
    commit(made.root, {"noxfile.py": quick("build", *OWN)})
    return made


def results(run):
    """The jobs of the pack and how each ended."""
    return {name.partition("/")[2]: result for name, result in run.jobs.items() if name.startswith("twinrail/")}


def ended(*skipped, failed=()):
    """How each job is to end: those that are not named with success."""
    return {name: "skipped" if name in skipped else "failure" if name in failed else "success" for name in JOBS}


def test_a_schedule(act, project):
    """It ends after e2e, though every environment would let it on; the caller is told what was built."""
    run = act.run(project.root, "schedule", variables=PROTECTED)
    assert 0 == run.returncode, run.said
    assert ended("platforms", *DEPLOYS) == results(run)
    tested = {"verify": PASSED, "build": PASSED, "platforms": ALONE, "accept": PASSED}
    assert {**tested, **dict.fromkeys(DEPLOYS, ("off", "an event schedule deploys nowhere"))} == reasons(run)
    assert {"✓ passed"} == {row[0] for row in table(run.summaries["twinrail/accept"], "session").values()}
    told = outputs(run)
    assert ("0.3.0", "passed", "") == (told["version"], told["state"], told["release"])


def test_a_pull_request_of_a_fork(act, bare):
    """What there is to test is tested; green without a secret or a variable, and both plan and page say why."""
    run = act.run(bare.root, "pull_request", payload={"pull_request": {"head": {"repo": FORK}}})
    assert 0 == run.returncode, run.said
    assert ended("platforms", "accept", *DEPLOYS) == results(run)
    tested = {"verify": PASSED, "build": PASSED, "platforms": ALONE, "accept": UNTRIED}
    why = "an event pull_request deploys nowhere"
    assert {**tested, **dict.fromkeys(DEPLOYS, ("off", why))} == reasons(run)
    assert f"staging      is left out: {why}\n" in run.log("twinrail/verify")


def test_a_dispatch_goes_on(act, project):
    """Somebody who dispatches wants it deployed: staging, those who agree, production, each after the other."""
    run = act.run(project.root, "workflow_dispatch", variables=PROTECTED)
    assert 0 == run.returncode, run.said
    assert ended("platforms") == results(run)
    assert {**dict.fromkeys(JOBS[:-1], PASSED), "platforms": ALONE} == reasons(run)
    order = [name.partition("/")[2] for name in run.order]
    assert ["accept", "staging", "approval (production-approval)", "production", "required", ""] == order[2:]
    assert "staging was quick" in run.log("twinrail/staging")
    assert "production-approval: its reviewers agreed.\n" in run.log("twinrail/approval")


def test_a_tag_that_deploys(act, project):
    """A tag that `deploy.on` names goes on to staging; where no environment says that it asks people, no further."""
    run = act.run(project.root, payload={"ref": "refs/tags/v0.3.0"})
    assert 1 == run.returncode
    assert ended("platforms", "production", failed=("approval", "required")) == results(run)
    told = reasons(run)
    assert [PASSED, ("failed", "failed"), ("not run", "approval failed")] == [told[name] for name in DEPLOYS]
    [refusal] = [each.message for each in run.annotations if each.job.startswith("twinrail/approval")]
    assert "production-approval is not protected, or does not say so: nobody was asked." in refusal
    assert "failed" == run.outputs("twinrail/required", "nox")["state"]


def test_until(act, bare, commit):
    """Nothing begins beyond the session that is wanted last, in its own job neither, and that is told as the reason."""
    commit(bare.root, {".github/workflows/caller.yml": caller(until="types")})
    run = act.run(bare.root, variables=PROTECTED)
    assert 0 == run.returncode, run.said
    assert ended(*JOBS[1:-1]) == results(run)
    ends = ("off", "it ends after types")
    assert {"verify": PASSED, **dict.fromkeys(JOBS[1:-1], ends)} == reasons(run)
    rows = table(run.summaries["twinrail/verify"], "session")
    assert {"lint": "✓ passed", "types": "✓ passed", "test": "– off", "security": "– off"} == {
        name: row[0] for name, row in rows.items()
    }
    assert ends[1] == rows["test"][2]
