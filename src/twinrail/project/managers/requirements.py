"""Joins locks into one requirements file with hashes: `python -m … OUT LOCK...`.

uv exports only its own lock; this writes a `pylock.toml` (PEP 751) as requirements and copies requirements files.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def join_locks(to: Path, locks: list[Path]) -> None:
    """Writes all `locks` into `to`, one requirement a line."""
    lines = [line for lock in locks for line in _requirements(lock)]
    to.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")


def requirement_lines(lock: Path) -> Iterator[str]:
    """The requirements of a file, each on one line, those of the files that it names with `-r` too.

    Raises:
        ValueError: a line asks for what is no pinned requirement: `-e`.
    """
    for line in lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        bare = " ".join(line.split(" #")[0].split())
        if named := re.fullmatch(r"(?:-r|--requirement)[ =]?(.+)", bare):
            yield from requirement_lines(lock.parent / named[1])
        elif bare.startswith(("-e", "--editable")):
            raise ValueError(f"{lock.name}: {bare} is not pinned, so nothing can be said of it")
        elif bare and not bare.startswith(("#", "-")):
            yield bare


def _requirements(lock: Path) -> Iterator[str]:
    if lock.suffix != ".toml":
        yield from requirement_lines(lock)
        return
    for package in tomllib.loads(lock.read_text(encoding="utf-8")).get("packages", []):
        marker = f" ; {package['marker']}" if "marker" in package else ""
        if address := _address(package):
            yield f"{package['name']} @ {address}{marker}"
        elif "version" in package and "directory" not in package:  # the project itself is a directory
            files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            hashes = "".join(f" --hash={name}:{value}" for each in files for name, value in each["hashes"].items())
            yield f"{package['name']}=={package['version']}{marker}{hashes}"


def _address(package: dict[str, Any]) -> str:
    if vcs := package.get("vcs"):
        return f"{vcs['type']}+{vcs['url']}@{vcs['commit-id']}"
    return str(package.get("archive", {}).get("url", ""))


if __name__ == "__main__":
    join_locks(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
