"""All questions to an image, asked at once."""

from pathlib import Path

from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.checks.configuration import configuration
from twinrail.quality.images.checks.distributions import Audited, audit_distributions
from twinrail.quality.images.checks.dockerfile import lint
from twinrail.quality.images.checks.sbom import sbom
from twinrail.quality.images.checks.secrets import secrets
from twinrail.quality.images.checks.size import size
from twinrail.quality.images.checks.structure import structure
from twinrail.quality.images.checks.subject import Checked, Expected, Image, Subject
from twinrail.quality.images.checks.system_packages import audit_system
from twinrail.report.events import Reading
from twinrail.session.work import Work
from twinrail.system.errors import ToolError
from twinrail.system.units import show_count


def check_image(work: Work, image: Image, expected: Expected) -> Checked:
    """What is wrong with an image, what was measured of it, and what it is made of.

    Raises:
        ProjectError: the export of advisories does not read as one.
        ToolError: the archive is no image, or a tool gave no answer.
    """
    work.progress("image: structure")
    subject = open_subject(work.project.root, work.project.state, image, expected)
    too_large, sized = size(subject)
    work.progress("image: hadolint")
    linted = lint(work, image.dockerfile, subject.file)
    work.progress("image: secrets")
    leaks = secrets(work, subject) if work.settings.security.secrets else ()
    work.progress("image: bill of materials")
    bill = sbom(work, subject.archive)
    work.progress("image: advisories")
    audited, system = audit_distributions(work, subject), audit_system(work, subject, bill)
    own = (*structure(subject), *too_large, *configuration(subject))
    return Checked(
        findings=(*linted, *own, *leaks, *audited.findings, *system.findings),
        readings=(sized, _read(audited), system.reading),
        sbom=bill,
        unknown=audited.unknown,
        notes=(system.note,) if system.note else (),
    )


def open_subject(root: Path, state: Path, image: Image, expected: Expected) -> Subject:
    """An image, read: its archive, and the text that it was built from.

    Args:
        root: the project's folder.
        state: the folder in it that is Twinrail's own, whose files are no place for a finding.
        image: what was built.
        expected: what is asked of it.

    Raises:
        ToolError: the archive is no image, or another one.
    """
    archive, path = open_archive(image.archive), image.dockerfile
    if archive.id != image.id:
        raise ToolError(
            f"{image.archive} is not the image that was built.",
            why=f"It holds {archive.id}, built was {image.id}.",
            todo="Build the image again.",
        )
    ours = not path.is_relative_to(root) or path.is_relative_to(state)
    return Subject(
        archive=archive,
        dockerfile=path.read_text(encoding="utf-8", errors="replace"),
        file="" if ours else path.relative_to(root).as_posix(),
        expected=expected,
    )


def _read(audited: Audited) -> Reading:
    count = show_count(audited.count, "distribution")
    if audited.unknown and not audited.findings:
        return Reading(name="image advisories", value="unknown")
    return Reading(name="image advisories", value=f"{len(audited.findings)} in {count}")
