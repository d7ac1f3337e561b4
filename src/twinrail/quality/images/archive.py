"""An image as it was saved: `docker save`, `buildah push docker-archive:`, or an OCI layout in a tar.

Read where it stands: nothing is unpacked to disk, every layer is held against its digest, and what is too large is
refused. The errors name the archive and the part of it that is wrong.
"""

import contextlib
import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from twinrail.quality.images.configuration import Config, parse_config
from twinrail.quality.images.filesystem import Tree, follow, merge
from twinrail.quality.images.layers import Entry, LayerError, Limits, Unpacked, members
from twinrail.quality.images.manifest import Parts, parts_of
from twinrail.system.errors import ToolError

LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of an image.

    Attributes:
        number: counted from 0, the lowest first.
        digest: that of its unpacked tar, `sha256:…`.
        size: bytes of its unpacked tar.
        entries: what it holds, in its order, with what it takes away from the layers below.
    """

    number: int
    digest: str
    size: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A saved image.

    Attributes:
        path: the archive.
        id: the digest of its configuration, `sha256:…`: the image's id.
        config: how it runs, and how it came to be.
        layers: what it is made of, the lowest first.
    """

    path: Path
    id: str
    config: Config
    layers: tuple[Layer, ...]
    parts: Parts

    @property
    def size(self) -> int:
        """Bytes of all layers, unpacked."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def tree(self) -> Tree:
        """The final file system, by path.

        Raises:
            ToolError: a hard link in it leads nowhere.
        """
        with _located(self.path, "what its layers make together"):
            return merge(layer.entries for layer in self.layers)

    def every(self) -> Iterator[Entry]:
        """All that any layer holds, also what a later one takes away: it is shipped all the same."""
        return (entry for layer in self.layers for entry in layer.entries)

    def contents(self, wanted: Callable[[Entry], bool]) -> Iterator[tuple[Entry, bytes]]:
        """The files of all layers that are wanted, with all that is in them: whoever asks sees to their size.

        Raises:
            ToolError: the archive has changed since it was opened.
        """
        with _opened(self.path) as tar:
            for layer in self.layers:
                with _located(self.path, f"layer {layer.number + 1}"):
                    unpacked = Unpacked(_part(tar, self.parts.layers[layer.number]), granted=layer.size)
                    for entry, file in members(unpacked, layer.number):
                        if entry.kind == "file" and wanted(entry):
                            yield entry, file.read()

    def texts(self, paths: Iterable[str], *, limit: int = 16 * 10**6) -> Mapping[str, bytes]:
        """The contents of files of the final file system, by path; without those that are not there or too large."""
        found = {path: entry for path in paths if (entry := follow(self.tree, path))}
        asked = {path: (each.layer, each.source or each.path) for path, each in found.items()
                 if each.kind == "file" and each.size <= limit}  # fmt: skip
        places = set(asked.values())
        read = {(entry.layer, entry.path): data for entry, data in
                self.contents(lambda entry: (entry.layer, entry.path) in places)}  # fmt: skip
        return {path: read[place] for path, place in asked.items()}


def open_archive(path: Path, limits: Limits = LIMITS) -> Archive:
    """The image in an archive, all of its layers read once.

    Raises:
        ToolError: it is no image, it is damaged, or it holds more than `limits` allow.
    """
    with _opened(path) as tar:
        with _located(path, "its manifest"):
            parts = parts_of(lambda name: _text(tar, name, limits.text))
        with _located(path, f"its configuration {parts.config}"):
            text = _text(tar, parts.config, limits.text)
            config = parse_config(text)
            if len(config.layers) != len(parts.layers) or len(parts.layers) > limits.layers:
                raise LayerError(f"it tells of {len(config.layers)} layers, the manifest of {len(parts.layers)};"
                                 f" there may be {limits.layers}")  # fmt: skip
        layers: list[Layer] = []
        for number, name in enumerate(parts.layers):
            with _located(path, f"layer {number + 1} ({name})"):
                layers.append(_layer(_part(tar, name), config.layers[number], layers, limits))
    named = f"sha256:{hashlib.sha256(text).hexdigest()}"
    return Archive(path=path, id=named, config=config, layers=tuple(layers), parts=parts)


def _layer(packed: IO[bytes], digest: str, below: list[Layer], limits: Limits) -> Layer:
    unpacked = Unpacked(packed, granted=limits.size - sum(each.size for each in below))
    left = limits.members - sum(len(each.entries) for each in below)
    entries: list[Entry] = []
    for entry, _ in members(unpacked, len(below)):
        entries.append(entry)
        if len(entries) > left:
            raise LayerError(f"with those below it holds more than {limits.members} files")
    if unpacked.digest != digest:
        raise LayerError(f"its digest is {unpacked.digest}, the configuration says {digest}")
    return Layer(number=len(below), digest=digest, size=unpacked.size, entries=tuple(entries))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    with _located(path, "the archive"), tarfile.open(path, "r:") as tar:
        yield tar


@contextlib.contextmanager
def _located(path: Path, part: str) -> Iterator[None]:
    try:
        yield
    except (LayerError, tarfile.TarError, OSError, ValueError, KeyError, RecursionError) as error:
        raise ToolError(
            f"{path} cannot be read as an image: {part}.",
            why=_said(error),
            todo="Build the image again; where that does not help, save it by another builder.",
        ) from error


def _said(error: Exception) -> str:
    return (error.args[0] if isinstance(error, KeyError) else str(error)) or type(error).__name__


def _part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise LayerError(f"{name} is no file in it")
    return file


def _text(tar: tarfile.TarFile, name: str, limit: int) -> bytes:
    data = _part(tar, name).read(limit + 1)
    if len(data) > limit:
        raise LayerError(f"{name} is larger than {limit} bytes")
    return data
