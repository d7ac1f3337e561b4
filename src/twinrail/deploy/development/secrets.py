"""The values of variables that a compose file fills in and that nobody has set: made up once, kept for one person."""

import os
import secrets
from pathlib import Path

from twinrail.system.files import read_json, write_json


def values(names: tuple[str, ...], folder: Path) -> dict[str, str]:
    """The value of each name: as whoever runs this has set it, else as it was made up in `folder`, now if need be.

    Raises:
        OSError: it cannot be kept.
    """
    file = _file(folder)
    kept = dict(read_json(file) or {})
    # Letters, digits, dashes: it may stand in an address as it is.
    made = {name: secrets.token_urlsafe(24) for name in names if not os.environ.get(name) and name not in kept}
    if made:
        write_json(file, kept | made)  # with mode 600
    return {name: os.environ.get(name) or (kept | made)[name] for name in names}


def forget(folder: Path) -> None:
    """Nothing of what was made up is kept any longer."""
    _file(folder).unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder / "secrets.json"
