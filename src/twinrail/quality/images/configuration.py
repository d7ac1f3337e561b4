"""What an image says of itself: how it runs, and by which steps it was made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twinrail.quality.images.layers import LayerError


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a build.

    Attributes:
        text: the instruction, as the builder wrote it down.
        empty: whether it made no layer.
    """

    text: str
    empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Config:
    """The configuration of an image.

    Attributes:
        user: who runs it, as the image says it: `10001`, `app:app`; empty: root.
        entrypoint: the program, and the words that are always given to it.
        command: the words that are given where a run names none.
        ports: what it serves on: `8000/tcp`.
        env: variables.
        labels: what was written on it.
        volumes: folders that get a volume of their own.
        healthcheck: what asks whether it is well, as the engine keeps it: `CMD` or `CMD-SHELL`, then words.
        folder: where it runs.
        created: when it was made, as the builder wrote it down.
        history: the steps of the build, the base's first.
        layers: the digests of its layers, unpacked.
    """

    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    healthcheck: tuple[str, ...] = ()
    folder: str = ""
    created: str = ""
    history: tuple[Step, ...] = ()
    layers: tuple[str, ...] = ()


def parse_config(text: bytes) -> Config:
    """The configuration that a builder wrote.

    Raises:
        LayerError: it does not read as one.
    """
    try:
        whole = json.loads(text)
        return _config(whole, whole.get("config") or {})
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise LayerError(f"it does not read as the configuration of an image: {error}") from error


def _config(whole: dict[str, Any], run: dict[str, Any]) -> Config:
    env = dict(each.partition("=")[::2] for each in run.get("Env") or ())
    return Config(
        user=str(run.get("User") or ""),
        entrypoint=_words(run.get("Entrypoint")),
        command=_words(run.get("Cmd")),
        ports=tuple(sorted(run.get("ExposedPorts") or {})),
        env=env,
        labels=dict(run.get("Labels") or {}),
        volumes=tuple(sorted(run.get("Volumes") or {})),
        healthcheck=_words((run.get("Healthcheck") or {}).get("Test")),
        folder=str(run.get("WorkingDir") or ""),
        created=str(whole.get("created") or ""),
        history=tuple(
            Step(text=str(each.get("created_by") or ""), empty=bool(each.get("empty_layer")))
            for each in whole.get("history") or ()
        ),
        layers=_words(whole["rootfs"]["diff_ids"]),
    )


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return ("/bin/sh", "-c", value)
    words = tuple(value or ())
    if not all(isinstance(each, str) for each in words):
        raise TypeError(f"{value!r} is no list of words")
    return words
