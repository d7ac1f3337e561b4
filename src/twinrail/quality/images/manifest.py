"""Which parts of an archive are the image's configuration and its layers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twinrail.quality.images.layers import LayerError

Read = Callable[[str], bytes]
"""The contents of a part of an archive; a KeyError where there is no such part."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The names, in an archive, of what an image is made of.

    Attributes:
        config: its configuration.
        layers: its layers, the lowest first.
        docker: whether the archive has Docker's form; else it is an OCI layout.
    """

    config: str
    layers: tuple[str, ...]
    docker: bool


def parts_of(read: Read) -> Parts:
    """The parts of the only image in an archive.

    Raises:
        LayerError: it holds none, several, or does not say which.
    """
    try:
        text = read("manifest.json")
    except KeyError:
        return _layout(read)
    listed = json.loads(text)
    try:
        image = _only(listed)
        return Parts(config=_name(image["Config"]), layers=tuple(map(_name, image["Layers"])), docker=True)
    except (KeyError, TypeError) as error:
        raise LayerError("manifest.json does not name a configuration and layers") from error


def _layout(read: Read) -> Parts:
    try:
        index = json.loads(read("index.json"))
    except KeyError as error:
        raise LayerError("there is neither a manifest.json nor an index.json in it") from error
    try:
        manifest = json.loads(read(_blob(_only(index["manifests"]))))
        return Parts(config=_blob(manifest["config"]), layers=tuple(map(_blob, manifest["layers"])), docker=False)
    except (KeyError, TypeError) as error:
        raise LayerError("index.json does not lead to a configuration and layers") from error


def _only(listed: Any) -> Any:
    if not isinstance(listed, list) or len(listed) != 1:
        count = len(listed) if isinstance(listed, list) else 0
        raise LayerError(f"it holds {count} images; one at a time is looked at")
    return listed[0]


def _blob(described: Any) -> str:
    algorithm, _, digest = _name(described["digest"]).partition(":")
    return f"blobs/{algorithm}/{digest}"


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
