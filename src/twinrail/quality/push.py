"""push: the image that was built, as it was saved, brought to its registry; from here on its name is a digest."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from twinrail.project.departure import deploys
from twinrail.quality.images.packing import Saved, configuration, list_of, manifest_of, open_saved, packed
from twinrail.quality.images.references import tag
from twinrail.session.images import BuiltImage, built_image, note_push, open_registry
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import Interrupted
from twinrail.system.github import on_github, read_trigger
from twinrail.system.registry.client import Manifest, Registry
from twinrail.system.registry.reference import parse_repository


def push(work: Work) -> Outcome:
    """The image in its registry, by digest; or why none is pushed."""
    if work.settings.image is None or not work.settings.image.registry:
        return off("no [tool.twinrail.image] registry")
    if on_github() and not (leaving := deploys(read_trigger(), work.settings.deploy.on)).yes:
        return off(f"nothing is pushed: {leaving.why}")
    image = built_image(work)
    if image is None:
        return off("no image was made")
    registry = open_registry(work, parse_repository(f"{work.settings.image.registry}/{image.title}"))
    # GitHub's runners have a login, or the workflow has no right to push: python.yml asks for none.
    if registry.authority.login is None and on_github():
        return off(f"this job has no login for {registry.repository.host}: python-identity.yml and image.yml do")
    work.progress(f"pushing to {registry.repository}")
    tags = (tag(image.version), image.commit)
    pushed = bring(registry, image, tags, work)
    reference = registry.repository.by(pushed.manifest.digest)
    noted = note_push(work, image, reference, tags)
    return passed(_headline(reference, pushed, tags[0]), artifacts={reference: pushed.manifest.digest, **noted})


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What is in the registry now: the manifest, how many layers were brought, and how many names were set."""

    manifest: Manifest
    brought: int
    named: int


def bring(registry: Registry, image: BuiltImage, tags: tuple[str, ...], work: Work) -> Pushed:
    """Brings an image to its registry, layers first and names last; of one that is there only missing names are set.

    Raises:
        RegistryError: the registry does not answer, or refuses; no name was set.
        ProjectError: the archive is not the image that was built.
        ToolError: there is no room to pack it.
    """
    there = {name: registry.manifest(name) for name in tags}
    # The configuration names all layers by what is in them: under the same one there is the same image.
    same = (each for each in there.values() if each and not image.platforms and _config(each) == image.id)
    manifest, brought = next(same, None), 0
    if manifest is None:
        manifest, brought = _several(registry, image, work) if image.platforms else _one(registry, image, work)
    if work.interrupted.is_set():
        raise Interrupted("Interrupted: the image has no name in its registry.")
    missing = [name for name, held in there.items() if held is None or held.digest != manifest.digest]
    for name in missing:
        registry.put(manifest, name)
    return Pushed(manifest=manifest, brought=brought, named=len(missing))


def _several(registry: Registry, image: BuiltImage, work: Work) -> tuple[Manifest, int]:
    made = {}
    for platform, id_, archive in image.platforms:
        work.progress(platform)
        made[platform] = _one(registry, replace(image, id=id_, archive=archive), work)
    manifest = list_of({platform: each for platform, (each, _) in made.items()})
    registry.put(manifest)
    return manifest, sum(brought for _, brought in made.values())


def _one(registry: Registry, image: BuiltImage, work: Work) -> tuple[Manifest, int]:
    manifest, brought = _upload(
        registry, open_saved(image.archive, image.id, f"Build it again:  {again('image')}"), work
    )
    registry.put(manifest)
    return manifest, brought


def _upload(registry: Registry, saved: Saved, work: Work) -> tuple[Manifest, int]:
    config, layers, brought = configuration(saved), [], 0
    with tempfile.TemporaryDirectory(prefix="twinrail-push-") as folder:
        for number in range(len(saved.layers)):
            if work.interrupted.is_set():
                raise Interrupted("Interrupted while its layers were pushed: it has no name in its registry.")
            work.progress(f"layer {number + 1} of {len(saved.layers)}")
            with packed(saved, number, Path(folder)) as layer:
                brought += registry.upload(layer)
                layers.append(layer)
    registry.upload(config)
    return manifest_of(config, layers), brought


def _config(manifest: Manifest) -> object:
    config = manifest.told.get("config")
    return config.get("digest") if isinstance(config, dict) else None


def _headline(reference: str, pushed: Pushed, version: str) -> str:
    if not pushed.named:
        return f"{reference} is there already"
    new = f"{pushed.brought} new layer{'s' if pushed.brought != 1 else ''}" if pushed.brought else "no new layer"
    return f"{reference} · {version} · {new}"
