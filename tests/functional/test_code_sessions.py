"""lint, types, test and security on a real project: clean, and with a fault that each must find."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

VERSION_1 = """\
[project]
name = "parcel"
version = "0.3.0"
dependencies = ["iniconfig==1.1.1"]
"""


@pytest.mark.parametrize("session", ["lint", "types", "test"])
def test_a_clean_project_passes(parcel, session):
    """A project without faults passes each session that looks at code."""
    assert 0 == parcel.run(session)
    assert "passed" == parcel.result(session)["state"]


def places(result):
    return [(each["file"], each["line"], each["title"]) for each in result["findings"]]


def test_lint_finds_what_ruff_finds(parcel):
    """An unused import and a file out of format are two findings, each at its place."""
    parcel.write("src/parcel/extra.py", "import os\nx = {  }\n")
    assert 1 == parcel.run("lint")
    result = parcel.result("lint")
    assert {("src/parcel/extra.py", 1, "F401"), ("src/parcel/extra.py", 2, "format")} <= set(places(result))
    assert "nox -s lint" == result["again"]


def test_lint_takes_words_for_ruff(parcel):
    """Words after `--` go to ruff check: a folder without faults passes."""
    parcel.write("src/parcel/extra.py", "import os\n")
    assert 1 == parcel.run("lint")
    assert 0 == parcel.run("lint", "--", "tests")


def test_lint_finds_a_file_that_does_not_parse(parcel):
    """A syntax error is a finding and no crash of the session."""
    parcel.write("src/parcel/extra.py", "def\n")
    assert 1 == parcel.run("lint")
    assert ("src/parcel/extra.py", 1, "invalid-syntax") in places(parcel.result("lint"))


def test_both_rails_name_one_gauge(parcel):
    """A workflow that uses another ref of the pack than the noxfile is a finding; the same ref is none."""
    uses = "jobs:\n  twinrail:\n    uses: twinrail/twinrail/.github/workflows/python.yml@{}\n"
    parcel.write("noxfile.py", '# "twinrail @ git+https://github.com/twinrail/twinrail@v1"\n')
    parcel.write(".github/workflows/ci.yml", uses.format("v1"))
    assert 0 == parcel.run("lint")
    parcel.write(".github/workflows/ci.yml", uses.format(f"{'0' * 40} # v1"))
    assert 0 == parcel.run("lint")
    parcel.write(".github/workflows/ci.yml", uses.format("v2"))
    assert 1 == parcel.run("lint")
    assert [(".github/workflows/ci.yml", 3, "pack-ref")] == places(parcel.result("lint"))


def test_types_finds_what_mypy_finds(parcel):
    """A wrong type is a finding with file, line and code."""
    parcel.write("src/parcel/extra.py", 'weight: int = "heavy"\n')
    assert 1 == parcel.run("types")
    assert [("src/parcel/extra.py", 1, "assignment")] == places(parcel.result("types"))


def test_test_names_what_failed_and_how_to_run_it_again(parcel):
    """A failed test is a finding on its line, and the command that runs it alone."""
    parcel.edit("tests/unit/test_postage.py", "(0, 100)", "(0, 101)")
    assert 1 == parcel.run("test")
    result = parcel.result("test")
    assert [("tests/unit/test_postage.py", 8, "test_postage[0-101]")] == places(result)
    assert "assert 101 == 100" in result["findings"][0]["text"]
    assert "nox -s test -- 'tests/unit/test_postage.py::test_postage[0-101]'" == result["again"]
    assert 1 == parcel.run("test", "--", "tests/unit/test_postage.py::test_postage[0-101]")
    assert "1 failed, 0 passed" == parcel.result("test")["headline"]


def test_test_finds_tests_that_cannot_be_collected(parcel):
    """A test module that does not import is a failure, with the module to run again."""
    parcel.write("tests/unit/test_broken.py", "import nowhere\n")
    assert 1 == parcel.run("test")
    assert "nox -s test -- tests/unit/test_broken.py" == parcel.result("test")["again"]


def test_test_demands_its_coverage(parcel):
    """Too little coverage fails, says how much is missing where, and is a reading."""
    parcel.write("src/parcel/extra.py", "\n".join(f"a{n} = {n}" for n in range(40)))
    assert 1 == parcel.run("test")
    result = parcel.result("test")
    assert "src/parcel/extra.py  40 lines not reached" in result["detail"]
    assert [("coverage", "≥ 80 %", False)] == [(each["name"], each["limit"], each["ok"]) for each in result["readings"]]


def test_no_tests_is_a_failure(parcel):
    """A folder of tests in which none is found does not pass."""
    parcel.write("tests/unit/test_postage.py", "")
    assert 1 == parcel.run("test")
    assert "no tests were found in tests/unit" == parcel.result("test")["headline"]


def test_no_folder_of_tests_turns_the_session_off(parcel):
    """A project without tests has nothing to test, and the session says so."""
    shutil.rmtree(parcel.root / "tests")
    assert 0 == parcel.run("test")
    assert "off" == parcel.result("test")["state"]


def test_a_folder_that_is_not_there_is_a_mistake(parcel):
    """`test.paths` that name nothing end with the class for the project."""
    assert 4 == parcel.run("test", "--set", 'test.paths=["spec"]')
    assert "test.paths names spec, which is not there." == parcel.result("test")["headline"]


@pytest.fixture
def vulnerable(parcel):
    """The consumer with a pinned package, and an export of advisories in which one affects it."""
    parcel.edit(
        "pyproject.toml", 'requires-python = ">=3.11"', 'requires-python = ">=3.11"\ndependencies = ["iniconfig"]'
    )
    (parcel.root / "uv.lock").unlink()
    parcel.write("requirements.txt", "iniconfig==1.1.1\n")
    advisory = {
        "id": "SAMPLE-1",
        "aliases": ["CVE-0000-0001"],
        "affected": [
            {
                "package": {"name": "iniconfig", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
            }
        ],
    }
    parcel.write("advisories.jsonl", json.dumps(advisory) + "\n")
    return parcel


OFF_THE_NET = ("--set", "security.advisories=advisories.jsonl")


def test_security_finds_a_vulnerable_pin(vulnerable):
    """A pinned version that an advisory affects is a finding on its line, with the version that mends it."""
    assert 1 == vulnerable.run("security", *OFF_THE_NET)
    result = vulnerable.result("security")
    assert [("requirements.txt", 1, "CVE-0000-0001")] == places(result)
    assert "iniconfig 1.1.1: mended in 2.0.0 (SAMPLE-1)" == result["findings"][0]["text"]


def test_a_mended_pin_is_clean(vulnerable):
    """The version that mends it passes, and the session says how many packages were audited."""
    vulnerable.write("requirements.txt", "iniconfig==2.0.0\n")
    assert 0 == vulnerable.run("security", *OFF_THE_NET)
    assert "no known advisory in 1 locked package · 0 secrets · 0 findings" == vulnerable.result("security")["headline"]


def test_an_accepted_advisory_is_no_finding(vulnerable):
    """An advisory that the settings name, by any of its names, is left out."""
    assert 0 == vulnerable.run("security", *OFF_THE_NET, "--set", 'security.ignore=["CVE-0000-0001"]')


@pytest.mark.parametrize(("unknown", "github", "code"), [
    ("warn", "true", 0), ("fail", "", 1), ("fail-on-github", "", 0), ("fail-on-github", "true", 1),
])  # fmt: skip
def test_unknown_is_no_pass(vulnerable, monkeypatch, unknown, github, code):
    """An advisory service that does not answer is unknown: it fails or warns as the settings say."""
    monkeypatch.setenv("GITHUB_ACTIONS", github)
    # Nothing listens on port 9: no look-up is answered.
    service = ("--vulnerability-service=osv", "--osv-url=http://127.0.0.1:9")
    assert code == vulnerable.run("security", "--set", f"security.unknown={unknown}", "--", *service)
    result = vulnerable.result("security")
    assert ("failed" if code else "unknown") == result["state"]
    assert "advisories unknown · 0 secrets · 0 findings" == result["headline"]


def test_security_finds_what_bandit_finds(vulnerable):
    """Code that bandit warns of is a finding."""
    vulnerable.write("src/parcel/extra.py", "import subprocess\nsubprocess.call('ls', shell=True)\nexec('1')\n")
    vulnerable.write("requirements.txt", "iniconfig==2.0.0\n")
    assert 1 == vulnerable.run("security", *OFF_THE_NET)
    assert ("src/parcel/extra.py", 3, "B102") in places(vulnerable.result("security"))


def test_security_finds_a_secret(vulnerable):
    """A token in a file that git knows is a finding; in a file that git ignores it is none."""
    vulnerable.write("requirements.txt", "iniconfig==2.0.0\n")
    token = f"ghp{'_'}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    vulnerable.write("src/parcel/extra.py", f'TOKEN = "{token}"\n')
    vulnerable.write("dist/ignored.py", f'TOKEN = "{token}"\n')
    vulnerable.commit()
    assert 1 == vulnerable.run("security", *OFF_THE_NET)
    found = places(vulnerable.result("security"))
    assert ("src/parcel/extra.py", 1, "GitHub Token") in found
    assert {"src/parcel/extra.py"} == {file for file, _, _ in found}
    assert token not in Path(vulnerable.latest / "run.json").read_text(encoding="utf-8")


def test_an_export_that_is_not_there_is_a_mistake(vulnerable):
    """`security.advisories` that names nothing ends with the class for the project."""
    assert 4 == vulnerable.run("security", "--set", "security.advisories=nowhere.zip")


def test_a_secret_is_found_below_the_top_of_a_repository(parcel, tmp_path):
    """A project in a folder of a larger repository is scanned as well as one at its top; locks alone are left out."""
    top = tmp_path / "repository"
    shutil.copytree(parcel.root, top / "services" / "parcel", ignore=shutil.ignore_patterns(".git", ".twinrail"))
    other = type(parcel)(top / "services" / "parcel")
    token = f"ghp{'_'}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    other.write("src/parcel/uvxlock.py", f'TOKEN = "{token}"\n')
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    other.commit()
    assert 1 == other.run("security")
    assert ("src/parcel/uvxlock.py", 1, "GitHub Token") in places(other.result("security"))


def test_words_that_name_no_path_keep_the_usual_ones(parcel):
    """`-- -k postage` runs the usual folders, and says that coverage of a part was not asked."""
    parcel.write("tests/integration/test_more.py", "def test_postage_elsewhere():\n    assert False\n")
    assert 0 == parcel.run("test", "--", "-k", "postage")
    assert "3 passed · coverage not asked" == parcel.result("test")["headline"]


def test_words_under_which_nothing_is_tested_are_no_pass(parcel):
    """pytest ends with 0 when it only collects; that is no test."""
    assert 1 == parcel.run("test", "--", "--collect-only")


def test_no_coverage_is_not_enough_coverage(parcel):
    """Where nothing was measured a threshold is not reached."""
    parcel.edit(
        "pyproject.toml", "[tool.twinrail.test]", '[tool.coverage.run]\nsource = ["parsel"]\n\n[tool.twinrail.test]'
    )
    assert 1 == parcel.run("test")
    assert "no coverage was measured" in parcel.result("test")["headline"]


def test_format_without_an_answer_is_no_pass(parcel):
    """A file that ruff cannot format, and is not asked to check, ends the session as a failure of the tool."""
    parcel.edit(
        "pyproject.toml", "[tool.twinrail.test]", '[tool.ruff.lint]\nexclude = ["bad.py"]\n\n[tool.twinrail.test]'
    )
    parcel.write("bad.py", "def\n")
    assert 5 == parcel.run("lint")
