"""The archive of an image with the times of its commit: what a builder stamps with its own clock differs each time."""

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from twinrail.system.errors import ToolError

_OF_ITS_BUILD = ("container", "container_config", "parent", "docker_version")
"""What a configuration may hold of the build, and not of the image."""


@dataclass(frozen=True, kw_only=True)
class Dated:
    """An archive that was rewritten: where it lies, the image's id, its layers' digests, and the bytes of them all."""

    path: Path
    id: str
    layers: tuple[str, ...]
    size: int


def date_archive(saved: Path, to: Path, *, name: str, when: int) -> Dated:
    """Writes the archive `saved` to another file, as an image that was made at a time, under one name.

    Raises:
        ToolError: it does not read as an archive of one image.
        OSError: the disk is full.
    """
    try:
        with tarfile.open(saved) as old, tarfile.open(to, "w") as new:
            manifest = json.load(_file(old, "manifest.json"))[0]
            config = date_config(json.load(_file(old, manifest["Config"])), when)
            data = json.dumps(config, separators=(",", ":")).encode()
            digest = hashlib.sha256(data).hexdigest()
            layers = [f"{each.removeprefix('sha256:')}.tar" for each in config["rootfs"]["diff_ids"]]
            size = 0
            for path, layer in dict(zip(layers, manifest["Layers"], strict=True)).items():
                size += _copy(old, layer, new, path)
            told = [{"Config": f"{digest}.json", "RepoTags": [name], "Layers": layers}]
            for path, text in ((f"{digest}.json", data), ("manifest.json", json.dumps(told).encode())):
                new.addfile(_member(path, len(text)), io.BytesIO(text))
    except (tarfile.TarError, KeyError, IndexError, ValueError, TypeError) as error:
        raise ToolError(f"{saved.name} does not read as the archive of an image: {error}.") from error
    return Dated(path=to, id=f"sha256:{digest}", layers=tuple(config["rootfs"]["diff_ids"]), size=size)


def date_config(config: dict[str, Any], when: int) -> dict[str, Any]:
    """An image's configuration as of a time, without what its build has left there."""
    stamp = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {key: value for key, value in config.items() if key not in _OF_ITS_BUILD}
    inner = {key: value for key, value in kept.get("config", {}).items() if key not in {"Image", "Hostname"}}
    history = [
        {key: value for key, value in each.items() if key != "comment"} | {"created": stamp}
        for each in kept.get("history", [])
    ]
    return dict(sorted((kept | {"created": stamp, "config": inner, "history": history}).items()))


def _file(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.getmember(name)
    # Layers that are alike are links to one.
    found = archive.extractfile(member)
    if found is None:
        raise KeyError(name)
    return found


def _copy(old: tarfile.TarFile, layer: str, new: tarfile.TarFile, path: str) -> int:
    source = _file(old, layer)
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    new.addfile(_member(path, size), source)
    return size


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    return member
