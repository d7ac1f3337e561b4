"""Small real images, saved as the builders save them."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, kw_only=True)
class Put:
    """What a layer puts somewhere."""

    path: str
    data: bytes = b""
    kind: bytes = tarfile.REGTYPE
    mode: int = 0o644
    owner: int = 0
    to: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


def file(path, data="", **rest):
    return Put(path=path, data=data.encode() if isinstance(data, str) else data, **rest)


def folder(path, **rest):
    return Put(path=path, kind=tarfile.DIRTYPE, **{"mode": 0o755, **rest})


def symlink(path, to):
    return Put(path=path, kind=tarfile.SYMTYPE, to=to, mode=0o777)


def hard_link(path, to):
    return Put(path=path, kind=tarfile.LNKTYPE, to=to)


def gone(path):
    """That a file of a lower layer is gone."""
    parent, _, name = path.rpartition("/")
    return file(f"{parent}/.wh.{name}")


def opaque(path):
    """That all of a folder in lower layers is gone."""
    return file(f"{path}/.wh..wh..opq")


def tarred(puts):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for put in puts:
            member = tarfile.TarInfo(put.path)
            member.type, member.mode, member.linkname, member.size = put.kind, put.mode, put.to, len(put.data)
            member.uid = member.gid = put.owner
            member.pax_headers = dict(put.attributes)
            tar.addfile(member, io.BytesIO(put.data))
    return made.getvalue()


def save(path, *layers, steps=(), packed=False, layout=False, digests=None, **run):
    """An archive of an image whose layers are lists of what they put, or the bytes of their tars; `path` again."""
    tars = [each if isinstance(each, bytes) else tarred(each) for each in layers]
    config = {
        "created": "2026-11-29T13:00:00Z",
        "architecture": "amd64",
        "os": "linux",
        "config": run,
        "history": [{"created_by": each} for each in steps],
        "rootfs": {"type": "layers", "diff_ids": digests or [f"sha256:{sha(each)}" for each in tars]},
    }
    told = json.dumps(config).encode()
    stored = [gzip.compress(each, mtime=0) if packed else each for each in tars]
    write(path, _layout(told, stored) if layout else _docker(told, stored))
    return path


def write(path: Path, parts):
    """An archive of parts, by name."""
    folders = sorted({str(each) for name in parts for each in PurePosixPath(name).parents} - {"."})
    path.write_bytes(tarred([*map(folder, folders), *(file(name, data) for name, data in parts.items())]))


def sha(data):
    return hashlib.sha256(data).hexdigest()


def _docker(config, layers):
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    listed = [{"Config": f"{sha(config)}.json", "RepoTags": ["shopfront:1"], "Layers": names}]
    # The manifest stands at the end, as Docker writes it.
    return {f"{sha(config)}.json": config} | dict(zip(names, layers, strict=True)) | {
        "manifest.json": json.dumps(listed).encode()
    }  # fmt: skip


def _layout(config, layers):
    kinds = ["config.v1+json", *("layer.v1.tar+gzip" if each[:2] == b"\x1f\x8b" else "layer.v1.tar" for each in layers)]
    blobs = {f"blobs/sha256/{sha(each)}": each for each in (config, *layers)}
    described = [_described(each, kind) for each, kind in zip((config, *layers), kinds, strict=True)]
    text = json.dumps({"schemaVersion": 2, "config": described[0], "layers": described[1:]}).encode()
    index = {"schemaVersion": 2, "manifests": [_described(text, "manifest.v1+json")]}
    told = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    return told | blobs | {f"blobs/sha256/{sha(text)}": text}


def _described(data, kind):
    where = "vnd.oci.image"
    return {"mediaType": f"application/{where}.{kind}", "digest": f"sha256:{sha(data)}", "size": len(data)}
