"""image: the wheel and what the lock names on a hardened base, built twice and compared, checked, kept by digest."""

import tempfile
from dataclasses import replace
from pathlib import Path

from twinrail.project.images import Image as Settings
from twinrail.quality.images.building import Building, NoRegistry
from twinrail.quality.images.choice import NoBuilder, choose
from twinrail.quality.images.context import own_dockerfile
from twinrail.quality.images.dating import Dated
from twinrail.quality.images.inspected import Stored
from twinrail.quality.images.interface import Builder, Image
from twinrail.quality.images.keeping import keep, waiting
from twinrail.quality.images.preparation import Inputs, Prepared, prepare
from twinrail.quality.images.proof import Proof
from twinrail.quality.images.verdict import check, conclude
from twinrail.session.artifacts import Artifact
from twinrail.session.outcome import Outcome, off, passed
from twinrail.session.work import Work
from twinrail.system.called import again
from twinrail.system.errors import ProjectError
from twinrail.system.github import on_github
from twinrail.system.units import show_size


def image(work: Work) -> Outcome:
    """The image of the wheel that was built, or what is wrong with it."""
    own = own_dockerfile(work)
    if work.settings.image is None and not own:
        return off("neither a Dockerfile nor [tool.twinrail.image]")
    if "build-system" not in work.project.data:
        return off("nothing is built: no [build-system] in pyproject.toml")
    settings = work.settings.image or Settings()
    try:
        builder = choose(settings.builder, work.shell, work.project.root)
    except NoBuilder as error:
        # Who asked for one, or has GitHub's runners, which have one, is told that it is missing.
        if settings.builder != "auto" or on_github():
            raise
        return off(f"{error.what} {error.why}")
    inputs = Inputs(settings=settings, own=own, wheel=_wheel(work))
    with tempfile.TemporaryDirectory(prefix="twinrail-image-") as temporary, waiting(work) as unchecked:
        try:
            return _made(Building(work, builder, Path(temporary)), unchecked, inputs)
        except NoRegistry as error:
            # A laptop may be off the net. Who named a base is told, and GitHub's runners reach the official ones.
            if settings.from_ or on_github():
                raise
            return off(f"{error.what} {error.why}")


def _wheel(work: Work) -> Artifact:
    wheel = work.artifacts.get("wheel")
    if wheel.commit != work.commit.id:
        raise ProjectError(
            f"{wheel.path.name} was built from {wheel.commit[:7]}, and the project stands at {work.commit.id[:7]}.",
            why="An image names one commit, and holds what was built from it.",
            todo=f"Build it again:  {again('build')}",
        )
    return wheel


def _made(building: Building, unchecked: Path, inputs: Inputs) -> Outcome:
    work, made = building.work, list[tuple[Image, Prepared]]()
    for number, platform in enumerate(dict.fromkeys(inputs.settings.platforms) or ("",)):
        folder = building.scratch / str(number)
        folder.mkdir()
        suffix = platform.removeprefix("linux").replace("/", "-") if number else ""
        one = _built(replace(building, scratch=folder, platform=platform, suffix=suffix), unchecked, inputs)
        if isinstance(one, Outcome):
            return one
        made.append(one)
        inputs = replace(inputs, base=one[1].base if "@" in one[1].base else "")
    images = [image for image, _ in made]
    checked = check(work, images, inputs.settings, own=bool(inputs.own))
    outcome = conclude(work, checked, passed(_headline(images, made[0][1], building.builder)))
    if outcome.state == "failed":
        return outcome
    return replace(outcome, artifacts=keep(building, images, inputs.wheel, checked))


def _built(building: Building, unchecked: Path, inputs: Inputs) -> tuple[Image, Prepared] | Outcome:
    work = building.work
    prepared = prepare(work, building, inputs)
    plan, context = prepared.plan, prepared.context
    work.progress(f"{building.builder.title}: {plan.name}")
    first = building.build(plan, context)
    if isinstance(first, Outcome):
        return first
    if inputs.reproducible and (wrong := _twice(work, building, prepared, first)):
        return wrong
    work.progress(f"saving {plan.name}")
    dated = building.save(first, plan, unchecked / f"{prepared.title}.tar")
    return _image(building, prepared, dated), prepared


def _twice(work: Work, building: Building, prepared: Prepared, first: Stored) -> Outcome | None:
    work.progress("second build")
    proof = Proof(work.project.state / "images" / "proven.json")
    # Only what stands on the wheel is new where all below it has been built twice before.
    again = {"fresh": True} if prepared.key not in proof else {"arguments": {"AGAIN": "second"}}
    wrong = building.second(first, replace(prepared.plan, **again), prepared.context)
    if wrong is None and prepared.key:
        proof.add(prepared.key)
    return wrong


def _image(building: Building, prepared: Prepared, dated: Dated) -> Image:
    return Image(
        name=prepared.plan.name,
        id=dated.id,
        archive=dated.path,
        dockerfile=prepared.context.kept,
        base=prepared.base,
        builder=building.builder.title,
        layers=dated.layers,
        size=dated.size,
        platform=building.platform,
    )


def _headline(images: list[Image], prepared: Prepared, builder: Builder) -> str:
    made, kind = images[0], prepared.kind or "own Dockerfile"
    others = "".join(f" + {each.platform}" for each in images[1:])
    return f"{made.name} · {kind} · {show_size(made.size)} · {made.id[:11]}… · {builder.name}{others}"
