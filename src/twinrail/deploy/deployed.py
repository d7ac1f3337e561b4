"""By which target what runs of an environment was deployed, whatever its settings say by now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twinrail.deploy.terms import changed
from twinrail.project.compose import STACKED
from twinrail.project.environments import Environment
from twinrail.system.called import again
from twinrail.system.errors import PlaceTaken
from twinrail.system.files import read_json


def place_file(folder: Path) -> Path:
    """Where a target that runs a stack says so, as long as something of ours runs there."""
    return folder / "place.json"


def as_deployed(folder: Path, environment: Environment) -> Environment:
    """The environment as what runs there has it: for whoever only looks at it, or ends it."""
    told = _told(folder)
    target = str(told.get("target") or ("process" if environment.target in STACKED and _processes(folder) else ""))
    if target in {"", environment.target}:
        return environment
    compose = environment.compose
    if "stack" in told:
        compose = changed(compose, project=told["stack"], host=told["host"])
    return changed(environment, target=target, compose=compose)


def check_target(folder: Path, environment: Environment) -> None:
    """Nothing, where what runs was deployed by the target of the settings, or nothing runs.

    Raises:
        PlaceTaken: another target did, and could not be told to end it.
    """
    if (target := as_deployed(folder, environment).target) != environment.target:
        raise PlaceTaken(
            f"What runs in {folder.name} was deployed by the target {target}, not by {environment.target}.",
            why="Its target was changed in the settings while it was running.",
            todo=f"Stop it first:  {again('down')}",
        )


def _told(folder: Path) -> Mapping[str, Any]:
    return read_json(place_file(folder)) or {}


def _processes(folder: Path) -> bool:
    return any("pid" in (read_json(path) or {}) for path in (folder / "instances").glob("*.json"))
