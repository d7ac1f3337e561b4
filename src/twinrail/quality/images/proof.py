"""Which inputs have been built twice on this machine, with the same result."""

from dataclasses import dataclass
from pathlib import Path

from twinrail.system.files import read_json, write_json

_KEPT = 20


@dataclass(frozen=True)
class Proof:
    """The digests of such inputs, the newest last, in a file."""

    path: Path

    def __contains__(self, key: str) -> bool:
        return bool(key) and key in self._keys()

    def add(self, key: str) -> None:
        """Notes that these inputs have been built twice."""
        write_json(self.path, [*(each for each in self._keys() if each != key), key][-_KEPT:])

    def _keys(self) -> list[str]:
        try:
            found = read_json(self.path)
        except ValueError:
            return []
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
