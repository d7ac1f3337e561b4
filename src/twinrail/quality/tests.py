"""test: the tests that need nothing but the code, with branch coverage."""

import json
from pathlib import Path

from twinrail.report.events import Reading
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.suite import ANSWERS, aimed, conclude, words
from twinrail.session.work import Work
from twinrail.system.errors import ProjectError


def test(work: Work) -> Outcome:
    """What failed, and how much of the packages the tests reached."""
    paths = work.settings.test.paths or work.project.tests
    if missing := [path for path in work.settings.test.paths if not (work.project.root / path).exists()]:
        raise ProjectError(f"test.paths names {', '.join(missing)}, which is not there.")
    if not paths:
        return off("no folder tests/unit or tests")
    junit, data = work.report("junit.xml"), work.report("coverage.data")
    run = ("run", "--branch", f"--data-file={data}", *_sources(work), "-m", "pytest", *words(junit))
    chosen = aimed(work.words, (*paths, *_left_out(work, paths)), work.project.root)
    coverage = work.tools.among_project("coverage", "pytest")
    command = coverage.command(*run, *chosen, cwd=work.project.root)
    done = work.shell.run(command, ok=ANSWERS)
    outcome = conclude(done, junit, where=", ".join(paths))
    if outcome.state != "passed":
        return outcome
    # A part of the tests says nothing of what all of them reach.
    return passed(f"{outcome.headline} · coverage not asked") if work.words else _covered(work, outcome.headline, data)


def _sources(work: Work) -> tuple[str, ...]:
    configured = work.project.data.get("tool", {}).get("coverage", {}).get("run", {})
    if "source" in configured or "source_pkgs" in configured:
        return ()
    return (f"--source={','.join(work.project.packages)}",) if work.project.packages else ()


def _left_out(work: Work, paths: tuple[str, ...]) -> tuple[str, ...]:
    if work.settings.test.paths or paths != ("tests",):
        return ()
    return tuple(f"--ignore={path}" for path in work.project.later_tests)


def _covered(work: Work, tests: str, data: Path) -> Outcome:
    coverage = work.tools.among_project("coverage", "pytest")
    report = work.report("coverage.json")
    root, file = work.project.root, f"--data-file={data}"
    if list(data.parent.glob(f"{data.name}.*")):
        work.shell.run(coverage.command("combine", "--quiet", "--append", file, cwd=root))
    work.shell.run(coverage.command("json", "--quiet", "--fail-under=0", file, "-o", str(report), cwd=root), ok=(0, 1))
    wanted = work.settings.test.coverage
    if not report.is_file():
        return failed(f"{tests} · no coverage was measured") if wanted else passed(tests)
    reached = json.loads(report.read_text(encoding="utf-8"))["totals"]["percent_covered"]
    reading = Reading(
        name="coverage", value=f"{reached:.1f} %", limit=f"≥ {wanted:g} %" if wanted else "", ok=reached >= wanted
    )
    asked = f" (≥ {wanted:g})" if wanted else ""
    headline = f"{tests} · coverage {_floor(reached)} %{asked}"
    if reached < wanted:
        return failed(headline, readings=(reading,), detail=_least(report))
    return passed(headline, readings=(reading,))


def _floor(percent: float) -> str:
    # 94.96 is not 95: what is asked for must not look reached when it is not.
    return f"{int(percent * 10) / 10:g}"


def _least(report: Path) -> str:
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    least = sorted(files.items(), key=lambda each: -each[1]["summary"]["missing_lines"])[:5]
    lines = [f"{name}  {each['summary']['missing_lines']} lines not reached" for name, each in least]
    return "\n".join(lines)
