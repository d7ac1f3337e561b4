"""scan: what `security` and `workflows` look for, as one, written as SARIF."""

from dataclasses import replace
from pathlib import Path

from twinrail.quality.last_scan import last_scan, note_scan
from twinrail.quality.security import Examined, conclude, examine, judged
from twinrail.quality.workflows import NONE, Inspection, inspect
from twinrail.report.sarif import sarif
from twinrail.session.artifacts import Artifact
from twinrail.session.outcome import Outcome
from twinrail.session.work import Work
from twinrail.system.files import write_json
from twinrail.system.units import show_count


def scan(work: Work) -> Outcome:
    """What all scanners found, in `.twinrail/artifacts/scan.sarif` too, and how long ago the scan before was."""
    place = work.project.state / "artifacts" / "scan.sarif"
    # Of a scan that ends without an answer no older one may be taken for the result.
    place.unlink(missing_ok=True)
    before = last_scan(work)
    examined = examine(work)
    inspection = inspect(work)
    artifact = _write(work, place, examined, inspection)
    more = inspection.findings if inspection else ()
    note_scan(work, len(examined.findings) + len(more))
    headline = " · ".join([examined.headline, _workflows(inspection), before.headline])
    outcome = conclude(work, examined, headline=headline, more=more, detail=before.advice)
    return replace(outcome, artifacts={place.name: artifact.digest})


def _write(work: Work, place: Path, examined: Examined, inspection: Inspection | None) -> Artifact:
    found = (*judged(work, examined), *(inspection.judged if inspection else ()))
    write_json(place, sarif(found, name=work.project.name, prefix=work.commit.prefix))
    return work.artifacts.put("sarif", place, version=work.project.version, commit=work.commit.id)


def _workflows(inspection: Inspection | None) -> str:
    if inspection is None:
        return NONE
    return f"{show_count(len(inspection.findings), 'finding')} in {show_count(inspection.files, 'workflow file')}"
