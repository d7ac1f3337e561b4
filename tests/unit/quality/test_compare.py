"""Archives are compared by what is in them."""

import io
import tarfile
import zipfile

import pytest

from twinrail.quality.compare import differences, members


def wheel(path, files, when=2026):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (when, 1, 1, 0, 0, 0)), text)
    return path


def sdist(path, files, when=0):
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("a-1")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, text in files.items():
            entry = tarfile.TarInfo(f"a-1/{name}")
            entry.size, entry.mtime = len(text), when
            archive.addfile(entry, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("a-1/link")
        link.type, link.linkname = tarfile.SYMTYPE, "other"
        archive.addfile(link)
    return path


@pytest.mark.parametrize("make", [wheel, sdist])
def test_differences(make, tmp_path):
    """Members that differ, or that only one of them has, are named in order."""
    one = make(tmp_path / "one", {"same": "1", "changed": "1", "only-here": "1"})
    other = make(tmp_path / "other", {"changed": "2", "same": "1", "added": "1"})

    assert ["added", "changed", "only-here"] == [name.rpartition("/")[2] for name in differences(one, other)]


@pytest.mark.parametrize("make", [wheel, sdist])
def test_same_members(make, tmp_path):
    """When all members are the same, the archives themselves differ."""
    one, other = make(tmp_path / "one", {"a": "1"}, 2024), make(tmp_path / "other", {"a": "1"}, 2025)

    assert one.read_bytes() != other.read_bytes()
    assert ["the archive itself (order, times, rights or compression)"] == differences(one, other)


def test_members(tmp_path):
    """The files are found by name; folders and links are none."""
    assert {"a": b"1"} == members(wheel(tmp_path / "a.whl", {"a": "1"}))
    assert {"a-1/b": b"2"} == members(sdist(tmp_path / "a.tar.gz", {"b": "2"}))
