"""With what each release was started, kept beside it: a way back starts it as it ran, whatever the settings are now."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twinrail.system.files import read_json, write_json


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What an instance is started with beside its release.

    Attributes:
        command: the program and its arguments; {host} and {port} are not filled in.
        variables: its environment variables, by name.
        secrets: the names of further ones whose values come from whoever deploys.
        settings: a digest of all of it, the secrets' values among it.
    """

    command: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    secrets: tuple[str, ...]
    settings: str


@dataclass(frozen=True)
class Launches:
    """The launches of the releases in `folder`, oldest first."""

    folder: Path

    def last(self, release: str) -> Launch | None:
        """The one with which a release was started last; None where that is not known."""
        return next(reversed(self._all(release)), None)

    def remember(self, release: str, launch: Launch) -> None:
        """The release is started with that one from now on."""
        self._write(release, [*(each for each in self._all(release) if each != launch), launch])

    def keep(self, release: str, settings: Collection[str]) -> None:
        """Of the launches those stay with which instances run on; all of them where none is known of these."""
        there = self._all(release)
        staying = [each for each in there if each.settings in settings]
        if staying and staying != there:
            self._write(release, staying)

    def _all(self, release: str) -> list[Launch]:
        return [_read(each) for each in read_json(self._file(release)) or []]

    def _write(self, release: str, launches: list[Launch]) -> None:
        write_json(self._file(release), [asdict(each) for each in launches])

    def _file(self, release: str) -> Path:
        return self.folder / release / "launches.json"


def _read(told: dict[str, Any]) -> Launch:
    return Launch(
        command=tuple(told["command"]),
        variables=tuple((name, value) for name, value in told["variables"]),
        secrets=tuple(told["secrets"]),
        settings=told["settings"],
    )
