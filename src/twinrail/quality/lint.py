"""lint: ruff's checks and format, and one ref of the pack everywhere."""

import json
import re
from pathlib import Path

from twinrail.project.repository import pack_reference
from twinrail.report.events import Finding
from twinrail.session.outcome import Outcome, failed, passed
from twinrail.session.work import Work
from twinrail.system.command import Finished
from twinrail.system.errors import ToolError

_USES = re.compile(r"uses:\s*[\"']?twinrail/twinrail/\S+@([^\s\"'#]+)(?:[\"']?\s*#\s*(\S+))?")

# As ruff said it until 0.14, and as it says it since.
_UNFORMATTED = re.compile(
    r"^(?:Would reformat: (?P<old>.+)|unformatted: .*\n\s*--> (?P<new>.+?):(?P<line>\d+):\d+)$", re.MULTILINE
)
_NO_ANSWER = 2
"""ruff's exit code for: a file does not parse, or something else went wrong."""
_FORMAT = "ruff format would change it"


def lint(work: Work) -> Outcome:
    """Ruff's findings, unformatted files, and refs of the pack that differ."""
    ruff = work.tools.standing_alone("ruff")
    paths = work.words or work.settings.lint.paths
    check = work.shell.run(
        ruff.command("check", "--output-format=json", "--no-fix", *paths, cwd=work.project.root), ok=(0, 1), data=True
    )
    form = work.shell.run(
        ruff.command("format", "--check", *work.settings.lint.paths, cwd=work.project.root), ok=(0, 1, 2), data=True
    )
    checked = _checked(check, work.project.root)
    if form.returncode == _NO_ANSWER and not any(each.title == "invalid-syntax" for each in checked):
        raise ToolError("ruff format gave no answer.", why=form.tail)
    findings = (*checked, *_unformatted(form), *_references(work.project.root))
    if not findings:
        return passed("clean")
    return failed(f"{len(findings)} finding{'s' if len(findings) != 1 else ''}", findings=findings)


def _checked(check: Finished, root: Path) -> list[Finding]:
    try:
        found = json.loads(check.stdout)
    except json.JSONDecodeError as error:
        raise ToolError("ruff's answer cannot be read.", why=check.tail) from error
    return [
        Finding(
            file=_below(each["filename"], root),
            line=each["location"]["row"],
            title=each["code"] or "syntax",
            text=each["message"],
        )
        for each in found
    ]


def _unformatted(form: Finished) -> list[Finding]:
    found = [
        Finding(file=each["old"] or each["new"], line=int(each["line"] or 1), title="format", text=_FORMAT)
        for each in _UNFORMATTED.finditer(form.stdout)
    ]
    # 2 is a file that does not parse, which the checks have told already.
    return found or ([Finding(title="format", text=form.tail)] if form.returncode == 1 else [])


def _references(root: Path) -> list[Finding]:
    noxfile = root / "noxfile.py"
    wanted = pack_reference(noxfile.read_text(encoding="utf-8")) if noxfile.is_file() else ""
    if not wanted:
        return []
    findings = []
    for path in sorted((root / ".github" / "workflows").glob("*.y*ml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if (found := _USES.search(line)) and wanted not in found.groups():
                text = f"This says {found[1]}, noxfile.py says {wanted}: both rails must be one gauge"
                findings.append(
                    Finding(file=path.relative_to(root).as_posix(), line=number, title="pack-ref", text=text)
                )
    return findings


def _below(name: str, root: Path) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else name
