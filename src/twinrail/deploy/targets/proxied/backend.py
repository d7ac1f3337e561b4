"""A backend: what answers for a release behind the proxy, whatever it is made of, and who starts and ends it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from twinrail.deploy.moves import Steer


@dataclass(frozen=True, kw_only=True)
class Backend(ABC):
    """One instance of a release.

    Attributes:
        name: unique in the environment.
        release: the release's name.
        healthy: whether it may get traffic.
        settings: a digest of what it was started with beside its release.
        going: whether it is on its way out; it may answer still, and is not to be counted on.
    """

    name: str
    release: str
    healthy: bool = False
    settings: str = ""
    going: bool = False

    @property
    @abstractmethod
    def url(self) -> str:
        """Where the proxy reaches it."""

    @property
    def weight(self) -> int:
        """How much of its release's traffic it gets, beside the others of that release."""
        return 1


class Started(Protocol):
    """With what an instance was started beside its release."""

    @property
    def settings(self) -> str:
        """A digest of all of it."""


B = TypeVar("B", bound=Backend)
L = TypeVar("L", bound=Started)
Given_contra = TypeVar("Given_contra", bound=Started, contravariant=True)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an instance said last.

    Attributes:
        log: where all that it said can be read.
        lines: the last of it, oldest first.
    """

    log: str
    lines: tuple[str, ...]


class Backends(Protocol[B, Given_contra]):
    """The instances of an environment, as the engine that runs them knows them."""

    def all(self) -> list[B]:
        """Those that live and are whole, oldest first."""

    def answering(self) -> list[B]:
        """Those that may get traffic, oldest first, though a part of one may have ended."""

    def noted(self) -> list[B]:
        """All that are written down, oldest first, in whatever way each is."""

    def write(self, instance: B) -> None:
        """Writes down what is known of one."""

    def start(self, release: str, launch: Given_contra) -> B:
        """One more of the release, started with `launch`; it need not answer yet.

        Raises:
            MoveFailed: it cannot be started.
            ToolError: the program is not there.
        """

    def end(self, instance: B, *, within: float) -> bool:
        """Asks one to end, and makes it after `within` seconds; whether it ended by itself."""

    def words(self, instance: B) -> Words:
        """What it said last."""


class Launching(Protocol[L]):
    """With what the instances of an environment are started."""

    @property
    def now(self) -> L:
        """By the settings of now."""

    def former(self, release: str) -> L:
        """As the release was started last; by the settings of now where that is not known."""

    def remember(self, release: str, launch: L) -> None:
        """The release is started with that one from now on."""

    def keep(self, release: str, settings: set[str]) -> None:
        """Of its launches those stay with which instances run on."""

    def hide(self, release: str) -> Callable[[str], str]:
        """Puts `***` for every secret with which the release runs, or ran, into a text."""


class Front(Protocol):
    """The proxy before the instances."""

    @property
    def url(self) -> str:
        """The environment's address: where the proxy listens, or will."""

    def begin(self) -> bool:
        """It runs, or has just been started with the routes of whoever lives; whether it was.

        Raises:
            PlaceTaken: someone else listens on its port.
        """

    def shares(self) -> dict[str, float]:
        """The share of traffic of each release, in percent, as it was last set."""

    def write(self, instances: "list[Backend]", shares: "dict[str, float]", steering: Steer | None = None) -> None:
        """Writes down where traffic goes; `await_seen` tells when it does."""

    def await_seen(self) -> None:
        """Nothing, as soon as the proxy itself answers for the routes that were written last.

        Raises:
            MoveFailed: it does not take them.
        """


def tail(log: Path, count: int = 20) -> tuple[str, ...]:
    """The last lines of a log."""
    return tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
