"""A real pytest suite is run, and its report read: what failed, where, and how to run just that again."""

import sys

import pytest

from twinrail.report.events import Finding
from twinrail.session.suite import ANSWERS, NO_TESTS, conclude, judge, read_junit, words
from twinrail.system.command import Command
from twinrail.system.errors import ToolError

SUITE = """\
import pytest


def test_passes():
    pass


def test_fails():
    price = 1
    assert price == 2


class TestOuter:
    class TestInner:
        @pytest.mark.parametrize("name", ["a.b", "c[d]", "e::f/g"])
        def test_names(self, name):
            assert name == "c[d]"


@pytest.fixture
def broken():
    raise RuntimeError("no\\ndatabase")


@pytest.fixture
def torn():
    yield
    raise RuntimeError("still open")


def test_fixture(broken):
    pass


def test_fails_twice(torn):
    raise ValueError


@pytest.mark.skip(reason="not here")
def test_skipped():
    pass


@pytest.mark.skip(reason="not here")
def test_skipped_too():
    pass


@pytest.mark.xfail(reason="known", strict=True)
def test_expected():
    raise ValueError


@pytest.mark.xfail(reason="known", strict=True)
def test_unexpected():
    pass
"""
FILE = "tests/unit/test_prices.py"
FAILED = (
    f"{FILE}::test_fails",
    f"{FILE}::TestOuter::TestInner::test_names[a.b]",
    f"{FILE}::TestOuter::TestInner::test_names[e::f/g]",
    f"{FILE}::test_fixture",
    f"{FILE}::test_fails_twice",
    f"{FILE}::test_unexpected",
)


@pytest.fixture
def run(shell, tmp_path):
    """Runs pytest in the test's own folder; how it ended, and its report."""

    def suite(*more):
        report = tmp_path / "junit.xml"
        report.unlink(missing_ok=True)
        plain = ("-p", "no:cacheprovider", "-p", "no:randomly", "-c", "pyproject.toml")
        argv = (sys.executable, "-m", "pytest", *plain, *words(report, *(more or ("tests",))))
        env = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return shell.run(Command(argv=argv, cwd=tmp_path, env=env), ok=ANSWERS), report

    return suite


@pytest.fixture
def prices(make_project, write):
    make_project()
    write(FILE, SUITE)


def test_words(tmp_path):
    """pytest is asked for a report that names file and line, and for plain text."""
    assert (
        f"--junit-xml={tmp_path}",
        "-o",
        "junit_family=xunit1",
        "--color=no",
        "-x",
    ) == words(tmp_path, "-x")


@pytest.mark.usefixtures("prices")
def test_results(run):
    """Passes, failures and skips are counted, a test once; what failed is named as pytest wants it."""
    _, report = run()
    results = read_junit(report)

    assert (2, 6, 3) == (results.passed, results.failed, results.skipped)
    assert "6 failed, 2 passed, 3 skipped" == results.headline
    assert FAILED == results.nodes
    assert ("known", "not here") == results.skips


@pytest.mark.usefixtures("prices")
def test_again(run):
    """The names that failed run just what failed, once more."""
    nodes = read_junit(run()[1]).nodes
    again = read_junit(run(*nodes)[1])

    assert (FAILED, FAILED, 0) == (nodes, again.nodes, again.passed)


@pytest.mark.usefixtures("prices")
def test_findings(run):
    """Each failure has the line where it happened, and pytest's own words."""
    findings = {each.title: each for each in read_junit(run()[1]).findings}

    assert Finding(file=FILE, line=10, title="test_fails", text="assert 1 == 2") == findings["test_fails"]
    assert (17, "AssertionError: assert 'a.b' == 'c[d]'") == (
        findings["test_names[a.b]"].line,
        findings["test_names[a.b]"].text.splitlines()[0],
    )
    assert (
        Finding(file=FILE, line=22, title="test_fixture", text="RuntimeError: no\ndatabase")
        == (findings["test_fixture"])
    )
    assert "[XPASS(strict)] known" == findings["test_unexpected"].text


def test_failure_elsewhere(run, make_project, write):
    """What breaks outside the test's own file is shown at the test."""
    make_project()
    write("tests/conftest.py", "import pytest\n\n@pytest.fixture\ndef db():\n    raise OSError('down')\n")
    write(FILE, "import pytest\n\n\ndef test_a(db):\n    pass\n")

    [finding] = read_junit(run()[1]).findings

    assert (FILE, 4, "OSError: down") == (finding.file, finding.line, finding.text)


def test_not_collected(run, make_project, write):
    """A module that cannot be imported is a failure of that file, and can be run again by its name."""
    make_project()
    write(FILE, "import nothing_of_that_name\n")
    write("tests/test_fine.py", "def test_a():\n    pass\n")

    done, report = run("tests", "--continue-on-collection-errors")
    outcome = conclude(done, report, where="tests")

    assert (FILE,) == outcome.words
    assert (FILE, "1 failed, 1 passed") == (outcome.findings[0].file, outcome.headline)
    assert "nothing_of_that_name" in outcome.findings[0].text
    assert (FILE,) == read_junit(run(FILE)[1]).nodes


@pytest.mark.usefixtures("prices")
def test_outcome(run):
    """A suite with failures is a failed session whose words run them again; one without has passed."""
    done, report = run()
    bad = conclude(done, report, where="tests", suffix=" · coverage 93 %")
    done, report = run(f"{FILE}::test_passes", f"{FILE}::test_skipped")
    good = conclude(done, report, where="tests", suffix=" · coverage 93 %")

    assert ("failed", 1, FAILED) == (bad.state, bad.exit_code, bad.words)
    assert "6 failed, 2 passed, 3 skipped · coverage 93 %" == bad.headline
    assert ("passed", "1 passed, 1 skipped · coverage 93 %") == (good.state, good.headline)
    assert good == judge(read_junit(report), suffix=" · coverage 93 %")


def test_no_tests(run, make_project, write):
    """A suite without a test is a failure, not a pass."""
    make_project()
    write("tests/test_nothing.py")
    done, report = run()

    assert NO_TESTS == done.returncode
    assert "no tests were found in tests" == conclude(done, report, where="tests").headline


@pytest.mark.usefixtures("prices")
def test_pytest_did_not_pass(run):
    """When every test passes and pytest does not, the session does not."""
    _, report = run(f"{FILE}::test_passes")
    done, _ = run(f"{FILE}::test_fails")
    _, report = run(f"{FILE}::test_passes")

    outcome = conclude(done, report, where="tests")

    assert ("failed", "pytest ended with 1") == (outcome.state, outcome.headline)
    assert "1 failed" in outcome.detail


@pytest.mark.usefixtures("prices")
def test_no_report(run, tmp_path):
    """When pytest leaves no report, its last words are told."""
    done, _ = run(f"{FILE}::test_passes")

    with pytest.raises(ToolError, match=r"^pytest left no report\.") as caught:
        conclude(done, tmp_path / "missing.xml", where="tests")
    assert "1 passed" in caught.value.why
