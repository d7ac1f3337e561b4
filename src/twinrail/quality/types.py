"""types: mypy over the packages."""

import json

from twinrail.report.events import Finding
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.suite import aimed
from twinrail.session.work import Work


def types(work: Work) -> Outcome:
    """Mypy's errors."""
    paths = aimed(work.words, _paths(work), work.project.root)
    if not paths and not _named(work):
        return off("no package to check")
    mypy = work.tools.among_project("mypy")
    options = ("--output=json", "--no-error-summary", "--python-executable", str(work.venvs.for_project().python))
    cache = ("--cache-dir", str(work.project.state / "cache" / "mypy"))
    command = mypy.command(*options, *cache, *paths, cwd=work.project.root)
    done = work.shell.run(command, ok=(0, 1), data=True)
    findings = tuple(finding for line in done.stdout.splitlines() if (finding := _finding(line)))
    if done.returncode == 0:
        return passed("clean")
    return failed(f"{len(findings)} error{'s' if len(findings) != 1 else ''}", findings=findings, detail=done.stderr)


def _named(work: Work) -> bool:
    table = work.project.data.get("tool", {}).get("mypy", {})
    return bool(table.get("files") or table.get("packages") or table.get("modules"))


def _paths(work: Work) -> tuple[str, ...]:
    if work.settings.types.paths or _named(work):
        return work.settings.types.paths
    return work.project.packages


def _finding(line: str) -> Finding | None:
    try:
        each = json.loads(line)
    except json.JSONDecodeError:
        return None
    if each["severity"] != "error":
        return None
    return Finding(file=each["file"], line=max(each["line"], 0), title=each["code"] or "mypy", text=each["message"])
