"""The stand-ins do what the official actions do, and refuse what those refuse, in one workflow that act runs."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parent / "workflows" / "standins.yml"
BINARY = bytes(range(256)) * 1200
RESULT = """{"ruleId": "R1", "message": {"text": "no"}, "locations": [
  {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}}]}"""
SARIF = '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "mypy"}}, "results": [%s]}]}'
THIS = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture(scope="module")
def head(tmp_path_factory, commit):
    """A repository with three commits, a tag on the first, and a change that is not committed."""
    root = tmp_path_factory.mktemp("stand-ins")
    commit(root, {".github/workflows/standins.yml": WORKFLOW.read_bytes(), "data.bin": b"older"})
    subprocess.run(["git", "tag", "v0"], cwd=root, check=True)
    commit(root, {"good.sarif": SARIF % RESULT, "bad.sarif": SARIF % '{"ruleId": "R1", "message": {}}'})
    commit(root, {"data.bin": BINARY})
    (root / "data.bin").write_bytes(b"not committed")
    return root


@pytest.fixture(scope="module")
def run(act, head, tmp_path_factory):
    """The run, on a machine whose pyenv has a Python 3.98."""
    other = tmp_path_factory.mktemp("pyenv") / "versions/3.98.1/bin/python3.98"
    other.parent.mkdir(parents=True)
    other.write_text('#!/bin/sh\necho "3.98.1 $0"\n', encoding="utf-8")
    other.chmod(0o755)
    return act.run(head, variables={"PYTHON": THIS}, env={"PYENV_ROOT": str(other.parents[3])})


def errors(run, job):
    return [each.message for each in run.annotations if (each.job, each.level) == (job, "error")]


def test_everything_ran(run):
    """What is to be refused is refused by single steps, and every job succeeds."""
    assert {"first": "success", "second": "success", "pythons": "success", "rest": "success"} == run.jobs
    assert 0 == run.returncode
    assert not run.orphans


def test_checkout_ends_at_the_commit_under_test(run, head):
    """It is shallow, on its branch, as it was committed, and keeps no credentials when told so."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=head, check=True, capture_output=True, text=True)
    there = {"commit": commit.stdout.strip(), "commits": "1", "branch": "main", "credentials": "0"}
    assert there == run.outputs("first", "head")
    assert {"ref": "refs/heads/main", "commit": there["commit"]} == run.outputs("first", "out")
    assert BINARY == run.artifacts["dist"]["data.bin"]
    kept = [(use.job, use.inputs["persist-credentials"]) for use in run.used if use.action == "checkout"]
    assert ("first", "false") in kept
    assert ("rest", "true") in kept


def test_checkout_with_history_and_at_a_tag(run):
    """Depth 0 brings all commits and tags; a tag is checked out as such; credentials are kept when nobody objects."""
    history = run.log("rest").splitlines()
    assert ["3", "v0", "http.https://github.com/.extraheader", "v0", "1"] == history[:5]


def test_checkout_refuses(run):
    """What the stand-in cannot do, and what is not there."""
    assert [
        "the stand-in for checkout knows only lfs: false",
        "A branch or tag with the name 'nowhere' could not be found",
    ] == errors(run, "rest")[:2]


def test_a_large_binary_comes_back_as_it_was(run):
    """300 kB in two files, and once more as a file that is not archived."""
    assert {hashlib.sha256(BINARY).hexdigest()} == set(run.outputs("second", "there")["sums"].split())
    assert {"data.bin": BINARY, "ä b.bin": BINARY} == run.artifacts["dist"]
    assert {"data.bin": BINARY} == run.artifacts["data.bin"]


def test_several_artifacts(run):
    """Those that a pattern matches get a folder each; merged they get none, nor does one that is alone."""
    assert (
        "flat/dist/data.bin flat/made/a.txt merged/.b.txt merged/.cache/c.txt merged/a.txt merged/d.json "
        "own/seen-1/d.json own/seen-2/.b.txt own/seen-2/.cache/c.txt own/seen-2/a.txt own/seen-2/d.json"
    ) == run.outputs("second", "there")["files"]


def test_hidden_files_are_left_out_unless_asked_for(run):
    """Neither a file with a dot nor one below a folder with a dot comes along by itself."""
    assert {".b.txt", ".cache/c.txt", "a.txt", "d.json"} == run.artifacts["seen-2"].keys()
    assert {"made/a.txt", "dist/data.bin"} == run.artifacts["two"].keys()
    assert "Artifact seen-1 has been successfully uploaded: 2 files" in run.log("first")


def test_a_name_is_taken_once(run):
    """A second artifact of a name is refused as by the server, and replaces the first one where that is asked for."""
    assert "(409) Conflict" in errors(run, "first")[0]
    assert {"d.json": b"{}\n"} == run.artifacts["seen-1"]


def test_what_is_refused(run):
    """An input that the real action does not know, a boolean that is none, a name that some file system cannot keep."""
    unknown, typo, colon = errors(run, "first")[1:]
    assert "upload-artifact has no input pathh; it knows name, path, if-no-files-found" in unknown
    assert "overwrite is 'yes'; it may be true, false" == typo
    assert "The artifact name is not valid: a:b" in colon
    nobody, names = errors(run, "second")
    assert "Unable to download artifact(s): Artifact not found for name: nobody" == nobody
    assert "download-artifact has no input names; it knows name, artifact-ids" in names


def test_nothing_found(run):
    """No file is a warning where that is asked for; no artifact for a pattern is told and no more."""
    assert [("first", "No files were found with the provided path: nothing/**. No artifacts will be uploaded.")] == [
        (each.job, each.message) for each in run.annotations if each.level == "warning"
    ]
    assert "Total of 0 artifact(s) downloaded" in run.log("second")


def test_pythons(run):
    """Each version has its name on the path, the last is `python`; what is not here is told and lent no name."""
    said = [line for line in run.log("pythons").splitlines() if line and not line.startswith("::")]
    assert said[0].startswith("3.98.1 ")
    assert ["The Zen of Python, by Tim Peters", "True", THIS] == said[1:]
    assert run.outputs("pythons", "several")["python-version"].startswith(f"{THIS}.")
    assert ["notice", "error", "error"] == [each.level for each in run.annotations if each.job == "pythons"]
    assert "setup-python has no input pip-install" in errors(run, "pythons")[1]


def test_publishing(run):
    """The index takes a file once, and a folder without distributions is none to publish from."""
    assert {"parcel-1-py3-none-any.whl": b"wheel\n"} == run.index
    twice, empty = errors(run, "rest")[2:4]
    assert "HTTPError: 400 Bad Request: File already exists ('parcel-1-py3-none-any.whl')" == twice
    assert empty.startswith("It looks like there are no Python distribution packages to publish")


def test_code_scanning(run):
    """A document is kept by tool and category, once per job; what code scanning would not take is refused, by line."""
    assert "R1" == run.sarif["mypy-types"]["runs"][0]["results"][0]["ruleId"]
    assert [
        "Unable to upload 'bad.sarif' as it is not valid SARIF:",
        "- runs[0].results[0].message.text is missing",
        "- runs[0].results[0].locations is empty: expected at least one location",
    ] == errors(run, "rest")[5].splitlines()
    assert (
        "only one run of the codeql/analyze or codeql/upload-sarif actions is allowed per job" in errors(run, "rest")[4]
    )
