"""What a builder tells of an image that it has."""

import json
from dataclasses import dataclass, replace
from typing import Any

from twinrail.system.errors import ToolError


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An image in a builder's store.

    Attributes:
        id: its digest, `sha256:…`.
        layers: the digests of its layers, unpacked, lowest first.
        digests: the names under which registries have it, `python@sha256:…`.
        platform: what it is made for, `linux/arm64`.
    """

    id: str
    layers: tuple[str, ...]
    digests: tuple[str, ...] = ()
    platform: str = ""


def fits(wanted: str, found: str) -> bool:
    """Whether an image made for a platform runs where another is asked for; who names no variant means any."""
    asked, made = wanted.split("/"), found.split("/")
    return not wanted or all(one == other for one, other in zip(asked, made, strict=False))


def read_inspected(text: str) -> Stored:
    """What `docker image inspect`, `podman image inspect` or `buildah inspect` printed.

    Raises:
        ToolError: it says nothing of an image.
    """
    try:
        told: Any = json.loads(text)
        told = told[0] if isinstance(told, list) else told
        if "Docker" in told:  # buildah's own form
            layers = told["Docker"]["rootfs"]["diff_ids"]
            name, digest = str(told["FromImage"]).partition("@")[0], told["FromImageDigest"]
            bare = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
            found = Stored(id=_id(told["FromImageID"]), layers=tuple(layers), digests=(f"{bare}@{digest}",))
            return replace(found, platform=_platform(told["Docker"]))
        digests, layers = tuple(told.get("RepoDigests") or ()), tuple(told["RootFS"].get("Layers") or ())
        return Stored(id=_id(told["Id"]), layers=layers, digests=digests, platform=_platform(told))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ToolError("The builder does not tell what it built.", why=text[:200]) from error


def _platform(told: Any) -> str:
    # Docker and podman write them large, buildah as they stand in the image.
    named = {str(key).lower(): str(value) for key, value in told.items() if isinstance(value, str)}
    parts = (named.get("os", ""), named.get("architecture", ""), named.get("variant", ""))
    return "/".join(part for part in parts if part)


def _id(text: str) -> str:
    return text if text.startswith("sha256:") else f"sha256:{text}"
