"""What is asked of an image by the settings, and what the answers mean for the session."""

from collections.abc import Sequence
from dataclasses import replace

from twinrail.project.images import Image as Settings
from twinrail.quality.images.checks.all import check_image
from twinrail.quality.images.checks.subject import Checked, Expected
from twinrail.quality.images.interface import Image
from twinrail.quality.security import unknown_fails
from twinrail.session.outcome import Outcome, failed
from twinrail.session.work import Work


def expected_of(settings: Settings, *, own: bool) -> Expected:
    """What an image must be; a Dockerfile of the project's `own` says itself who runs it, and where it serves."""
    asked = Expected(size=settings.size, files=settings.files, without_files=settings.without_files)
    if own:
        return asked
    return replace(asked, user=settings.user, ports=(settings.port,), shell=settings.base != "distroless")


def check(work: Work, images: Sequence[Image], settings: Settings, *, own: bool) -> Checked:
    """What was found in an image; made for several platforms, in all of them.

    Raises:
        ToolError: a tool gave no answer.
    """
    expected = expected_of(settings, own=own)
    first, *others = [check_image(work, each, expected) for each in images]
    return replace(
        first,
        findings=tuple(dict.fromkeys(found for each in (first, *others) for found in each.findings)),
        unknown=next((each.unknown for each in (first, *others) if each.unknown), ""),
        notes=tuple(dict.fromkeys(note for each in (first, *others) for note in each.notes)),
    )


def conclude(work: Work, checked: Checked, outcome: Outcome) -> Outcome:
    """A session's outcome after its image was looked at: failed, unknown as the settings say, or as it was."""
    detail = "\n".join(filter(None, (*checked.notes, checked.unknown)))
    if checked.findings:
        headline = f"{len(checked.findings)} × {checked.findings[0].title}" if _alike(checked) else _counted(checked)
        return failed(headline, findings=checked.findings, detail=detail, readings=checked.readings)
    if checked.unknown and unknown_fails(work.settings.security.unknown):
        return failed(f"advisories unknown: {checked.unknown}", detail=detail, readings=checked.readings)
    state = "unknown" if checked.unknown else outcome.state
    return replace(outcome, state=state, detail=detail, readings=checked.readings)


def _alike(checked: Checked) -> bool:
    return len({each.title for each in checked.findings}) == 1


def _counted(checked: Checked) -> str:
    titles = dict.fromkeys(each.title for each in checked.findings)
    return f"{len(checked.findings)} findings in the image: {', '.join(titles)}"
