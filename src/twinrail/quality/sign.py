"""sign: the provenance of the image that was pushed, signed and laid beside it in its registry."""

import json

from twinrail.session.images import BuiltImage, built_image, open_registry, pushed_image
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.provenance import PREDICATE, Origin, of_the_same_build, statement
from twinrail.session.signing import has_key, payload_of
from twinrail.session.signing import sign as signed
from twinrail.session.work import Work
from twinrail.system import pack
from twinrail.system.called import again
from twinrail.system.command import Command
from twinrail.system.errors import RegistryError
from twinrail.system.files import sha256, write_json
from twinrail.system.github import builder_of_run, owner_of_run
from twinrail.system.registry.attachments import attach, attached
from twinrail.system.registry.reference import parse_reference


def sign(work: Work) -> Outcome:
    """The image that was pushed, with its provenance; or why nothing is signed."""
    if not has_key(work):
        return off("no key: neither image.signing-key nor TWINRAIL_SIGNING_KEY")
    image = built_image(work)
    pushed = pushed_image(work, image) if image else None
    if image is None or pushed is None:
        return off("no image was pushed")
    return provide(work, image, pushed.reference)


def provide(work: Work, image: BuiltImage, reference: str) -> Outcome:
    """Signs the provenance of an image and lays it beside it.

    Raises:
        RegistryError: the registry has no such image, does not answer, or refuses.
        ProjectError: the key cannot be used.
    """
    repository, digest = parse_reference(reference)
    registry = open_registry(work, repository)
    manifest = registry.manifest(digest)
    if manifest is None:
        raise RegistryError(f"{repository.host} has no {reference}.", todo=f"Push it again:  {again('push')}")
    work.progress("signing its provenance")
    said = statement(origin(work, image, reference))
    # Another run would only say that it was another run.
    former = [each for each in attached(registry, digest, PREDICATE) if of_the_same_build(payload_of(each), said)]
    envelope = signed(work, said, former)
    path = work.project.state / "artifacts" / f"{image.archive.stem}.provenance.json"
    write_json(path, envelope)
    new = attach(registry, manifest, json.dumps(envelope, separators=(",", ":")).encode(), PREDICATE)
    made = work.artifacts.put("image-provenance", path, version=image.version, commit=image.commit)
    where = "laid beside it" if new else "lies beside it already"
    return passed(f"provenance of {digest[:19]}…, signed, {where}", artifacts={path.name: made.digest})


def origin(work: Work, image: BuiltImage, reference: str) -> Origin:
    """Where the image of this commit came from."""
    wheel = work.artifacts.get("wheel")
    asked = Command(argv=("git", "remote", "get-url", "origin"), cwd=work.project.root)
    return Origin(
        reference=reference,
        commit=image.commit,
        source=_without_login(work.shell.run(asked, ok=(), quiet=True).stdout.strip()),
        wheel=(wheel.path.name, wheel.digest),
        locks={each.name: sha256(each) for each in work.manager.signs()},
        base=image.base,
        builder=builder_of_run(),
        versions={"twinrail": pack.version(), "builder": image.builder},
        run=owner_of_run() or work.run,
    )


def _without_login(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else address
