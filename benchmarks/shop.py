"""The example's shop as a service to measure: its own routes, its own wheel, its own lock."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from filelock import FileLock

from benchmarks.ground import Kind
from benchmarks.wheels import EXAMPLE, build, export, remake
from twinrail.project.settings import Service


@cache
def _built(folder: Path) -> Path:
    # By the first process that asks, for all of them.
    folder.mkdir(exist_ok=True)
    with FileLock(folder / ".lock"):
        return next(folder.glob("shopfront-*.whl"), None) or build(folder)


@cache
def _requirements(folder: Path) -> Path:
    path = folder / "requirements.txt"
    with FileLock(folder / ".lock"):
        return path if path.exists() else export(path)


def _wheel(folder: Path, version: str, mood: Mapping[str, object]) -> Path:
    return remake(_built(folder.parent / "built"), folder, version, mood)


SHOP = Kind(
    name="shopfront",
    where="benchmarks.shop:SHOP",
    files={name: (EXAMPLE / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "uv.lock")},
    service=Service(
        command=("shopfront", "serve", "--host", "{host}", "--port", "{port}"), migrate=("shopfront", "migrate")
    ),
    wheel=_wheel,
    requirements=_requirements,
    database="shopfront.db",
    database_variable=("DATABASE_URL", "sqlite:///{path}"),
    rss=100_000_000,
)
"""Shopfront."""
