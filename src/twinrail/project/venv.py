"""Virtual environments: one per lock and Python for all sessions, the pack's own tools in others.

Each is made once, by uv, and marked when it is whole; a marked one costs nothing to use again.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import distributions
from pathlib import Path

from filelock import FileLock
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from twinrail.project.managers.interface import DependencyManager
from twinrail.project.repository import Project
from twinrail.system.called import PYTHON
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError
from twinrail.system.files import digest
from twinrail.system.shell import Shell

LOCKS = Path(__file__).parents[1] / "locks"
"""The pack's own locks: one file a use, universal, with hashes."""

_READY = ".ready"
_KEPT = 3
# What of pyproject.toml reaches an installed project, beyond its lock.
_TABLES = ("project", "build-system", "dependency-groups")

_LAID_OVER = """\
import site
import sys

before = list(sys.path)
site.addsitedir({project!r})
added = [each for each in sys.path if each not in before]
own = {own!r}
sys.path[:] = [each for each in before if each != own] + added + [own]
"""


@dataclass(frozen=True)
class Venv:
    """A virtual environment in a folder."""

    path: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """The program `name` that is installed in it."""
        return self.path / ("Scripts" if sys.platform == "win32" else "bin") / name

    @cached_property
    def packages(self) -> Path:
        """Its `site-packages`."""
        found = [self.path / "Lib" / "site-packages", *sorted(self.path.glob("lib/python3*/site-packages"))]
        return next(each for each in found if each.is_dir())

    @cached_property
    def installed(self) -> Mapping[str, str]:
        """The version of each distribution in it, by canonical name."""
        return {canonicalize_name(each.name): each.version for each in distributions(path=[str(self.packages)])}


@dataclass(frozen=True)
class VirtualEnvironments:
    """The virtual environments of a project, made when they are asked for.

    Attributes:
        python: the version that they are made for: `3.12`; empty: that of the running Python.
    """

    project: Project
    manager: DependencyManager
    shell: Shell
    python: str = field(default_factory=lambda: os.environ.get(PYTHON, ""))
    _memory: dict[str, Venv] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The Python that they are made for: `3.12`."""
        return self.python or f"{sys.version_info.major}.{sys.version_info.minor}"

    def for_project(self) -> Venv:
        """The one that holds the project, editable, and all that its lock names.

        Raises:
            ProjectError: the lock does not match `pyproject.toml`.
            ToolError: uv cannot install it.
        """
        tables = repr([*map(self.project.data.get, _TABLES), self.project.data.get("tool", {}).get("uv")])
        locks = [path.read_bytes() for path in self.manager.signs()]
        key = digest(self.manager.name, tables, *locks)

        def fill(venv: Venv) -> None:
            self._check_lock()
            self._run(*self.manager.install(venv.path))

        return self._once("project", key, fill)

    def for_tools(self, lock: str) -> Venv:
        """The one that holds what the pack's lock of that name pins: `check`, `deploy`, `load`.

        Raises:
            ToolError: uv cannot install it.
        """
        path = LOCKS / f"{lock}.txt"
        return self._once(lock, digest(path.read_bytes()), lambda venv: self.install(venv, *_pinned(path)))

    def laid_over(self, lock: str) -> Venv:
        """The project's packages, and behind them what the pack's lock pins: the project's own win.

        Raises:
            ToolError: uv cannot install it.
        """
        under, path = self.for_project(), LOCKS / f"{lock}.txt"

        def fill(venv: Venv) -> None:
            self.install(venv, *_pinned(path))
            text = _LAID_OVER.format(project=str(under.packages), own=str(venv.packages))
            (venv.packages / "_laid_over.py").write_text(text, encoding="utf-8")
            (venv.packages / "_laid_over.pth").write_text("import _laid_over\n", encoding="utf-8")

        return self._once(f"{lock}-over", digest(path.read_bytes(), str(under.path)), fill)

    def make(self, path: Path) -> Venv:
        """A new, empty virtual environment at `path`; what was there is gone."""
        if path.exists():
            shutil.rmtree(path)
        self._run(self._uv("venv", "--quiet", "--python", self.python or sys.executable, "--no-project", str(path)))
        return Venv(path)

    def install(self, venv: Venv, *words: str) -> None:
        """Installs into `venv` what the words of `uv pip install` name.

        Raises:
            ToolError: uv cannot install it.
        """
        self._run(self._uv("pip", "install", "--quiet", "--python", str(venv.path), *words))

    def install_locked(self, venv: Venv, requirements: Path) -> None:
        """Installs what a requirements file pins into `venv`, by hash where the file has hashes.

        Raises:
            ToolError: uv cannot install it, a hash that differs for example.
        """
        hashed = "--hash=" in requirements.read_text(encoding="utf-8")
        self.install(venv, *(("--require-hashes",) if hashed else ()), "-r", str(requirements))

    def _once(self, kind: str, key: str, fill: Callable[[Venv], None]) -> Venv:
        version = self.version
        folder = self.project.state / "venvs"
        path = folder / f"{kind}-py{version}-{digest(key, sys.base_prefix)[:12]}"
        if (known := self._memory.get(path.name)) is not None:
            return known
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{path.name}.lock"):
            if not (path / _READY).exists():
                fill(self.make(path))
                _forget_old(folder, f"{kind}-py{version}-", keep=path)
            (path / _READY).touch()
        return self._memory.setdefault(path.name, Venv(path))

    def _check_lock(self) -> None:
        for command in self.manager.check_lock():
            done = self.shell.run(command, ok=())
            if done.returncode:
                lock = self.manager.signs()[0].name
                raise ProjectError(
                    f"{lock} does not match pyproject.toml.",
                    why=done.tail,
                    todo=f"Lock again:  {self.manager.name} lock",
                )

    def _uv(self, *words: str) -> Command:
        return Command(argv=(find_uv_bin(), *words), cwd=self.project.root, env={"UV_PYTHON_DOWNLOADS": "never"})

    def _run(self, *commands: Command) -> None:
        for command in commands:
            self.shell.run(command)


def _pinned(lock: Path) -> tuple[str, ...]:
    return ("--require-hashes", "--only-binary", ":all:", "-r", str(lock))


def _forget_old(folder: Path, prefix: str, *, keep: Path) -> None:
    others = [each for each in folder.glob(f"{prefix}*") if each != keep and each.is_dir()]
    others.sort(key=_last_used, reverse=True)
    for each in others[_KEPT - 1 :]:
        shutil.rmtree(each, ignore_errors=True)


def _last_used(venv: Path) -> float:
    ready = venv / _READY
    return ready.stat().st_mtime if ready.exists() else 0.0
