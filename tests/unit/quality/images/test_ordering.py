"""A layer's files stand in one order, with all that they are."""

import io
import tarfile

import pytest

from twinrail.quality.images.ordering import put_in_order


def member(name, kind=tarfile.REGTYPE, leads="", **about):
    """A member of a tar."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mtime = kind, leads, 1795956898
    for key, value in about.items():
        setattr(made, key, value)
    return made


def tar_of(*members):
    """A tar of them; each file holds its own name."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for each in members:
            data = each.name.encode() if each.isreg() else b""
            each.size = len(data)
            tar.addfile(each, io.BytesIO(data))
    held.seek(0)
    return held


def test_order():
    """Folders before what is in them, by the parts of a path, and a hard link behind what it leads to."""
    names = ["a-1/x", "a", "a/b", "a/b/c"]
    kinds = {"a": tarfile.DIRTYPE, "a/b": tarfile.DIRTYPE}
    link = member("a/aa", tarfile.LNKTYPE, "a/b/c")
    made = io.BytesIO()
    put_in_order(tar_of(link, *(member(each, kinds.get(each, tarfile.REGTYPE)) for each in names)), made)
    made.seek(0)
    with tarfile.open(fileobj=made) as tar:
        assert ["a", "a/b", "a/b/c", "a-1/x", "a/aa"] == tar.getnames()
        assert b"a/b/c" == tar.extractfile("a/b/c").read()


def test_nothing_is_lost():
    """Rights, owners, times, extended attributes, links that lead anywhere."""
    capable = member("ping", pax_headers={"SCHILY.xattr.security.capability": "cap"}, mode=0o755, uid=7, gid=8)
    symbolic = member("sh", tarfile.SYMTYPE, "/bin/busybox", uname="root")
    made = io.BytesIO()
    put_in_order(tar_of(symbolic, capable), made)
    made.seek(0)
    with tarfile.open(fileobj=made) as tar:
        ping, shell = tar.getmembers()
    assert (0o755, 7, 8, 1795956898) == (ping.mode, ping.uid, ping.gid, ping.mtime)
    assert "cap" == ping.pax_headers["SCHILY.xattr.security.capability"]
    assert ("/bin/busybox", "root", True) == (shell.linkname, shell.uname, shell.issym())


def test_what_is_no_tar():
    """It is told."""
    with pytest.raises(tarfile.TarError):
        put_in_order(io.BytesIO(b"no tar"), io.BytesIO())
