"""The Python of a base: what a wheel must be made for to run on it."""

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement

PROBE = 'import platform as p, sys; print("twinrail:", "%d.%d.%d" % sys.version_info[:3], p.machine(), *p.libc_ver())'
"""Prints what `read_platform` reads; every Python understands it."""

_TOLD = re.compile(r"twinrail: (?P<python>3\.\d+\.\d+) (?P<machine>\w+)(?: (?P<libc>[a-z]+) (?P<version>[\d.]+))?\s*$")
_OLD = (("manylinux2014", 17), ("manylinux2010", 12), ("manylinux1", 5))
_LOWEST, _MUSL = 5, 5


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A Python on a kind of machine.

    Attributes:
        python: its version, `3.13.5`.
        machine: `x86_64`.
        libc: `glibc` or `musl`.
        minor: the second number of the library's version.
    """

    python: str
    machine: str
    libc: str
    minor: int

    @property
    def short(self) -> str:
        """`3.13`."""
        return ".".join(self.python.split(".")[:2])

    @property
    def tags(self) -> tuple[str, ...]:
        """The platforms whose wheels run there, the newest first."""
        if self.libc != "glibc":
            return tuple(f"musllinux_1_{number}_{self.machine}" for number in range(self.minor, -1, -1))
        newest = [f"manylinux_2_{number}_{self.machine}" for number in range(self.minor, _LOWEST - 1, -1)]
        return (*newest, *(f"{name}_{self.machine}" for name, needs in _OLD if needs <= self.minor))


def read_platform(said: str) -> Platform | None:
    """What the probe printed, wherever in a builder's words; None where it did not run."""
    found = next((each for line in said.splitlines() if (each := _TOLD.search(line))), None)
    if found is None:
        return None
    libc = "glibc" if found["libc"] == "glibc" else "musl"
    minor = int(found["version"].split(".")[1]) if libc == "glibc" else _MUSL
    return Platform(python=found["python"], machine=found["machine"], libc=libc, minor=minor)


def fitting(lines: list[str], platform: Platform) -> list[str]:
    """The requirements of a lock that are asked for on a platform, without the conditions that say so.

    Raises:
        InvalidRequirement: a line is no requirement.
    """
    environment = {
        "python_version": platform.short,
        "python_full_version": platform.python,
        "implementation_version": platform.python,
        "platform_machine": platform.machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    kept = []
    for line in lines:
        text, hashes = _parted(line)
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate(environment):
            wanted.marker = None
            kept.append(" ".join([str(wanted), *hashes]))
    return kept


def _parted(line: str) -> tuple[str, list[str]]:
    words = line.split()
    hashes = [word for word in words if word.startswith("--hash=")]
    if strange := [word for word in words if word.startswith("-") and word not in hashes]:
        raise InvalidRequirement(f"{strange[0]} is no part of a requirement")
    return " ".join(word for word in words if word not in hashes), hashes
