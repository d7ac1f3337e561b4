"""Names of images: which one is the base, and how it is called in full."""

from twinrail.project.images import Image

_OFFICIAL = {"slim": "-slim", "alpine": "-alpine", "full": "", "distroless": "-slim"}


def base_reference(settings: Image, python: str) -> str:
    """The image with Python that the settings name, or the official one of its kind for a Python, `3.13`."""
    return full_name(settings.from_ or f"python:{python}{_OFFICIAL[settings.base]}")


def full_name(reference: str) -> str:
    """A reference with its registry: `python:3.13` is `docker.io/library/python:3.13`."""
    first, slash, _ = reference.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"


def pinned(reference: str, digests: tuple[str, ...]) -> str:
    """A reference by the digest under which its registry has it; as it is where it has none, as a local one."""
    if "@" in reference:
        return reference
    name, colon, tag = reference.rpartition(":")
    bare = name if colon and "/" not in tag else reference
    found = next((each.partition("@")[2] for each in digests if full_name(each.partition("@")[0]) == bare), "")
    return f"{bare}@{found}" if found else reference


def tag(version: str) -> str:
    """A version as a tag, which takes no `+`."""
    return version.replace("+", "-") or "0"
