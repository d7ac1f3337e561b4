"""Whether an image may be deployed by its provenance: signed by one of the signers, of this image, commit and wheel."""

from collections.abc import Sequence

from twinrail.deploy.release import Release
from twinrail.session.images import open_registry
from twinrail.session.provenance import PREDICATE, fault
from twinrail.session.signing import STATEMENT, Signed, verify
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import NotSigned, ProjectError
from twinrail.system.registry.attachments import attached
from twinrail.system.registry.reference import parse_reference


def demand_provenance(work: Work, release: Release) -> None:
    """Nothing, when no signer is named, or one has signed where the release's image came from.

    Raises:
        NotSigned: none has.
        ProjectError: a signer's key is not there, or cannot be used.
        RegistryError: the registry does not answer, or refuses.
    """
    if work.settings.image is None or not (signers := work.settings.image.signers):
        return
    keys = {name: _key(work, name) for name in signers}
    if "@" not in release.image:
        raise _refused(release, "Its image is in no registry." if release.image else "It has no image.", signers)
    repository, digest = parse_reference(release.image)
    envelopes = attached(open_registry(work, repository), digest, PREDICATE)
    if not envelopes:
        raise _refused(release, "Nothing signed lies beside it.", signers)
    if wrong := judge(verify(work, envelopes, keys), release):
        raise _refused(release, wrong, signers)
    work.progress(f"{digest[:19]}… is signed")


def judge(found: Sequence[Signed], release: Release) -> str:
    """What is wrong with the envelopes of a release's image, or an empty text when one is as it should be."""
    ours = [each for each in found if each.signer]
    if not ours:
        return "What lies beside it was signed by somebody else, or was changed since."
    digest = release.image.partition("@")[2]
    faults = [
        fault(each.payload, digest, release.commit, release.digest)
        if each.kind == STATEMENT
        else f"it is a {each.kind}"
        for each in ours
    ]
    if "" in faults:
        return ""
    return "; ".join(f"What {each.signer} signed: {wrong}." for each, wrong in zip(ours, faults, strict=True))


def _key(work: Work, name: str) -> str:
    try:
        return (work.project.root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"The key {name} cannot be read.", why="image.signers names it.", todo="Add its file."
        ) from error


def _refused(release: Release, why: str, signers: Sequence[str]) -> NotSigned:
    return NotSigned(
        f"{release.image or release.name} may not be deployed: image.signers demands a signature.",
        why=why,
        todo=f"Let one of {', '.join(signers)} sign it:  {again('sign')}",
    )
