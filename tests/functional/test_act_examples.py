"""Files of docs/examples, each executed as it stands; ci.yml and pipeline.yml are in test_act_troubles.py."""

import hashlib
import json
import shlex
import subprocess
import sys

import pytest
from callers import NOX, cloned, example, package, quick, reasons, table

OWN_LINT = f"""\
import nox


@nox.session(venv_backend="none")
def lint(session):
    session.log("all of it reads well")


{NOX}"""
OWN = "the noxfile's own session"
TEST = "tests/unit/test_postage.py"


@pytest.fixture(scope="module")
def monorepo(_parcel, tmp_path_factory, commit):
    """Two packages with the same fault for lint: `api` has a `lint` of its own, `worker` has no noxfile."""
    root = tmp_path_factory.mktemp("monorepo") / "shop"
    made = {name: package(_parcel, root / "packages" / name, name) for name in ("api", "worker")}
    for each in made.values():
        each.edit(TEST, "import pytest\n", "import os\n\nimport pytest\n")
    made["api"].write("noxfile.py", OWN_LINT)
    commit(root, example("monorepo.yml"))
    return made


@pytest.fixture(scope="module")
def both(monorepo, act):
    """The run of both packages."""
    return act.run(monorepo["api"].root.parents[1])


def test_one_package_does_not_turn_the_other_red(both):
    """What fails is red to its end, the other one green to its own; so the run is red, and shows which it was."""
    ends = {name: result for name, result in both.jobs.items() if name.startswith("api")}
    skipped = [f"api/{name}" for name in ("platforms", "staging", "approval", "production")]
    assert {name: "skipped" if name in skipped else "success" for name in ends} == ends
    results = ("failure", "failure", "success", "skipped", "failure")
    jobs = ("worker", "worker/verify", "worker/build", "worker/accept", "worker/required")
    assert results == tuple(both.jobs[name] for name in jobs)
    states = [both.outputs(f"{name}/required", "nox")["state"] for name in ("api", "worker")]
    assert (1, ["passed", "failed"]) == (both.returncode, states)


def test_what_both_keep_is_told_apart(both):
    """Artifacts carry the last part of the path; records, packages and summaries are each package's own."""
    kept = {f"{name}-{job}" for name in ("api", "worker") for job in ("verify", "build", "required")}
    assert {*kept, "api-accept"} == both.artifacts.keys()
    for name in ("api", "worker"):
        assert f"dist/{name}-0.3.0-py3-none-any.whl" in both.artifacts[f"{name}-build"]
        told = json.loads(both.artifacts[f"{name}-required"][f"record/{name}-1-1/run.json"])
        assert (name, name == "worker") == (told["run"]["project"], told["state"] == "failed")
        assert both.summaries[f"{name}/required"].startswith(f"# {name} · required\n")
    assert ("passed", "") == reasons(both, "api/required")["verify"]
    assert ("not run", "verify failed") == reasons(both, "worker/required")["accept"]
    rows = table(both.summaries["api/accept"], "session")
    assert "1 passed against api-0.3.0-py3-none-any.whl" == rows["integration"][2]


def test_without_a_noxfile(both, monorepo):
    """All sessions ran; what they find stands at its place in the repository, and can be run again from its top."""
    rows = table(both.summaries["worker/verify"], "session")
    assert {"lint": "✗ failed", **dict.fromkeys(("types", "test", "security"), "✓ passed")} == {
        name: row[0] for name, row in rows.items()
    }
    [found] = both.annotations
    assert (f"packages/worker/{TEST}", 1, "lint: F401") == (found.file, found.line, found.title)
    again = both.summaries["worker/required"].partition("```sh\n")[2].partition("\n")[0]
    assert "twinrail lint --project packages/worker" == again
    words = [sys.executable, "-m", *shlex.split(again)]
    done = subprocess.run(words, cwd=monorepo["worker"].root.parents[1], capture_output=True, text=True, check=False)
    assert (1, True) == (done.returncode, "1 finding" in done.stdout), done.stderr


def test_an_own_lint(both, monorepo, nox_on):
    """The noxfile's own runs in act, by its name, and in the pipeline, and none of ours, which would find a fault."""
    assert ("✓ passed", OWN) == table(both.summaries["api/verify"], "session")["lint"][::2]
    assert "all of it reads well" in both.log("api/verify")
    api = monorepo["api"]
    done = nox_on(api.root, "-s", "lint")
    assert (0, True) == (done.returncode, "all of it reads well" in done.stderr)
    done = nox_on(api.root, "-s", "pipeline", "--", "--until", "types")
    assert 0 == done.returncode, done.stdout
    assert ("passed", OWN) == (api.result("lint")["state"], api.result("lint")["headline"])
    assert "passed" == api.result("types")["state"]


