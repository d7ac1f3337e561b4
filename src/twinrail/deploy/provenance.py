"""Whether an image may be deployed by its provenance: signed by one of the signers, of this image, commit and wheel."""

from collections.abc import Sequence

from twinrail.deploy.release import Release
from twinrail.project.commits import Commits
from twinrail.project.decode import mistake_at, read_document
from twinrail.session.images import open_registry
from twinrail.session.provenance import PREDICATE, fault
from twinrail.session.signing import STATEMENT, Signed, verify
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import NotSigned, SettingsError
from twinrail.system.registry.attachments import attached
from twinrail.system.registry.reference import parse_reference


def demand_provenance(work: Work, release: Release) -> None:
    """Nothing, when no signer is named, or one has signed where the release's image came from.

    Raises:
        NotSigned: none has.
        SettingsError: a signer's key is not in the commit.
        ProjectError: one cannot be used, or git does not trust the folder.
        RegistryError: the registry does not answer, or refuses.
    """
    if work.settings.image is None or not (signers := work.settings.image.signers):
        return
    keys = _keys(work, release.commit, signers)
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


def _keys(work: Work, commit: str, signers: Sequence[str]) -> dict[str, str]:
    # Of the commit and not of the folder: a file that nobody has reviewed must not open what they watch over.
    commits = Commits(work.project.root, work.shell)
    found = {name: commits.text(commit, name) for name in signers}
    if missing := [number for number, name in enumerate(signers) if found[name] is None]:
        document = read_document(work.project.root / "pyproject.toml")
        says = f"is not in the commit {commit[:7]}, which is deployed: add the file, commit it, and build that."
        raise SettingsError(tuple(
            mistake_at(document, ("image", "signers", number), signers[number], f"The key {signers[number]} {says}")
            for number in missing
        ))  # fmt: skip
    return {name: text for name, text in found.items() if text is not None}


def _refused(release: Release, why: str, signers: Sequence[str]) -> NotSigned:
    return NotSigned(
        f"{release.image or release.name} may not be deployed: image.signers demands a signature.",
        why=why,
        todo=f"Let one of {', '.join(signers)} sign it:  {again('sign')}",
    )
