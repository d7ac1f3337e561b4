"""What a builder sees: a folder with the wheel and what the lock names, and nothing else of the project."""

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from twinrail.quality.export import export_commit
from twinrail.quality.images.dockerfile import Recipe, dockerfile
from twinrail.session.work import Work
from twinrail.system.errors import ProjectError

_DOCKERFILE = "Dockerfile"
_SETTLE, _INTERPRETER = (Path(__file__).with_name(name) for name in ("settle.py", "interpreter.py"))


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is built, as files.

    Attributes:
        folder: what the builder sees.
        dockerfile: the Dockerfile.
        kept: where people find it, when the folder is gone: in the project, or beside the session's reports.
    """

    folder: Path
    dockerfile: Path
    kept: Path


def own_dockerfile(work: Work) -> str:
    """The path of the project's Dockerfile, from its root; empty where it has none.

    Raises:
        ProjectError: the settings name one that is not there.
    """
    said = work.settings.image.dockerfile if work.settings.image else ""
    if said and not (work.project.root / said).is_file():
        raise ProjectError(
            f"There is no {said} in {work.project.root}.",
            why="[tool.twinrail.image] dockerfile names it.",
            todo="Write it, or take the setting away: then the pack's own is used.",
        )
    return said or (_DOCKERFILE if (work.project.root / _DOCKERFILE).is_file() else "")


def programs(recipe: Recipe) -> tuple[Path, ...]:
    """The programs of the pack's own that its Dockerfile runs."""
    return (_SETTLE, _INTERPRETER) if recipe.kind == "distroless" else (_SETTLE,)


def our_context(work: Work, recipe: Recipe, wheel: Path, requirements: Path, folder: Path) -> Context:
    """A folder for the pack's own Dockerfile, which is kept beside the session's reports too."""
    folder.mkdir(exist_ok=True)
    shutil.copy2(wheel, folder)
    shutil.copy2(requirements, folder / "requirements.txt")
    for program in programs(recipe):
        shutil.copy2(program, folder)
    kept = work.report(_DOCKERFILE)
    for path in (kept, folder / _DOCKERFILE):
        path.write_text(dockerfile(recipe), encoding="utf-8", newline="\n")
    return Context(folder=folder, dockerfile=folder / _DOCKERFILE, kept=kept)


def their_context(work: Work, name: str, wheel: Path, requirements: Path, folder: Path) -> Context:
    """The commit's files for the project's own Dockerfile, with the wheel and the requirements in `dist`.

    Raises:
        ProjectError: the Dockerfile is not in the commit.
    """
    source = export_commit(work.project, work.commit, work.shell, folder)
    shutil.rmtree(folder / ".git")
    if not (source / name).is_file():
        raise ProjectError(f"{name} is not in the commit.", todo=f"Commit it:  git add {name} && git commit")
    (source / "dist").mkdir(exist_ok=True)
    shutil.copy2(wheel, source / "dist")
    shutil.copy2(requirements, source / "dist" / "requirements.txt")
    return Context(folder=source, dockerfile=source / name, kept=work.project.root / name)


def importable(wheel: Path) -> tuple[str, ...]:
    """The packages and modules at the top of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        paths = [PurePosixPath(name).parts for name in archive.namelist()]
    packages = {parts[0] for parts in paths if len(parts) == 2 and parts[1] == "__init__.py"}  # noqa: PLR2004
    modules = {parts[0].removesuffix(".py") for parts in paths if len(parts) == 1 and parts[0].endswith(".py")}
    return tuple(sorted(each for each in packages | modules if each.isidentifier()))
