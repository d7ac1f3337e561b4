"""How the user called this, so that every command that is told to them works where they stand."""

import os
import shlex
from pathlib import Path

from twinrail.system.github import workspace

CALLED = "TWINRAIL_CALLED"
"""The environment variable with the words that ran nox: `nox`, `python3 scripts/bootstrap.py`; unset without nox."""
FROM = "TWINRAIL_FROM"
"""The environment variable with the folder in which the user stood; nox goes to the noxfile's own."""

PROJECT = "TWINRAIL_PROJECT"
"""The environment variable with the project's folder, where the noxfile is not the project's own."""
PYTHON = "TWINRAIL_PYTHON"
"""The environment variable with the Python that the project's virtual environments are made for: `3.12`."""


def again(session: str, *words: str, tool: bool = True) -> str:
    """The command that runs a session as this was run; `words` go to its tool, or to the session itself."""
    said = [shlex.join(words)] if words else []
    first = [f"{PYTHON}={os.environ[PYTHON]}"] if os.environ.get(PYTHON) else []
    if called := os.environ.get(CALLED):
        return " ".join([*first, called, "-s", session, *(["--", *said] if said else [])])
    return " ".join([*first, "twinrail", session, *_where(), *(["--"] if said and tool else []), *said])


def _where() -> list[str]:
    # Who reads it on GitHub thinks of the repository's top, which need not be the project's folder.
    place = os.environ.get(PROJECT)
    folder = os.path.relpath(place, workspace().resolve()) if place else "."
    return [] if folder == "." else ["--project", shlex.quote(folder)]


def seen_from_there(path: Path) -> str:
    """A path as it is seen from where the user stands, when that is above it; else the whole path."""
    try:
        return str(path.relative_to(Path(os.environ.get(FROM) or Path.cwd())))
    except ValueError:
        return str(path)
