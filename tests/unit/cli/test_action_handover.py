"""What is built is what is deployed: packages and receipts go from job to job by their digests."""

import hashlib
import json
import shutil

import pytest

MAKES = """\
from twinrail.session.artifacts import Artifacts
root = pathlib.Path.cwd()
for kind, name in (("wheel", "dist/parcel-0.3.0-py3-none-any.whl"), ("sdist", "dist/parcel-0.3.0.tar.gz")):
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(kind)
    Artifacts(root).put(kind, path, version="0.3.0", commit="c0ffee")
"""
SBOM = """\
from twinrail.session.artifacts import Artifacts
path = pathlib.Path.cwd() / ".twinrail/artifacts/parcel.cdx.json"
path.parent.mkdir(exist_ok=True)
path.write_text("{}")
Artifacts(pathlib.Path.cwd()).put("sbom", path, version="0.3.0", commit="c0ffee")
"""
SEES = """\
from twinrail.session.artifacts import Artifacts
made = Artifacts(pathlib.Path.cwd())
found = {kind: made.get(kind).path.read_text() for kind in made.known()}
receipts = sorted(each.name for each in pathlib.Path(".twinrail/receipts").glob("*"))
session.log("sees " + json.dumps([found, receipts]))
"""
WHEEL, SDIST = "dist/parcel-0.3.0-py3-none-any.whl", "dist/parcel-0.3.0.tar.gz"


def sees(came):
    """What the session saw of packages and receipts."""
    line = next(each for each in came.log.lines if each.startswith("nox > sees "))
    return json.loads(line.removeprefix("nox > sees "))


def told(*jobs):
    """`toJSON(needs)` of some jobs that succeeded, with their outputs."""
    return json.dumps({name: {"result": "success", "outputs": outputs} for name, outputs in jobs})


@pytest.fixture
def build(step, door, sessions):
    """The job `build`, done: what came of it; its artifact lies in the job's folder."""

    def run(**bodies):
        door.job = "build"
        sessions(**{"build": MAKES, "sbom": SBOM} | bodies)
        return step("run", sessions="build sbom")

    return run


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the artifact of a build is kept for all tests of this file that want one as it should be."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def built(build, door, kept):
    """The outputs of a build, whose artifact lies in `kept`: made by the first test that asks."""
    outputs = kept / "outputs.json"
    if not outputs.exists():
        came = build()
        shutil.copytree(door.place / "out", kept / "out")
        outputs.write_text(json.dumps(came.outputs), encoding="utf-8")
        for each in (door.place, door.workspace / ".twinrail", door.workspace / "dist"):
            shutil.rmtree(each)
    return json.loads(outputs.read_text(encoding="utf-8"))


@pytest.fixture
def next_job(door, step, sessions, built, kept):  # noqa: ARG001  # what was built must be there
    """A job on another runner, that sees what it took over; `edit` works on what was fetched for it."""

    def run(name, session, outputs, *, edit=lambda _: None, flat=False):
        fetched = door.folder / "fetched"
        shutil.copytree(kept / "out", fetched if flat else fetched / "parcel-build")
        door.job = name
        step("begin", sessions=session)
        fetched.rename(door.place / "in")
        edit(door.place / "in" / ("" if flat else "parcel-build"))
        sessions(**{session: SEES})
        return step("run", sessions=session, needs=told(("build", outputs)))

    return run


def test_what_a_build_hands_on(build, door):
    """Packages with their digests as outputs, each file below the artifact, none in a hidden folder."""
    came = build()
    assert (0, "passed", "0.3.0") == (came.code, came.outputs["state"], came.outputs["version"])
    made = json.loads(came.outputs["artifacts"])
    assert {"wheel": WHEEL, "sdist": SDIST, "sbom": ".twinrail/artifacts/parcel.cdx.json"} == {
        kind: each["path"] for kind, each in made.items()
    }
    assert hashlib.sha256(b"wheel").hexdigest() == made["wheel"]["digest"]
    out = door.place / "out"
    files = {
        each.relative_to(out).as_posix() for each in out.rglob("*") if each.is_file() and "record" not in each.parts
    }
    assert {WHEEL, SDIST, "parcel.cdx.json"} == files
    assert (out / "record" / "parcel-7-1" / "events.jsonl").is_file()


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (f"pathlib.Path({WHEEL!r}).write_text('edited')", f"{WHEEL} is not the wheel that was built."),
        (f"pathlib.Path({SDIST!r}).unlink()", f"The sdist {SDIST} is gone."),
    ],
)
def test_dist_that_was_edited_after_the_build(build, after, says):
    """What somebody changed between the build and the end of its job is not handed on: no output, no file of it."""
    came = build(build=MAKES + after)
    assert (4, "failed", [says]) == (came.code, came.outputs["state"], [came.errors[0].splitlines()[0]])
    assert not {"artifacts", "version"} & came.outputs.keys()
    assert "Make it again:  " in came.errors[0]