@pytest.fixture(scope="module")
def scanned(_parcel, tmp_path_factory, commit, act):
    """The run of scan.yml on a schedule."""
    made = cloned(_parcel, tmp_path_factory.mktemp("scan") / "parcel")
    commit(made.root, {"noxfile.py": NOX, **example("scan.yml")})
    return act.run(made.root, "schedule")


def test_a_scan_on_a_schedule(scanned):
    """It is clean, on its own workflow too; that it is unknown when the last scan was is said, with the reason."""
    assert 0 == scanned.returncode, scanned.log("twinrail/scan")
    assert {"twinrail": "success", "twinrail/scan": "success", "upload": "success"} == scanned.jobs
    headline = table(scanned.summaries["twinrail/scan"], "session")["scan"][2]
    assert "0 findings in 1 workflow file" in headline
    assert headline.endswith(" · last scan: unknown (GitHub does not say which workflow this is)")


def test_what_was_scanned_is_uploaded(scanned):
    """Code scanning gets a document for each tool: what stands in the artifact that the call names."""
    kept = json.loads(scanned.artifacts["parcel-scan"]["scan.sarif"])
    assert {each["tool"]["driver"]["name"] for each in kept["runs"]} == scanned.sarif.keys()
    assert {"bandit", "pip-audit", "zizmor"} <= scanned.sarif.keys()
    assert all(document == kept for document in scanned.sarif.values())
    [use] = [each for each in scanned.used if each.action == "upload-sarif"]
    assert ("upload", "sarif") == (use.job, use.inputs["sarif_file"])


PUBLISHED = ("parcel-0.3.0-py3-none-any.whl", "parcel-0.3.0.tar.gz")
SWAPPED = """\
on: {push: {}}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a
        with: {name: parcel-build, path: built}
  publish:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - uses: twinrail/twinrail/actions/publish@v1
        with: {artifacts: 'TOLD'}
"""


@pytest.fixture(scope="module")
def released(_parcel, tmp_path_factory, commit):
    """A project whose sessions take no time, but for what makes and tests the packages."""
    made = cloned(_parcel, tmp_path_factory.mktemp("publish") / "parcel")
    own = quick("lint", "types", "test", "security")
    commit(made.root, {"noxfile.py": own, **example("publish.yml")})
    return made


@pytest.fixture(scope="module")
def published(released, act):
    """The run of publish.yml when a tag is pushed."""
    return act.run(released.root, payload={"ref": "refs/tags/v0.3.0"})


def test_a_tag_is_published(published):
    """The index holds the wheel and the sdist that were built, by the digests that the call told, and nothing else."""
    assert 0 == published.returncode, published.said
    jobs = {name: published.jobs[f"twinrail/{name}"] for name in ("verify", "build", "accept", "staging", "required")}
    assert {**dict.fromkeys(jobs, "success"), "staging": "skipped"} == jobs
    assert ("off", "it ends after integration") == reasons(published)["staging"]
    tested = table(published.summaries["twinrail/accept"], "session")
    assert {"integration": "✓ passed", "e2e": "– off"} == {name: row[0] for name, row in tested.items()}
    told = json.loads(published.outputs("twinrail/build", "nox")["artifacts"])
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in published.index.items()}
    assert {told[kind]["path"].removeprefix("dist/"): told[kind]["digest"] for kind in ("wheel", "sdist")} == digests
    assert PUBLISHED == tuple(sorted(digests))
    assert f"sha256:{told['wheel']['digest']}  {told['wheel']['path']}\n" in published.log("publish")


def test_what_was_changed_is_not_published(released, published, act, commit):
    """One byte more in the wheel, after the job that built it: the index stays empty, and the message says of what."""
    files = {f"built/{name}": content for name, content in published.artifacts["parcel-build"].items()}
    files[f"built/dist/{PUBLISHED[0]}"] += b"\0"
    text = SWAPPED.replace("TOLD", published.outputs("twinrail/build", "nox")["artifacts"])
    commit(released.root, {**files, ".github/workflows/swapped.yml": text, ".gitignore": ""})
    run = act.run(released.root, workflow="swapped.yml")
    assert (1, {}, {"build": "success", "publish": "failure"}) == (run.returncode, run.index, run.jobs)
    [refusal] = [each.message for each in run.annotations]
    assert refusal.startswith(f"dist/{PUBLISHED[0]} is not the wheel that was built: sha256:")
