"""Runs that end early: a job that fails or refuses, what is skipped behind it, what `required` says of it."""

import re

import pytest
from act_model import agree
from callers import reasons
from consumers import PYTHON, edit, pipeline
from harbor import harbor

OTHERS = ("lint", "types", "test", "security", "sbom", "integration", "e2e", "staging")
NOXFILE = """\
import nox
from twinrail.sessions import offer

for name in OWN:

    @nox.session(name=name, venv_backend="none")
    def quick(session):
        if session.name == FAILS:
            session.error("it fails here")


offer()
"""
ENDS = {
    "build": ("build", ("verify",), ("build", "required")),
    "approval": ("", ("verify", "build", "accept", "staging"), ("approval", "required")),
    "verify": ("", ("build",), ("verify", "required")),
}
"""By the job that ends the run: the session that fails, the jobs that succeed, the jobs that fail."""
PRODUCTION = "[tool.twinrail.environments.production]"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A project that deploys, on runners that are gone after the job."""
    folder = tmp_path_factory.mktemp("ends") / "harbor"
    harbor(folder)
    edit(
        folder / "pyproject.toml",
        "[tool.twinrail.test]",
        "[tool.twinrail.build]\nreproducible = false\n\n[tool.twinrail.test]",
    )
    return folder


@pytest.fixture(scope="module")
def ended(root, act, commit):
    """Each run, by the job that ends it; that of `verify` is refused a production that nobody called a rehearsal."""
    runs = {}
    caller = {".github/workflows/pipeline.yml": pipeline(python=PYTHON, name="harbor")}
    for job, (fails, _, _) in ENDS.items():
        own = (*OTHERS, "build") if job in {"build", "verify"} else OTHERS
        rehearsal = "" if job == "verify" else "rehearsal = true\n"
        settings = (root / "pyproject.toml").read_text(encoding="utf-8").replace("rehearsal = true\n", "")
        settings = settings.replace(f"{PRODUCTION}\n", f"{PRODUCTION}\n{rehearsal}")
        files = {"noxfile.py": NOXFILE.replace("OWN", repr(own)).replace("FAILS", repr(fails))}
        commit(root, {**caller, **files, "pyproject.toml": settings, "README.md": f"# harbor\n\nUntil {job}.\n"})
        runs[job] = act.run(root)
    return runs


@pytest.mark.parametrize("job", ENDS)
def test_what_is_skipped_and_what_is_red(ended, job):
    """Behind a job that fails nothing runs but `required`, which is red; act, the model and the verdict agree."""
    _, green, red = ENDS[job]
    run = ended[job]
    assert 1 == run.returncode
    found = agree(run, "twinrail", python=PYTHON)
    assert set(green) == {name for name, end in found.items() if end == "success"}
    assert set(red) == {name for name, end in found.items() if end == "failure"}
    told = reasons(run)
    assert ("failed", "failed") == told[job]
    assert ("not run", f"{job} failed") == told["production"]
    assert "failed" == run.outputs("twinrail/required", "nox")["state"]


def test_production_on_a_runner_that_is_gone(root, ended):
    """Without `rehearsal = true` it is refused at the line of its settings, by the first job."""
    lines = ["", *(root / "pyproject.toml").read_text(encoding="utf-8").splitlines()]
    [refusal] = [each for each in ended["verify"].annotations if each.job == "twinrail/verify"]
    assert ("error", "pyproject.toml", lines.index(PRODUCTION)) == (refusal.level, refusal.file, refusal.line)
    assert "deploy: environments.production.rehearsal" == refusal.title
    assert "This runner is gone after the job, and production with it. Say rehearsal = true" in refusal.message
    assert re.search(r"^exit status 21$", ended["verify"].log("twinrail/verify"), re.MULTILINE)


def test_nobody_was_asked(ended):
    """Where no environment says that it asks people the job fails with that sentence; production is not touched."""
    run = ended["approval"]
    [refusal] = [each for each in run.annotations if each.job.startswith("twinrail/approval")]
    assert "production-approval is not protected, or does not say so: nobody was asked." in refusal.message
    assert "add required reviewers, and the variable TWINRAIL_PROTECTED = yes" in refusal.message
    assert "production" not in {use.job for use in run.used}


def test_the_session_that_fails_is_named(ended):
    """Its own words stand on the run's page, and in its job's summary."""
    run = ended["build"]
    [told] = [each for each in run.annotations if each.job == "twinrail/build"]
    assert "build" in told.title
    assert "it fails here" in told.message
    assert "| build | ✗ failed |" in run.summaries["twinrail/required"]