def test_a_build_that_fails(build):
    """What a failed build made before it failed is handed to nobody who would use it: its job is red."""
    came = build(build=MAKES + "session.error('not the same twice')")
    assert (1, "failed") == (came.code, came.outputs["state"])


@pytest.mark.parametrize("flat", [False, True])
def test_what_the_next_job_takes_over(built, next_job, flat):
    """It has what was built, byte for byte, whether the one artifact was laid in a folder of its own or not."""
    came = next_job("accept", "integration", built, flat=flat)
    assert (0, []) == (came.code, came.errors)
    assert [{"wheel": "wheel", "sdist": "sdist", "sbom": "{}"}, []] == sees(came)


def edited(name, text="edited"):
    return lambda folder: (folder / name).write_text(text)


EDITS = {
    "edited": (edited(WHEEL), f"{WHEEL} is not the wheel that was built: sha256:"),
    "gone": (lambda folder: (folder / SDIST).unlink(), f"the sdist {SDIST} is missing"),
    "emptied": (edited(WHEEL, ""), f"{WHEEL} is not the wheel that was built: sha256:e3b0c44298fc…"),
    "all gone": (shutil.rmtree, f"the wheel {WHEEL} is missing\n  "),
    "sbom edited": (edited("parcel.cdx.json"), ".twinrail/artifacts/parcel.cdx.json is not the sbom that was built"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("flat", [False, True])
def test_an_artifact_that_was_changed_between_the_jobs(built, next_job, door, edit, flat):
    """The job ends with 4 before any session began, names the file, and nothing of it lies where it would be used."""
    change, says = EDITS[edit]
    came = next_job("accept", "integration", built, edit=change, flat=flat)
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert says in f"\n{came.errors[0]}"
    assert "It was changed between the jobs, or comes from another run; nothing of it is used." in came.errors[0]
    assert not any((door.workspace / each).exists() for each in ("dist", ".twinrail/artifacts.json", ".twinrail/runs"))


@pytest.mark.parametrize(
    "outputs",
    [{}, {"artifacts": ""}, {"artifacts": "{}"}, {"artifacts": "null"}, {"artifacts": "[1]"}, {"artifacts": "{"},
     {"artifacts": "***"}, {"artifacts": "[" * 100_000}],
    ids=lambda outputs: str(outputs)[:24],
)  # fmt: skip
def test_digests_that_nobody_told(next_job, outputs):
    """Without digests nothing is taken over: the runner drops an output that holds a secret, and that is said."""
    came = next_job("accept", "integration", outputs)
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert came.errors[0].startswith("The job before told no digests of what it built.\n")


@pytest.mark.parametrize("path", ["../evil.py", "/etc/passwd", "src/parcel.py", "dist/../noxfile.py", "pyproject.toml"])
def test_digests_that_lead_elsewhere(built, next_job, door, path):
    """What was told cannot make a job write anywhere but where artifacts stand."""
    artifacts = json.loads(built["artifacts"])
    artifacts["wheel"]["path"] = path
    came = next_job("accept", "integration", {"artifacts": json.dumps(artifacts)})
    assert (4, {"state": "failed"}) == (came.code, came.outputs)
    assert came.errors[0].startswith("what is told of the 'wheel' makes no sense: ")
    assert not (door.workspace / "dist").exists()


def test_a_job_that_takes_nothing(step, sessions):
    """A job whose sessions need no packages asks for none."""
    sessions(lint="pass")
    assert 0 == step("run", sessions="lint", needs=told(("build", {}))).code
