"""Envelopes that stand beside an image in its registry, under the name that cosign gives them: `sha256-….att`."""

import hashlib
import io
import json
from typing import Any

from twinrail.system.registry.client import LARGEST, OCI, Blob, Manifest, Registry

DSSE = "application/vnd.dsse.envelope.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MOST = 50
"""How many envelopes of an image are read."""


def attach(registry: Registry, image: Manifest, envelope: bytes, kind: str) -> bool:
    """Lays an envelope of a kind of predicate beside an image; False where it lies there already.

    Raises:
        RegistryError: the registry does not answer, or refuses: then nothing has changed.
    """
    held = registry.manifest(_name(image.digest))
    layers = _layers(held) if held else []
    blob = _blob(envelope)
    if any(each.get("digest") == blob.digest for each in layers):
        return False
    described = {"mediaType": DSSE, "size": blob.size, "digest": blob.digest,
                 "annotations": {"predicateType": kind, "dev.cosignproject.cosign/signature": ""}}  # fmt: skip
    config = _blob(json.dumps({"architecture": "", "os": "", "rootfs": {"type": "layers", "diff_ids": []}}).encode())
    told = {
        "schemaVersion": 2,
        "mediaType": OCI,
        "config": {"mediaType": _CONFIG, "size": config.size, "digest": config.digest},
        "layers": [*layers, described],
        "subject": {"mediaType": image.kind, "size": len(image.data), "digest": image.digest},
    }
    for each in (blob, config):
        registry.upload(each)
    registry.put(Manifest(kind=OCI, data=json.dumps(told, separators=(",", ":")).encode()), _name(image.digest))
    return True


def attached(registry: Registry, digest: str, kind: str) -> tuple[Any, ...]:
    """The envelopes of a kind of predicate that lie beside an image, newest first, as JSON; None for what is none.

    Whoever asks sees to what they are worth.

    Raises:
        RegistryError: the registry does not answer, refuses, or gives something else than what was asked for.
    """
    held = registry.manifest(_name(digest))
    wanted = [each for each in _layers(held) if _meant(each, kind)] if held else []
    return tuple(_read(registry.blob(str(each.get("digest")))) for each in reversed(wanted[-_MOST:]))


def _meant(layer: dict[str, Any], kind: str) -> bool:
    # Others lay there what they attest, a bill of materials of any size for example.
    notes = layer.get("annotations")
    said = notes.get("predicateType", kind) if isinstance(notes, dict) else kind
    return layer.get("mediaType") == DSSE and said == kind and int(layer.get("size") or 0) <= LARGEST


def _read(envelope: bytes) -> Any:
    try:
        return json.loads(envelope)
    except (ValueError, RecursionError):
        return None


def _layers(manifest: Manifest) -> list[dict[str, Any]]:
    found = manifest.told.get("layers")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _name(digest: str) -> str:
    return f"{digest.replace(':', '-')}.att"


def _blob(data: bytes) -> Blob:
    return Blob(digest=f"sha256:{hashlib.sha256(data).hexdigest()}", size=len(data), open=lambda: io.BytesIO(data))
