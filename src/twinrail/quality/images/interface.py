"""What builds images: the Protocol, and what it is given and gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from twinrail.system.command import Command


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that was built.

    Attributes:
        name: its name and tag, `shopfront:1.4.0`.
        id: the digest of its configuration, `sha256:…`: as long as it is the same, all of it is.
        archive: where it lies as a file, in the form of `docker save`.
        dockerfile: the text that it was built from.
        base: what stands below it, by digest where it has one; empty where the project's own Dockerfile says it.
        builder: what built it.
        layers: the digests of its layers, unpacked, lowest first.
        size: bytes of all layers, unpacked.
        platform: what it is made for, where that was asked for.
    """

    name: str
    id: str
    archive: Path
    dockerfile: Path
    base: str
    builder: str
    layers: tuple[str, ...] = ()
    size: int = 0
    platform: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One build of an image.

    Attributes:
        name: the image's name and tag, once it has passed; empty: nobody will ask for it by name.
        context: the folder that the builder sees.
        dockerfile: the Dockerfile.
        when: the commit's time, in seconds since 1970.
        target: the stage that is wanted; empty: the last.
        labels: the image's labels.
        secrets: files that steps may ask for by name, and that stay in no layer.
        arguments: the values of ARG.
        network: whether its steps reach the network.
        platform: what it is made for, `linux/arm64`; empty: what the builder runs on.
        fetch: whether it may fetch a base that is not there.
        fresh: whether every step is run, whatever was built before.
        stamped: whether all that its steps write is to get the commit's time, where the builder can.
        ordered: how many of its uppermost layers are put in order when it is saved.
    """

    name: str
    context: Path
    dockerfile: Path
    when: int
    target: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Path] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    network: bool = True
    platform: str = ""
    fetch: bool = False
    fresh: bool = False
    stamped: bool = False
    ordered: int = 0

    @property
    def unchecked(self) -> str:
        """The name that it is built under: what is refused must not take that of an image that passed."""
        return f"{self.name}-unchecked" if self.name else ""


class Builder(Protocol):
    """What builds images. It says commands; whoever has it runs them.

    Each command ends with another exit code than 0 where it cannot do what it is for.
    """

    @property
    def name(self) -> str:
        """What it is called in the settings."""

    @property
    def title(self) -> str:
        """Its name and version, for people."""

    @property
    def secrets(self) -> bool:
        """Whether its steps can be given secrets; where not, nothing is fetched in them."""

    @property
    def fetches(self) -> bool:
        """Whether a build fetches a base that its store has for another platform only."""

    def inspect(self, reference: str) -> Command:
        """Tells what an image that it has is, as JSON."""

    def pull(self, reference: str, platform: str = "") -> Command:
        """Fetches an image from its registry; of several the one for a platform."""

    def build(self, plan: Plan) -> Command:
        """Builds an image."""

    def save(self, reference: str, name: str, to: Path) -> Command:
        """Writes an image, by its name or id, into a new file in the form of `docker save`."""

    def load(self, archive: Path) -> Command:
        """Takes an image from such a file."""
