"""A layer of an image, read as a stream: nothing is written to disk, and no layer can take more than it is granted."""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Literal

Kind = Literal["file", "folder", "symlink", "link", "other"]
_BLOCK = 256 * 1024
_HEADERS = 4 * 2**20
"""How many bytes may lie between two members: the headers of one, and what is read ahead."""
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_CAPABILITIES = "SCHILY.xattr.security.capability"


class LayerError(Exception):
    """A layer is not what it should be; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an image may hold before it is refused unread.

    Attributes:
        layers: how many layers.
        members: how many files, folders and links, in all layers.
        size: bytes, of all layers unpacked.
        text: bytes of a manifest or a configuration.
    """

    layers: int = 128
    members: int = 1_000_000
    size: int = 32 * 10**9
    text: int = 16 * 10**6


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file, a folder or a link in an image.

    Attributes:
        path: where it is, from the image's root: `/etc/passwd`.
        kind: what it is; `link` is a hard link as a layer names it, `other` a device or a pipe.
        mode: its permission bits, with those of setuid, setgid and sticky.
        uid: whose it is.
        gid: which group's it is.
        size: bytes of its contents; 0 where it has none.
        layer: the layer that it came with, counted from 0.
        target: where a link leads, as it says it.
        source: the path whose contents a hard link shares; empty where it has its own.
        capabilities: whether whoever runs it gains rights that stand in its attributes.
    """

    path: str
    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    layer: int
    target: str = ""
    source: str = ""
    capabilities: bool = False

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """Its path as it can be printed, whatever bytes it is made of."""
        text = self.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


class Unpacked:
    """The bytes of a layer, unpacked, counted and digested as they are read."""

    def __init__(self, packed: IO[bytes], *, granted: int) -> None:
        start = packed.read(4)
        packed.seek(0)
        if start.startswith(_ZSTD):
            raise LayerError("it is packed by zstd, which is not read here: build with gzip, or unpacked")
        self._bytes = gzip.GzipFile(fileobj=packed) if start.startswith(_GZIP) else packed
        self._digest = hashlib.sha256()
        self._granted = granted
        self.size = 0
        self.until = _HEADERS

    @property
    def digest(self) -> str:
        """The digest of what was read so far: `sha256:…`."""
        return f"sha256:{self._digest.hexdigest()}"

    def read(self, size: int) -> bytes:
        """The next bytes, none at the end.

        Raises:
            LayerError: they are more than the layer is granted, or than a header may be.
        """
        data = self._bytes.read(size)
        self.size += len(data)
        self._digest.update(data)
        if self.size > self._granted:
            raise LayerError(f"unpacked it is larger than {self._granted} bytes")
        if self.size > self.until:
            raise LayerError(f"a header in it is larger than {_HEADERS} bytes")
        return data

    def drain(self) -> None:
        """Reads what is left, so that size and digest are those of all of it."""
        self.until = self._granted
        while self.read(_BLOCK):
            pass


def members(layer: Unpacked, number: int) -> Iterator[tuple[Entry, IO[bytes]]]:
    """What a layer holds, in its order; the contents of each can be read until the next is asked for.

    Raises:
        LayerError: it does not read as a tar, or names what lies outside of the image.
    """
    try:
        with tarfile.open(fileobj=layer, mode="r|", bufsize=_BLOCK) as tar:  # type: ignore[call-overload]
            while (member := tar.next()) is not None:
                tar.members.clear()  # it would keep them all
                layer.until = tar.offset + _HEADERS
                yield _entry(member, number), tar.extractfile(member) if member.isreg() else io.BytesIO()
            layer.drain()
    except (tarfile.TarError, EOFError, OSError, ValueError, ArithmeticError, zlib.error) as error:
        raise LayerError(str(error) or type(error).__name__) from error


def _entry(member: tarfile.TarInfo, number: int) -> Entry:
    if member.size < 0:
        raise LayerError(f"{member.name!r} has a size below nothing")
    kind = _kind(member)
    return Entry(
        path=inside(member.name),
        kind=kind,
        mode=member.mode & 0o7777,
        uid=member.uid,
        gid=member.gid,
        size=member.size if kind == "file" else 0,
        layer=number,
        target=inside(member.linkname) if kind == "link" else member.linkname if kind == "symlink" else "",
        capabilities=_CAPABILITIES in member.pax_headers,
    )


def _kind(member: tarfile.TarInfo) -> Kind:
    if member.isreg():
        return "file"
    if member.isdir():
        return "folder"
    if member.issym():
        return "symlink"
    return "link" if member.islnk() else "other"


def inside(name: str) -> str:
    """The path in the image, from its root, that a tar's member is named by.

    Raises:
        LayerError: it leads out of the image.
    """
    parts = [each for each in name.split("/") if each not in {"", "."}]
    if ".." in parts:
        raise LayerError(f"{name!r} leads out of the image")
    return "/" + "/".join(parts)
