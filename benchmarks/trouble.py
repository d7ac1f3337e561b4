"""Troubles of a place: a port that is taken, a disk that is full, a wheel that is gone."""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

BLOCK = 4096
"""The disk's own unit, in bytes."""


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    """A port of 127.0.0.1 that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield int(holder.getsockname()[1])


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[bool]:
    """A disk of that size at `folder`; False where nobody may mount one here."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    mounted = subprocess.run(words, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(("umount", "--lazy", str(folder)), check=True)  # noqa: S607


@contextlib.contextmanager
def full(folder: Path, left: int) -> Iterator[None]:
    """All of the disk of `folder` is used but the last `left` bytes."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        # Others write there too: only what is refused shows that there is no room.
        for size in (1_000_000, BLOCK):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
        file.truncate(max(file.tell() - left, 0))
    try:
        yield
    finally:
        filler.unlink()
