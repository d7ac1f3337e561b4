"""What must and must not stand in a wheel and an sdist, beyond what check-wheel-contents looks for."""

from pathlib import Path

from twinrail.project.repository import STATE, Project
from twinrail.quality.compare import members

_NEVER = (".env", ".git", ".venv", STATE, "__pycache__", ".secrets.baseline")


def strangers(path: Path, project: Project) -> list[str]:
    """What is missing from the archive at `path`, or has no business in it."""
    names = [tuple(name.split("/")) for name in members(path)]
    wrong = [f"{'/'.join(name)} does not belong there" for name in names if set(_NEVER) & set(name)]
    if path.suffix == ".whl":
        wrong += _missing(names, project)
    elif not any(name[1:] == ("pyproject.toml",) for name in names):
        wrong.append("pyproject.toml is missing")
    return wrong


def _missing(names: list[tuple[str, ...]], project: Project) -> list[str]:
    there = {"/".join(name) for name in names}
    marked = [Path(package).name for package in project.packages if (project.root / package / "py.typed").is_file()]
    return [f"{name}/py.typed is missing: the package says that it is typed" for name in marked
            if f"{name}/py.typed" not in there]  # fmt: skip
