"""What runs of Twinrail have left on this machine: processes, ports, mounts, bridges, files. Fails where something is.

`--list` prints it and fails never; `--but TEXT` leaves out what an earlier one printed. Linux only: it reads /proc.
"""

import argparse
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

MARKS = (b"TWINRAIL_INSTANCE=", b"TWINRAIL_ENGINE=")
PORTS = (8431, 8432, 8433)


def main() -> int:
    """0 when nothing is left."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--list", action="store_true", help="print what there is, and end with 0")
    words.add_argument("--but", default="", metavar="TEXT", help="what was there before")
    said = words.parse_args()
    left = [
        each for each in (*processes(), *ports(), *mounts(), *bridges(), *files()) if each not in said.but.splitlines()
    ]
    print("\n".join(left) if left or said.list else "Nothing: no process, port, mount, bridge or temporary file.")
    return 0 if said.list else len(left) > 0


def processes() -> Iterator[str]:
    """Instances, proxies and engines that live; a dead one that nobody buried yet does not.

    Of each container an engine has a process beside it, with the engine's environment.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if any(mark in environment for mark in MARKS):
            yield f"process {folder.name}: {(folder / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()}"


def ports() -> Iterator[str]:
    """The addresses of the three environments that still answer."""
    for port in PORTS:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                yield f"port {port}"


def mounts() -> Iterator[str]:
    """What an engine left mounted: its data, its containers' file systems and networks."""
    targets = [line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    yield from (f"mount {target}" for target in targets if "/twinrail" in target)


def bridges() -> Iterator[str]:
    """The bridges of engines."""
    yield from (f"bridge {path.name}" for path in sorted(Path("/sys/class/net").glob("twinrail*")))


def files() -> Iterator[str]:
    """What our own temporary folders left."""
    yield from (f"file {path}" for path in sorted(Path(tempfile.gettempdir()).glob("twinrail-*")))


if __name__ == "__main__":
    raise SystemExit(main())
