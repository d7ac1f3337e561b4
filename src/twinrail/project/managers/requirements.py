"""Joins locks into one requirements file with hashes: `python -m … OUT LOCK...`.

uv exports only its own lock; this writes a `pylock.toml` (PEP 751) as requirements and copies requirements files.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path


def join_locks(to: Path, locks: list[Path]) -> None:
    """Writes all `locks` into `to`, one requirement a line."""
    lines = [line for lock in locks for line in _requirements(lock)]
    to.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")


def _requirements(lock: Path) -> Iterator[str]:
    text = lock.read_text(encoding="utf-8")
    if lock.suffix != ".toml":
        joined = text.replace("\\\n", " ").splitlines()
        bare = (" ".join(line.split(" #")[0].split()) for line in joined)
        yield from (line for line in bare if line and not line.startswith(("#", "-")))
        return
    for package in tomllib.loads(text).get("packages", []):
        # The project itself, and what comes from an address, has no version.
        if "version" not in package or {"vcs", "directory", "archive"} & package.keys():
            continue
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        marker = f" ; {package['marker']}" if "marker" in package else ""
        hashes = "".join(f" --hash={name}:{value}" for each in files for name, value in each["hashes"].items())
        yield f"{package['name']}=={package['version']}{marker}{hashes}"


if __name__ == "__main__":
    join_locks(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])
