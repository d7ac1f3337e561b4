"""From the settings to what a builder is given: the recipe, the folder, the plan."""

from dataclasses import dataclass, replace

from twinrail.project.images import Image as Settings
from twinrail.quality.images.annotations import labels
from twinrail.quality.images.building import Building
from twinrail.quality.images.context import Context, importable, our_context, programs, their_context
from twinrail.quality.images.dockerfile import Recipe
from twinrail.quality.images.index import index_secrets
from twinrail.quality.images.interface import Plan
from twinrail.quality.images.references import base_reference, tag
from twinrail.quality.images.wheelhouse import fill_wheelhouse
from twinrail.session.artifacts import Artifact
from twinrail.session.images import image_name
from twinrail.session.work import Work
from twinrail.system.errors import ProjectError
from twinrail.system.files import digest

RUNTIME = "runtime"
"""The stage of the pack's own Dockerfile that is asked for."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What an image is made of.

    Attributes:
        settings: the table of the settings.
        own: the path of the project's Dockerfile; empty: the pack's.
        wheel: the wheel that was built.
        base: the base of the same image for another platform, by digest; empty: the settings say it.
    """

    settings: Settings
    own: str
    wheel: Artifact
    base: str = ""

    @property
    def pure(self) -> bool:
        """Whether the wheel is one of Python alone."""
        return self.wheel.path.stem.endswith("-none-any")

    @property
    def reproducible(self) -> bool:
        """Whether it is built twice: the pack's own Dockerfile makes the same of the same, others as they say."""
        asked = self.settings.reproducible
        return not self.own if asked is None else asked


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a builder is given.

    Attributes:
        title: the image's name, as the name of a file.
        kind: the kind of its base; empty where the project's Dockerfile says it.
        base: its base, by digest where it has one; empty likewise.
        wheel: the wheel in it.
        context: the files.
        plan: the build.
        key: the digest of all but the wheel; empty where that cannot be told apart.
    """

    title: str
    kind: str
    base: str
    wheel: Artifact
    context: Context
    plan: Plan
    key: str = ""


def prepare(work: Work, building: Building, inputs: Inputs) -> Prepared:
    """What the builder is given.

    Raises:
        ProjectError: the project does not say what the image runs, or its lock is of no use for it.
        ToolError: the base is not to be had.
    """
    return _theirs(work, building, inputs) if inputs.own else _ours(work, building, inputs)


def _ours(work: Work, building: Building, inputs: Inputs) -> Prepared:
    settings, builder = inputs.settings, building.builder
    _check_wheel(inputs)
    entrypoint = _entrypoint(work, settings.port)
    base = building.base(inputs.base or base_reference(settings, work.venvs.version))
    requirements = work.requirements("requirements.txt", groups=False)
    folder = building.scratch / "context"
    # A builder that can mount no secret is given all that it would have to fetch.
    wheels = settings.hermetic or not builder.secrets
    if wheels:
        requirements = fill_wheelhouse(building, base, requirements, folder)
    text = requirements.read_text(encoding="utf-8")
    recipe = Recipe(
        kind=settings.base,
        base=base,
        entrypoint=entrypoint,
        health=work.settings.service.health,
        packages=importable(inputs.wheel.path),
        user=settings.user,
        port=settings.port,
        hashes="--hash=" in text,
        secrets=builder.secrets,
        wheels=wheels,
        pure=inputs.pure,
        labels=labels(work, inputs.wheel, base),
    )
    context = our_context(work, recipe, inputs.wheel.path, requirements, folder)
    plan = _plan(work, building, inputs, context, base=base, target=RUNTIME, network=not wheels)
    # What the lock names, and the wheel; where nothing stands below them, the interpreter too.
    plan = replace(plan, labels={}, ordered=3 if settings.base == "distroless" else 2)
    ours = (each.read_bytes() for each in programs(recipe))
    key = digest(recipe.key, text, builder.title, building.platform, building.known(base), *ours)
    return _prepared(work, building, inputs, context, plan, kind=settings.base, base=base, key=key)


def _check_wheel(inputs: Inputs) -> None:
    several = len(inputs.settings.platforms)
    if several > 1 and not inputs.pure:
        raise ProjectError(
            f"{inputs.wheel.path.name} is made for one platform, and the image for {several}.",
            todo="Name one platform:  [tool.twinrail.image] platforms, or build the others where they run.",
        )


def _theirs(work: Work, building: Building, inputs: Inputs) -> Prepared:
    requirements = work.requirements("requirements.txt", groups=False)
    context = their_context(work, inputs.own, inputs.wheel.path, requirements, building.scratch / "context")
    plan = _plan(work, building, inputs, context, base="", target="", network=not inputs.settings.hermetic)
    return _prepared(work, building, inputs, context, plan)


def _prepared(work: Work, building: Building, inputs: Inputs, context: Context, plan: Plan, **ours: str) -> Prepared:
    title = image_name(work).replace("/", "-") + building.suffix
    told = {"kind": "", "base": "", **ours}
    return Prepared(title=title, wheel=inputs.wheel, context=context, plan=plan, **told)


def _plan(
    work: Work, building: Building, inputs: Inputs, context: Context, *, base: str, target: str, network: bool
) -> Plan:
    return Plan(
        name=f"{image_name(work)}:{tag(inputs.wheel.version)}{building.suffix}",
        context=context.folder,
        dockerfile=context.dockerfile,
        when=work.commit.when,
        target=target,
        labels=labels(work, inputs.wheel, base),
        secrets=index_secrets(building.scratch) if network else {},
        network=network,
        platform=building.platform,
        fetch=bool(inputs.own),
        # What stands in a cache has the time of another commit.
        fresh=bool(inputs.own) and inputs.reproducible,
        stamped=bool(inputs.own) and inputs.reproducible,
    )


def _entrypoint(work: Work, port: int) -> tuple[str, ...]:
    command = work.settings.service.command
    if not command and len(work.project.scripts) != 1:
        raise ProjectError(
            f"What does the image run? [project.scripts] has {len(work.project.scripts)} entries.",
            todo='Say it:  [tool.twinrail.service] command = ["…", "--host", "{host}", "--port", "{port}"]',
        )
    host = "0.0.0.0"  # noqa: S104  # nosec B104: in a container, that is its own network and nobody else's
    words = command or work.project.scripts
    return tuple(word.replace("{host}", host).replace("{port}", str(port)) for word in words)
