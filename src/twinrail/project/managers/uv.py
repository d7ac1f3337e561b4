"""uv: a `uv.lock` beside `pyproject.toml`."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from uv import find_uv_bin

from twinrail.system.command import Command


@dataclass(frozen=True)
class Uv:
    """uv, by its own lock."""

    root: Path
    name: ClassVar[str] = "uv"

    def signs(self) -> tuple[Path, ...]:
        """The lock, where there is one."""
        lock = self.root / "uv.lock"
        return (lock,) if lock.is_file() else ()

    def install(self, venv: Path) -> tuple[Command, ...]:
        """`uv sync` into `venv`, with all groups and extras."""
        return (
            Command(
                argv=(find_uv_bin(), "sync", "--locked", "--all-groups", "--all-extras", "--python", str(venv)),
                cwd=self.root,
                env={"UV_PROJECT_ENVIRONMENT": str(venv), "UV_PYTHON_DOWNLOADS": "never"},
            ),
        )

    def check_lock(self) -> tuple[Command, ...]:
        """`uv lock --check`, which resolves nothing anew when the lock fits."""
        return (Command(argv=(find_uv_bin(), "lock", "--check"), cwd=self.root, env={"UV_PYTHON_DOWNLOADS": "never"}),)

    def export(self, to: Path, *, groups: bool, extras: tuple[str, ...] = ()) -> tuple[Command, ...]:
        """`uv export` with hashes."""
        chosen = ("--no-default-groups", *(word for extra in extras for word in ("--extra", extra)))
        which = ("--all-groups", "--all-extras") if groups else chosen
        words = ("--frozen", "--no-header", "--no-annotate", "--no-emit-project", *which, "--output-file", str(to))
        return (Command(argv=(find_uv_bin(), "export", "--quiet", *words), cwd=self.root),)
