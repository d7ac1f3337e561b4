"""The archive of an image with the times of its commit, its layers in order: what a builder does each time anew."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from twinrail.quality.images.ordering import put_in_order
from twinrail.system.errors import ToolError

_OF_ITS_BUILD = ("container", "container_config", "parent", "docker_version")
"""What a configuration may hold of the build, and not of the image."""
_GZIP = b"\x1f\x8b"
"""How a packed layer begins (RFC 1952)."""


@dataclass(frozen=True, kw_only=True)
class Dated:
    """An archive that was rewritten: where it lies, the image's id, its layers' digests, and the bytes of them all."""

    path: Path
    id: str
    layers: tuple[str, ...]
    size: int


def date_archive(saved: Path, to: Path, *, name: str, when: int, ordered: int = 0) -> Dated:
    """Writes the archive `saved` to another file, as an image that was made at a time, under one name.

    Its `ordered` uppermost layers are put in order; those below are the base's, and stay what they are everywhere.

    Raises:
        ToolError: it does not read as an archive of one image.
        OSError: the disk is full.
    """
    try:
        with tarfile.open(saved) as old, tarfile.open(to, "w") as new:
            manifest = json.load(_file(old, "manifest.json"))[0]
            config = date_config(json.load(_file(old, manifest["Config"])), when)
            named = zip(config["rootfs"]["diff_ids"], manifest["Layers"], strict=True)
            kept = len(manifest["Layers"]) - ordered
            # Layers that are alike are written once.
            copied: dict[str, int] = {}
            layers = [
                _copy(old, layer, new, each if at < kept else "", copied) for at, (each, layer) in enumerate(named)
            ]
            config["rootfs"] = config["rootfs"] | {"diff_ids": layers}
            data = json.dumps(config, separators=(",", ":")).encode()
            digest = hashlib.sha256(data).hexdigest()
            told = [{"Config": f"{digest}.json", "RepoTags": [name], "Layers": [_tar(each) for each in layers]}]
            for path, text in ((f"{digest}.json", data), ("manifest.json", json.dumps(told).encode())):
                new.addfile(_member(path, len(text)), io.BytesIO(text))
    except (tarfile.TarError, KeyError, IndexError, ValueError, TypeError) as error:
        raise ToolError(f"{saved.name} does not read as the archive of an image: {error}.") from error
    return Dated(path=to, id=f"sha256:{digest}", layers=tuple(layers), size=sum(copied.values()))


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


def _copy(old: tarfile.TarFile, layer: str, new: tarfile.TarFile, digest: str, copied: dict[str, int]) -> str:
    # Without a digest it is put in order, and has another one afterwards.
    with _source(old, layer, ordered=not digest) as source:
        digest = digest or f"sha256:{hashlib.file_digest(source, 'sha256').hexdigest()}"  # type: ignore[arg-type]
        if digest not in copied:
            copied[digest] = source.seek(0, io.SEEK_END)
            source.seek(0)
            new.addfile(_member(_tar(digest), copied[digest]), source)
    return digest


@contextmanager
def _source(old: tarfile.TarFile, layer: str, *, ordered: bool) -> Iterator[IO[bytes]]:
    found = _file(old, layer)
    packed = found.read(2) == _GZIP
    found.seek(0)
    if not (ordered or packed):
        yield found
        return
    with tempfile.TemporaryFile() as file:
        # An engine may keep layers packed, as they came from a registry; they are known by what is in them.
        unpacked: IO[bytes] = gzip.GzipFile(fileobj=found) if packed else found  # type: ignore[assignment]
        put_in_order(unpacked, file) if ordered else shutil.copyfileobj(unpacked, file)
        file.seek(0)
        yield file


def _tar(digest: str) -> str:
    return f"{digest.removeprefix('sha256:')}.tar"


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    return member
