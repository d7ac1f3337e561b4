"""A release: a built version with its digest."""

from dataclasses import dataclass
from pathlib import Path

from twinrail.system.files import digest


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is deployed.

    Attributes:
        version: as it was built.
        digest: the wheel's SHA-256, 64 hexadecimal digits.
        wheel: where the wheel stands.
        requirements: the locked requirements that it runs with, with hashes.
        locked: the digest of what they say; a dependency that changes makes another release of the same wheel.
        commit: the commit that it was built from.
        when: the time of that commit, in seconds since 1970; 0 where nobody knows it.
        image: its image as `registry/name@sha256:…`, or by its id `sha256:…` where it was not pushed; empty where
            it has none.
        archive: where the image lies that was not pushed.
        runs: what of it runs, `wheel` or `image`; the image belongs to its identity where one runs.
    """

    version: str
    digest: str
    wheel: Path
    requirements: Path
    commit: str
    locked: str = ""
    when: int = 0
    image: str = ""
    archive: Path | None = None
    runs: str = "wheel"

    @property
    def identity(self) -> str:
        """The digest of the wheel and of what it runs with, 64 hexadecimal digits: what is approved, what is live."""
        if self.runs == "image":
            return digest(self.digest, self.locked, self.image)
        return digest(self.digest, self.locked) if self.locked else self.digest

    @property
    def name(self) -> str:
        """Version and identity in one word: `1.4.0-8c1f09ab`."""
        return f"{self.version}-{self.identity[:8]}"


def version_of(name: str) -> str:
    """The version in a release's name."""
    return name.rpartition("-")[0]
