"""What a registry takes of a saved image: its configuration, its layers packed, the manifest that names them."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from twinrail.system.errors import ProjectError, ToolError
from twinrail.system.registry.client import DOCKER, LIST, Blob, Manifest

_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_BLOCK = 2**20


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A saved image whose configuration is the one that was built.

    Attributes:
        path: the archive.
        config: the bytes of its configuration.
        layers: the name of each layer in the archive and its digest, unpacked, lowest first.
    """

    path: Path
    config: bytes
    layers: tuple[tuple[str, str], ...]


def open_saved(path: Path, id_: str, todo: str) -> Saved:
    """The image in an archive, which is the one with the id `id_`.

    Raises:
        ProjectError: it is not there, or another one.
    """
    try:
        with tarfile.open(path) as tar:
            listed = json.loads(_part(tar, "manifest.json").read())[0]
            config = _part(tar, listed["Config"]).read()
            digests = json.loads(config)["rootfs"]["diff_ids"]
            layers = tuple(zip(listed["Layers"], digests, strict=True))
    except FileNotFoundError as error:
        raise ProjectError(f"The image in {path.name} is gone.", todo=todo) from error
    except (OSError, tarfile.TarError, KeyError, IndexError, ValueError, TypeError) as error:
        raise ProjectError(f"{path.name} does not read as the archive of an image: {error}.", todo=todo) from error
    if (found := _digest(config)) != id_:
        raise ProjectError(
            f"{path.name} is not the image that was built.", why=f"It is {found}, built was {id_}.", todo=todo
        )
    return Saved(path=path, config=config, layers=layers)


@contextmanager
def packed(saved: Saved, number: int, folder: Path) -> Iterator[Blob]:
    """A layer of it as it goes to a registry, in a file below `folder` as long as it is needed.

    Raises:
        ToolError: there is no room for it, or it is not the layer that was built.
    """
    name, digest = saved.layers[number]
    path = folder / f"{number}.tar.gz"
    try:
        with tarfile.open(saved.path) as tar, path.open("wb") as file:
            found = _pack(_part(tar, name), file)
    except (OSError, tarfile.TarError, KeyError) as error:
        path.unlink(missing_ok=True)
        said = getattr(error, "strerror", None) or str(error)
        raise ToolError(f"Layer {number + 1} of {saved.path.name} cannot be packed in {folder}: {said}.",
                        todo="Make room there, or set TMPDIR.") from error  # fmt: skip
    if found != digest:
        raise ToolError(
            f"Layer {number + 1} of {saved.path.name} is not the one that was built.", why=f"It is {found}."
        )
    with path.open("rb") as file:
        own = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    yield Blob(digest=own, size=path.stat().st_size, open=lambda: path.open("rb"))
    path.unlink()


def configuration(saved: Saved) -> Blob:
    """Its configuration."""
    return Blob(digest=_digest(saved.config), size=len(saved.config), open=lambda: io.BytesIO(saved.config))


def manifest_of(config: Blob, layers: list[Blob]) -> Manifest:
    """The manifest that names what was brought. Docker's form: OCI's knows no HEALTHCHECK."""
    told: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": DOCKER,
        "config": _described(_CONFIG, config),
        "layers": [_described(_LAYER, each) for each in layers],
    }
    return Manifest(kind=DOCKER, data=json.dumps(told, separators=(",", ":")).encode())


def list_of(manifests: Mapping[str, Manifest]) -> Manifest:
    """What names the image of each platform, `linux/arm64`."""
    told: dict[str, Any] = {"schemaVersion": 2, "mediaType": LIST, "manifests": []}
    for platform, each in manifests.items():
        named = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
        told["manifests"].append(
            {"mediaType": each.kind, "size": len(each.data), "digest": each.digest, "platform": named}
        )
    return Manifest(kind=LIST, data=json.dumps(told, separators=(",", ":")).encode())


def _described(kind: str, blob: Blob) -> dict[str, Any]:
    return {"mediaType": kind, "size": blob.size, "digest": blob.digest}


def _pack(source: IO[bytes], to: IO[bytes]) -> str:
    plain = hashlib.sha256()
    # No name and no time: the same layer is packed into the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=to, compresslevel=6, mtime=0) as packer:
        while block := source.read(_BLOCK):
            plain.update(block)
            packer.write(block)
    return f"sha256:{plain.hexdigest()}"


def _part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
