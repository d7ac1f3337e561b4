"""Whether files are what was made, by their digests. Standard library only: it runs as a program, too.

`python3 digests.py FOLDER` reads what was made from the variable ARTIFACTS, as JSON: `{kind: {path, digest, …}}`.
The job that publishes runs it so, and nothing else of the pack.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_KEYS = ("path", "digest", "version", "commit")
_PLACES = ("dist", ".twinrail/artifacts")


def problems(told: Mapping[str, Any], folder: Path) -> list[str]:
    """What is wrong with the files below `folder`: one that is missing, or is not what `told` says was made."""
    return [wrong for kind, entry in told.items() if (wrong := _problem(kind, entry, folder))]


def place(path: str) -> str:
    """Where an artifact's file lies in what is handed over: `dist/NAME.whl`, `NAME.cdx.json`; no hidden folder."""
    return path.removeprefix(f"{_PLACES[1]}/")


def _problem(kind: str, entry: Any, folder: Path) -> str:
    if not _makes_sense(entry):
        return f"what is told of the {kind!r} makes no sense: {str(entry)[:80]}"
    path = folder / place(entry["path"])
    if not path.is_file() or path.is_symlink():
        return f"the {kind} {entry['path']} is missing"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found == entry["digest"]:
        return ""
    return f"{entry['path']} is not the {kind} that was built: sha256:{found[:12]}…, built was {entry['digest'][:12]}…"


def _makes_sense(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or not all(isinstance(entry.get(key), str) for key in _KEYS):
        return False
    path = PurePosixPath(entry["path"])
    within = str(path.parent) in _PLACES and path.name != ".." and str(path) == entry["path"]
    return within and entry["path"].isprintable() and bool(re.fullmatch(r"[0-9a-f]{64}", entry["digest"]))


def _data(text: str) -> str:
    # As report/commands.py does, which a program that stands alone cannot import.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def main() -> int:
    """0 when every file is what was made and there is no other one."""
    folder = Path(sys.argv[1])
    try:
        told = json.loads(os.environ["ARTIFACTS"])
    except (KeyError, ValueError, RecursionError):
        told = {}
    nothing = ["the input `artifacts` names nothing: give it the output of python.yml"]
    wrong = problems(told, folder) if told and isinstance(told, dict) else nothing
    known = {entry["path"] for entry in told.values()} if not wrong else set()
    there = {each.relative_to(folder).as_posix() for each in (folder / _PLACES[0]).rglob("*") if each.is_file()}
    wrong += [f"{each!r} was not built" for each in sorted(there - known)] if known else []
    for each in wrong:
        print(f"::error title=publish::{_data(each)}")
    if not wrong:
        print("\n".join(f"sha256:{entry['digest']}  {entry['path']}" for entry in told.values()))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
