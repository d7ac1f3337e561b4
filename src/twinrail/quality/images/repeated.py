"""What differs between two images of the same inputs: layer by layer, file by file."""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from twinrail.system.errors import ToolError

_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A file that is not the same in both: the layer, counted from 1, its path, and what differs."""

    layer: int
    path: str
    what: str

    def __str__(self) -> str:
        return f"layer {self.layer}: /{self.path} ({self.what})"


def differences(one: Path, other: Path) -> list[Difference]:
    """What differs between two saved images, in the order of their layers.

    Raises:
        ToolError: one does not read as the archive of an image.
    """
    try:
        with tarfile.open(one) as first, tarfile.open(other) as second:
            pairs = zip(_layers(first), _layers(second), strict=True)
            return [each for number, pair in enumerate(pairs, 1) for each in _between(number, *pair)]
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise ToolError(f"{one.name} and {other.name} cannot be compared: {error}.") from error


def summary(found: list[Difference]) -> str:
    """The first few differences on one line, those of contents before those of times."""
    shown = sorted(found, key=lambda each: each.what == "its time")
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return "; ".join(map(str, shown[:_NAMED])) + more


def _between(number: int, one: IO[bytes], other: IO[bytes]) -> Iterator[Difference]:
    first, second = _members(one), _members(other)
    for path in sorted(first.keys() | second.keys()):
        mine, theirs = first.get(path), second.get(path)
        if mine is None or theirs is None:
            yield Difference(layer=number, path=path, what="in one of them only")
        elif mine != theirs:
            what = next(name for name, a, b in zip(_FIELDS, mine, theirs, strict=True) if a != b)
            yield Difference(layer=number, path=path, what=what)


_FIELDS = ("its contents", "its kind", "where it leads", "its rights", "whose it is", "its time")


def _members(layer: IO[bytes]) -> dict[str, tuple[object, ...]]:
    with tarfile.open(fileobj=layer) as tar:
        return {
            each.name: (_digest(tar, each), each.type, each.linkname, each.mode, (each.uid, each.gid), each.mtime)
            for each in tar
        }


def _digest(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member) if member.isreg() else None
    return hashlib.file_digest(file, "sha256").hexdigest() if file else ""  # type: ignore[arg-type]


def _layers(archive: tarfile.TarFile) -> Iterator[IO[bytes]]:
    manifest = archive.extractfile("manifest.json")
    for name in json.load(manifest)[0]["Layers"] if manifest else ():
        if layer := archive.extractfile(name):
            yield layer
