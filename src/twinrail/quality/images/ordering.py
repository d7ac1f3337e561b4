"""The files of a layer in an order of their own: builders write the same files now in one order, now in another."""

import tarfile
from typing import IO


def put_in_order(layer: IO[bytes], to: IO[bytes]) -> None:
    """Writes a layer's tar anew, by path; folders stand before what is in them, links behind what they lead to.

    Raises:
        tarfile.TarError: it is no tar.
        OSError: the disk is full.
    """
    with tarfile.open(fileobj=layer) as old, tarfile.open(fileobj=to, mode="w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old, key=_place):
            new.addfile(member, old.extractfile(member) if member.isreg() else None)


def _place(member: tarfile.TarInfo) -> tuple[bool, list[str]]:
    return member.islnk(), member.name.split("/")
