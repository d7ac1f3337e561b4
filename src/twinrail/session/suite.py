"""A pytest suite: the command that runs it, and what its JUnit report says."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from twinrail.report.events import Finding
from twinrail.session.outcome import Outcome, failed, passed
from twinrail.system.command import Finished
from twinrail.system.errors import ToolError

NO_TESTS = 5
"""pytest's exit code for: no test was collected."""
BROKEN = 2
"""pytest's exit code for: it stopped, because tests could not be collected or somebody pressed Ctrl-C."""
ANSWERS = (0, 1, BROKEN, NO_TESTS)
"""pytest's exit codes that say something of the tests; others speak of pytest itself."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """What a suite's JUnit report says."""

    passed: int
    failed: int
    skipped: int
    findings: tuple[Finding, ...]
    nodes: tuple[str, ...]
    skips: tuple[str, ...]

    @property
    def headline(self) -> str:
        """`214 passed`, or `1 failed, 213 passed`, with the skipped ones where there are any."""
        parts = [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.passed} passed"]
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(parts)


def read_junit(path: Path) -> Results:
    """The results in a JUnit file that pytest wrote (`junit_family=xunit1`, which names file and line)."""
    cases = list(ET.parse(path).getroot().iter("testcase"))  # noqa: S314  # nosec B314: our own pytest wrote it
    findings, nodes = [], []
    for case in cases:
        trouble = [each for each in case if each.tag in {"failure", "error"}]
        if trouble:
            node = _node(case)
            nodes.append(node)
            findings.append(_finding(case, node, trouble[0]))
    skipped = [each for case in cases for each in case if each.tag == "skipped"]
    return Results(
        passed=len(cases) - len(nodes) - len(skipped),
        # A test that fails, and whose fixture fails after it, has two cases.
        failed=len(set(nodes)),
        skipped=len(skipped),
        findings=tuple(findings),
        nodes=tuple(dict.fromkeys(nodes)),
        skips=tuple(sorted({each.get("message", "") for each in skipped})),
    )


def judge(results: Results, *, suffix: str = "") -> Outcome:
    """A suite's outcome; `suffix` ends its headline."""
    headline = f"{results.headline}{suffix}"
    if not (results.passed or results.failed):
        return failed(f"nothing was tested: {results.skipped} skipped{suffix}", detail="\n".join(results.skips))
    if not results.failed:
        return passed(headline)
    return failed(headline, findings=results.findings, words=results.nodes)


def conclude(done: Finished, report: Path, *, where: str, suffix: str = "") -> Outcome:
    """What a run of pytest means: its report's outcome, and never a pass that pytest itself did not give.

    Raises:
        ToolError: pytest left no report.
    """
    if done.returncode == NO_TESTS:
        return failed(f"no tests were found in {where}")
    if not report.is_file():
        raise ToolError("pytest left no report.", why=done.tail)
    outcome = judge(read_junit(report), suffix=suffix)
    if done.returncode and outcome.state == "passed":
        return failed(f"pytest ended with {done.returncode}", detail=done.tail)
    return outcome


def aimed(given: tuple[str, ...], paths: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """pytest's words: those given, behind the usual paths unless one of them names a path itself."""
    names_one = any((root / word.split("::")[0]).exists() for word in given if not word.startswith("-"))
    return given if names_one else (*paths, *given)


def words(report: Path, *more: str) -> tuple[str, ...]:
    """pytest's words for a suite whose results are read afterwards."""
    return (f"--junit-xml={report}", "-o", "junit_family=xunit1", "--color=no", *more)


def _node(case: ET.Element) -> str:
    file, name = case.get("file", ""), case.get("name", "")
    module = file.removesuffix(".py").replace("/", ".")
    inner = case.get("classname", "").removeprefix(module).strip(".").replace(".", "::")
    if name == module or not file:
        # A module that could not be collected stands there by its dotted name.
        return f"{name.replace('.', '/')}.py"
    return "::".join(part for part in (file, inner, name) if part)


def _finding(case: ET.Element, node: str, trouble: ET.Element) -> Finding:
    lines = (trouble.text or "").splitlines()
    shown = [line[1:].strip() for line in lines if line.startswith("E ")] or [trouble.get("message", "")]
    file = case.get("file") or node
    places = [line.split(":")[1] for line in lines if line.startswith(f"{file}:") and line.count(":") >= 2]  # noqa: PLR2004
    line = places[-1] if places and places[-1].isdigit() else str(int(case.get("line", "0")) + 1)
    return Finding(file=file, line=int(line), title=node.rpartition("::")[2], text="\n".join(shown[:6]))
