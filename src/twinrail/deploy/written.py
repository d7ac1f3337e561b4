"""Moves as they stand in a journal: written by one deployer, read by the one who comes after it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from twinrail.deploy.moves import Bring, Move
from twinrail.deploy.release import Release

_KINDS: Mapping[str, Any] = {each.__name__.lower(): TypeAdapter(each) for each in get_args(Move)}
_RELEASE = TypeAdapter(Release)


def write_move(move: Move) -> dict[str, Any]:
    """A move as JSON: its kind, and its fields. A release stands there by its name; the journal knows it once."""
    kind = type(move).__name__.lower()
    if isinstance(move, Bring):
        return {"kind": kind, "release": move.release.name}
    return {"kind": kind, **_KINDS[kind].dump_python(move, mode="json")}


def read_move(told: Mapping[str, Any], release: Release) -> Move:
    """The move that `write_move` wrote; `release` is the one that is brought.

    Raises:
        KeyError: there is no such kind of move.
        ValidationError: its fields are not what they should be.
    """
    fields = {name: value for name, value in told.items() if name != "kind"}
    if told["kind"] == "bring":
        return Bring(release)
    move: Move = _KINDS[told["kind"]].validate_python(fields)
    return move


def write_release(release: Release) -> dict[str, Any]:
    """A release as JSON."""
    written = dataclasses.asdict(release)
    return {name: str(value) if isinstance(value, Path) else value for name, value in written.items()}


def read_release(told: Mapping[str, Any]) -> Release:
    """The release that `write_release` wrote.

    Raises:
        ValidationError: its fields are not what they should be.
    """
    return _RELEASE.validate_python(told)
