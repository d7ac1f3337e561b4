"""All that a lock names as wheels in a folder, downloaded before the build: in the build nothing is fetched."""

import shutil
from pathlib import Path

from packaging.requirements import InvalidRequirement

from twinrail.project.managers.requirements import requirement_lines
from twinrail.quality.images.building import Building
from twinrail.quality.images.index import VARIABLES
from twinrail.quality.images.interface import Plan
from twinrail.quality.images.platform import PROBE, Platform, fitting, read_platform
from twinrail.session.work import Work
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError, ToolError


def fill_wheelhouse(building: Building, base: str, requirements: Path, folder: Path) -> Path:
    """Downloads the wheels that the base's Python needs into `folder/wheels`; the requirements without conditions.

    Raises:
        ProjectError: the lock names what is no wheel, or none for the base.
        ToolError: the base holds no Python.
    """
    work, platform = building.work, _ask(building, base, folder)
    try:
        lines = fitting(list(requirement_lines(requirements)), platform)
    except (ValueError, InvalidRequirement) as error:
        raise ProjectError(f"{requirements.name} cannot be downloaded as wheels: {error}.") from error
    fitted = work.report("requirements-in-the-image.txt")
    fitted.write_text("\n".join(lines) + "\n", encoding="utf-8")
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    done = work.shell.run(_download(work, platform, fitted, wheels), ok=())
    if done.returncode:
        raise ProjectError(
            f"Not all that the lock names can be had as a wheel for Python {platform.short} on {platform.libc}.",
            why=done.tail.replace("\n", "\n  "),
            todo="Lock versions that have one, or build with the network:  [tool.twinrail.image] hermetic = false",
        )
    return fitted


def _ask(building: Building, base: str, folder: Path) -> Platform:
    # A build is the one thing that all builders can run a program by.
    place = folder / "probe"
    place.mkdir(parents=True)
    text = PROBE.replace('"', '\\"')
    (place / "Dockerfile").write_text(f'FROM {base}\nRUN ["python3", "-c", "{text}"]\n', encoding="utf-8")
    plan = Plan(
        name="", context=place, dockerfile=place / "Dockerfile", when=0, network=False, fresh=True,
        platform=building.platform,
    )  # fmt: skip
    done = building.work.shell.run(building.builder.build(plan), ok=())
    shutil.rmtree(place)
    found = read_platform(f"{done.stdout}\n{done.stderr}")
    if found is None:
        raise ToolError(
            f"{base} does not tell which Python it has.",
            why=done.tail.replace("\n", "\n  "),
            todo='Name a base with Python:  [tool.twinrail.image] from = "…"',
        )
    return found


def _download(work: Work, platform: Platform, requirements: Path, wheels: Path) -> Command:
    pip = work.tools.standing_alone("pip")
    hashed = ("--require-hashes",) if "--hash=" in requirements.read_text(encoding="utf-8") else ()
    words = ("download", "--quiet", "--no-deps", *hashed, "--only-binary=:all:", "--implementation=cp")
    where = (f"--python-version={platform.short}", *(f"--platform={tag}" for tag in platform.tags))
    command = pip.command(*words, *where, f"--dest={wheels}", "-r", str(requirements), cwd=work.project.root)
    return Command(argv=command.argv, cwd=command.cwd, env=command.env, secrets=VARIABLES, tool=command.tool)
