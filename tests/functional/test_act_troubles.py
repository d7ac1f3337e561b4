"""A commit with a fault of every kind through the real python.yml: what is red, what is said of it, and where."""

import json
import re
import shlex

import pytest
from callers import NOX, caller, cloned, example, outputs, quick, reasons, table

ADVISORY = {
    "id": "SAMPLE-1",
    "aliases": ["CVE-0000-0001"],
    "affected": [
        {
            "package": {"name": "iniconfig", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }
    ],
}
SETTINGS = (
    ('requires-python = ">=3.11"', 'requires-python = ">=3.11"\ndependencies = ["iniconfig"]'),
    ("[tool.twinrail.test]", '[tool.twinrail.security]\nadvisories = "advisories.jsonl"\n\n[tool.twinrail.test]'),
)
EXTRA = "src/parcel/extra.py"
TEST = "tests/unit/test_postage.py"
FAULTS = {
    "lint": {(EXTRA, 1, "F401")},
    "types": {(EXTRA, 3, "assignment")},
    "test": {(TEST, 8, "test_postage[0-101]")},
    "security": {("requirements.txt", 1, "CVE-0000-0001"), (EXTRA, 4, "B102")},
}
AGAIN = {
    "lint": "nox -s lint",
    "types": "nox -s types",
    "test": "nox -s test -- 'tests/unit/test_postage.py::test_postage[0-101]'",
    "security": "nox -s security",
}


@pytest.fixture(scope="module")
def plain(_parcel, tmp_path_factory):
    """The small consumer as it is."""
    return cloned(_parcel, tmp_path_factory.mktemp("plain") / "parcel")


@pytest.fixture(scope="module")
def project(_parcel, tmp_path_factory, commit):
    """The small consumer with a pinned package, an export of advisories, and all faults at once."""
    made = cloned(_parcel, tmp_path_factory.mktemp("troubles") / "parcel")
    for old, new in SETTINGS:
        made.edit("pyproject.toml", old, new)
    made.edit(TEST, "(0, 100)", "(0, 101)")
    (made.root / "uv.lock").unlink()
    files = {
        "requirements.txt": "iniconfig==1.1.1\n",
        "advisories.jsonl": json.dumps(ADVISORY) + "\n",
        EXTRA: 'import os\n\nweight: int = "heavy"\nexec("1")  # noqa: S102\n',
        "noxfile.py": NOX,
    }
    commit(made.root, {**files, **example("pipeline.yml")})
    return made


@pytest.fixture(scope="module")
def red(project, act):
    """The run of the commit with the faults."""
    return act.run(project.root)


@pytest.fixture(scope="module")
def record(red):
    """What the record of `verify` holds of each session."""
    told = json.loads(red.artifacts["parcel-verify"]["record/parcel-1-1/run.json"])
    return {each["name"]: each for each in told["sessions"]}


def places(session):
    """The findings of a session in a record."""
    return {(each["file"], each["line"], each["title"]) for each in session["findings"]}


def commands(text):
    """The command that repeats each failure in a summary."""
    return dict(re.findall(r"### ✗ (\w+): (?:(?!###).)*?```sh\n(.*?)\n```", text, re.DOTALL))


def test_what_is_red(red):
    """The job that looks at code, what stands on it, and the caller; the packages are built all the same."""
    assert 1 == red.returncode
    behind = ("platforms", "accept", "staging", "approval", "production")
    ends = {"verify": "failure", "build": "success", **dict.fromkeys(behind, "skipped"), "required": "failure"}
    assert {"twinrail": "failure", **{f"twinrail/{name}": end for name, end in ends.items()}} == red.jobs
    assert {"failed"} == {red.outputs(f"twinrail/{job}", "nox")["state"] for job in ("verify", "required")}
    assert "0.3.0" == red.outputs("twinrail/build", "nox")["version"]
    told = reasons(red)
    assert [("failed", "failed"), ("passed", ""), ("not run", "verify failed")] == [
        told[job] for job in ("verify", "build", "accept")
    ]


def test_every_finding_is_annotated_at_its_place(red, record):
    """ruff, mypy, pytest, pip-audit and bandit: file and line, and the session with the rule as the title."""
    assert FAULTS == {name: places(record[name]) for name in FAULTS}
    wanted = {(file, line, f"{name}: {title}") for name, found in FAULTS.items() for file, line, title in found}
    found = [each for each in red.annotations if each.job == "twinrail/verify"]
    assert wanted == {(each.file, each.line, each.title) for each in found}
    assert len(wanted) == len(found)
    assert {"error"} == {each.level for each in red.annotations}
    messages = {each.title: each.message for each in found}
    assert "iniconfig 1.1.1: mended in 2.0.0 (SAMPLE-1)" == messages["security: CVE-0000-0001"]
    assert "assert 101 == 100" in messages["test: test_postage[0-101]"]


@pytest.mark.parametrize("job", ["verify", "required"])
def test_the_summary(red, job):
    """A table of the sessions, their timeline, and for each failure what was found and the command that repeats it."""
    text = red.summaries[f"twinrail/{job}"]
    rows = table(text, "session")
    assert dict.fromkeys(FAULTS, "✗ failed") == {name: rows[name][0] for name in FAULTS}
    assert "✗ test      " in text
    assert "█" in text
    assert f"<code>{EXTRA}:3</code> **assignment**" in text
    assert AGAIN == commands(text)


@pytest.mark.parametrize("session", FAULTS)
def test_the_command_that_is_told_fails_the_same_way(project, red, nox_on, session):
    """What the page says is run on a laptop as it stands there, and finds the same."""
    program, *words = shlex.split(commands(red.summaries["twinrail/required"])[session])
    assert "nox" == program
    done = nox_on(project.root, *words)
    assert 1 == done.returncode, done.stdout
    result = project.result(session)
    assert FAULTS[session] == places(result)
    assert AGAIN[session] == result["again"]


def test_the_records_are_kept(red):
    """Of the job that failed, and of all jobs together, with each tool's log and the page for people."""
    kept = red.artifacts["parcel-required"]
    assert set(kept) >= {f"record/parcel-1-1/{name}" for name in ("run.json", "events.jsonl", "report.html")}
    for artifact in (kept, red.artifacts["parcel-verify"]):
        assert b"assert 101 == 100" in artifact["record/parcel-1-1/logs/test.log"]
    told = json.loads(kept["record/parcel-1-1/run.json"])
    assert ("failed", 1) == (told["state"], told["exit_code"])
    states = {each["name"]: (each["state"], each["headline"]) for each in told["sessions"]}
    assert ("passed", "log") == states["notify"]
    assert ("not run", "verify failed") == states["e2e"]


@pytest.fixture(scope="module")
def green(project, act, commit):
    """The run of the mended commit, which calls the pack as docs/examples/ci.yml does."""
    project.edit(TEST, "(0, 101)", "(0, 100)")
    (project.root / EXTRA).unlink()
    (project.root / ".github/workflows/pipeline.yml").unlink()
    commit(project.root, {"requirements.txt": "iniconfig==2.0.0\n", **example("ci.yml")})
    return act.run(project.root)


def test_mended_it_is_green(green):
    """The same commit without the faults: every session passes, nothing is annotated."""
    assert (0, []) == (green.returncode, green.annotations)
    rows = table(green.summaries["twinrail/required"], "session")
    assert {"✓ passed"} == {rows[name][0] for name in ("lint", "types", "test", "security", "build", "sbom", "notify")}
    assert "no known advisory in 1 locked package · 0 secrets · 0 findings" == rows["security"][2]


def test_ci_only(green):
    """docs/examples/ci.yml ends after sbom: what was built is kept, and nothing is deployed, though it is a push."""
    told = reasons(green)
    assert {("off", "it ends after sbom")} == {told[job] for job in ("accept", "staging", "approval", "production")}
    assert {"parcel-verify", "parcel-build", "parcel-required"} == green.artifacts.keys()
    made = {name.rpartition(".")[2] for name in green.artifacts["parcel-build"] if not name.startswith("record/")}
    assert {"whl", "gz", "json"} == made


NOWHERE = "http://127.0.0.1:9/hooks/a-word-of-nobody"


def test_a_webhook_that_nobody_answers(plain, act, commit):
    """It fails nothing: required is green, with a warning, and its address stands nowhere."""
    own = ("lint", "types", "test", "security")
    commit(plain.root, {"noxfile.py": quick(*own), ".github/workflows/caller.yml": caller(until="lint")})
    run = act.run(plain.root, secrets={"HOOK": NOWHERE})
    assert (0, "success", "passed") == (run.returncode, run.jobs["twinrail/required"], outputs(run)["state"])
    [warning] = run.annotations
    assert ("warning", "notify unknown", "log · webhook failed (URLError)", "twinrail/required") == (
        warning.level, warning.title, warning.message, warning.job
    )  # fmt: skip
    assert "? unknown" == table(run.summaries["twinrail/required"], "session")["notify"][0]
    kept = b"".join(content for each in run.artifacts.values() for content in each.values())
    assert b"a-word-of-nobody" not in kept
    said = [line for job in run.jobs for line in run.log(job).splitlines() if "a-word-of-nobody" in line]
    assert [] == [line for line in said if not line.startswith("::add-mask::")]
