"""Which members of two archives differ."""

import tarfile
import zipfile
from pathlib import Path


def differences(one: Path, other: Path) -> list[str]:
    """The names of members that are not the same in both, or `the archive itself` when all members are."""
    first, second = members(one), members(other)
    names = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    return names or ["the archive itself (order, times, rights or compression)"]


def members(path: Path) -> dict[str, bytes]:
    """The files in a wheel or an sdist, by name."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(path) as sdist:
        files = {each.name: sdist.extractfile(each) for each in sdist if each.isfile()}
        return {name: file.read() for name, file in files.items() if file}
