"""With what each release was started, kept beside it: a way back starts it as it ran, whatever the settings are now."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic

from twinrail.deploy.targets.proxied.backend import L
from twinrail.system.files import read_json, write_json


@dataclass(frozen=True)
class Launches(Generic[L]):
    """The launches of the releases in `folder`, oldest first; `read` makes one of what JSON tells."""

    folder: Path
    read: Callable[[dict[str, Any]], L]

    def last(self, release: str) -> L | None:
        """The one with which a release was started last; None where that is not known."""
        return next(reversed(self._all(release)), None)

    def remember(self, release: str, launch: L) -> None:
        """The release is started with that one from now on."""
        self._write(release, [*(each for each in self._all(release) if each != launch), launch])

    def keep(self, release: str, settings: Collection[str]) -> None:
        """Of the launches those stay with which instances run on; all of them where none is known of these."""
        there = self._all(release)
        staying = [each for each in there if each.settings in settings]
        if staying and staying != there:
            self._write(release, staying)

    def _all(self, release: str) -> list[L]:
        return [self.read(each) for each in read_json(self._file(release)) or []]

    def _write(self, release: str, launches: list[L]) -> None:
        write_json(self._file(release), [asdict(each) for each in launches])  # type: ignore[call-overload]

    def _file(self, release: str) -> Path:
        return self.folder / release / "launches.json"
