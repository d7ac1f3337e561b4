"""pip: requirements files, or a `pylock.toml` beside `pyproject.toml`; installed by uv, which reads both."""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from twinrail.project.managers.requirements import requirement_lines
from twinrail.system import pack
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError

_RUNTIME = ("pylock.toml", "requirements.txt")
_GROUPS = ("pylock.dev.toml", "requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt")
_ADDRESS = "(an address)"
"""Stands for the version of what is locked by its address: any version is asked of it."""


@dataclass(frozen=True)
class Pip:
    """Requirements files or a PEP 751 lock: one for what runs, others beside it for development."""

    root: Path
    name: ClassVar[str] = "pip"

    def signs(self) -> tuple[Path, ...]:
        """The first lock for what runs, then those for development."""
        runtime = [path for name in _RUNTIME if (path := self.root / name).is_file()][:1]
        groups = [path for name in _GROUPS if (path := self.root / name).is_file()]
        return tuple(runtime + groups) if runtime else ()

    def install(self, venv: Path) -> tuple[Command, ...]:
        """`uv pip install` of the locks, then of the project itself without its dependencies."""
        texts = [word for path in self.signs() if path.suffix != ".toml" for word in ("-r", path.name)]
        # uv takes one PEP 751 lock at a time, and nothing beside it.
        locks = [["-r", path.name] for path in self.signs() if path.suffix == ".toml"] + ([texts] if texts else [])
        python = ("--python", str(venv))
        return tuple(
            Command(argv=(find_uv_bin(), "pip", "install", *python, *words), cwd=self.root)
            for words in (*locks, ("--no-deps", "-e", "."))
        )

    def check_lock(self) -> tuple[Command, ...]:
        """No command: each dependency of `pyproject.toml` must be pinned to a version that it allows.

        Raises:
            ProjectError: one is not, or the lock does not read as one.
        """
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
        lock = self.signs()[0]
        pins = _pins(lock)
        for text in project.get("dependencies", []):
            wanted = Requirement(text)
            if wanted.marker and not wanted.marker.evaluate():
                continue
            pinned = pins.get(canonicalize_name(wanted.name))
            if pinned is None or not (pinned == _ADDRESS or wanted.specifier.contains(pinned, prereleases=True)):
                raise ProjectError(
                    f"{lock.name} does not match pyproject.toml: {text} is asked for, "
                    f"{'nothing' if pinned is None else pinned} is locked.",
                    todo=f"Lock again:  uv pip compile --generate-hashes pyproject.toml -o {lock.name}",
                )
        return ()

    def export(
        self,
        to: Path,
        *,
        groups: bool,
        extras: tuple[str, ...] = (),  # noqa: ARG002  # the lock has them, or has not
    ) -> tuple[Command, ...]:
        """One command that writes all locks into one requirements file."""
        locks = self.signs() if groups else self.signs()[:1]
        return (
            Command(
                argv=(sys.executable, "-m", "twinrail.project.managers.requirements", str(to), *map(str, locks)),
                cwd=self.root,
                env=pack.importable(),
            ),
        )


def _pins(lock: Path) -> dict[str, str]:
    if lock.suffix == ".toml":
        packages = tomllib.loads(lock.read_text(encoding="utf-8")).get("packages", [])
        here = [each for each in packages if "marker" not in each or Marker(each["marker"]).evaluate()]
        return {canonicalize_name(each["name"]): each.get("version", _ADDRESS) for each in here}
    try:
        found = [_requirement(line.split(" --hash")[0], lock) for line in requirement_lines(lock)]
    except (OSError, ValueError) as error:
        raise ProjectError(f"{lock.name} does not read as a lock: {error}.") from None
    return {canonicalize_name(each.name): version for each in found
            if (version := _version(each)) and (each.marker is None or each.marker.evaluate())}  # fmt: skip


def _requirement(line: str, lock: Path) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement:
        raise ProjectError(f"{lock.name} does not read as a lock: {line}.") from None


def _version(locked: Requirement) -> str:
    exact = (each.version for each in locked.specifier if each.operator in {"==", "==="})
    return _ADDRESS if locked.url else next(exact, "")
