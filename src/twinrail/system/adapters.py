"""Adapters found by name: targets, strategies, managers, notifiers; ours come through the same door as others'."""

import tomllib
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import Any


@cache
def known(group: str) -> dict[str, EntryPoint]:
    """The adapters of a group, `twinrail.targets` for example, by name."""
    return {point.name: point for point in (*_uninstalled(group), *entry_points(group=group))}


def load(group: str, name: str) -> Any:
    """The adapter `name` of a group.

    Raises:
        KeyError: there is none of that name.
    """
    return known(group)[name].load()


def _uninstalled(group: str) -> list[EntryPoint]:
    # Our own noxfile inserts `src` into the path: then there is no installed metadata to ask.
    try:
        distribution("twinrail")
    except PackageNotFoundError:
        pyproject = Path(__file__).parents[3] / "pyproject.toml"
        groups = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["entry-points"]
        return [EntryPoint(name, value, group) for name, value in groups.get(group, {}).items()]
    return []
