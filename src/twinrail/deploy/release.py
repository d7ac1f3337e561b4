"""A release: a built version with its digest."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is deployed.

    Attributes:
        version: as it was built.
        digest: the wheel's SHA-256, 64 hexadecimal digits.
        wheel: where the wheel stands.
        requirements: the locked requirements that it runs with, with hashes.
        commit: the commit that it was built from.
    """

    version: str
    digest: str
    wheel: Path
    requirements: Path
    commit: str

    @property
    def name(self) -> str:
        """Version and digest in one word: `1.4.0-8c1f09ab`."""
        return f"{self.version}-{self.digest[:8]}"


def version_of(name: str) -> str:
    """The version in a release's name."""
    return name.rpartition("-")[0]
