"""What an image says of itself: OCI's annotations, as labels."""

from collections.abc import Mapping
from datetime import UTC, datetime

from twinrail.session.artifacts import Artifact
from twinrail.session.work import Work


def labels(work: Work, wheel: Artifact, base: str) -> Mapping[str, str]:
    """The annotations of OCI that say what an image is, and what it was made from."""
    about = work.project.data.get("project", {})
    said = {
        "title": work.project.name,
        "description": about.get("description", ""),
        "licenses": about.get("license", ""),
        "version": wheel.version,
        "revision": wheel.commit,
        "created": datetime.fromtimestamp(work.commit.when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "base.name": base,
    }
    return {
        f"org.opencontainers.image.{name}": value for name, value in said.items() if value and isinstance(value, str)
    }
