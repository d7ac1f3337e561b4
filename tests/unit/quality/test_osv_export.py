"""An export of advisories is read in each of its forms, and served as the public service answers."""

import gzip
import json
import urllib.error
import urllib.request
import zipfile

import pytest

from twinrail.quality.osv import Advisories, read_export, serve
from twinrail.system.errors import ProjectError


def advisory(number, **more):
    """A made-up advisory about shopfront before 2.0; its words hold what splits lines in some readers."""
    events = [{"introduced": "0"}, {"fixed": "2.0"}]
    package = {"name": "shopfront", "ecosystem": "PyPI"}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": f"TEST-{number}", "details": "a\u2028b\x85c", "affected": affected} | more


LINES = "\n".join(json.dumps(advisory(number), ensure_ascii=False) for number in (1, 2)) + "\n\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "osv" / "PyPI").mkdir(parents=True)
    (tmp_path / "osv" / "README.md").write_text("Not an advisory.", encoding="utf-8")
    for number, place in ((1, "a.json"), (2, "PyPI/b.json")):
        (tmp_path / "osv" / place).write_text(json.dumps(advisory(number)), encoding="utf-8")
    return tmp_path / "osv"


def identifiers(path):
    return sorted(each["id"] for each in read_export(path))


def test_folder(folder):
    """A folder of JSON files is read, those in its folders too."""
    assert ["TEST-1", "TEST-2"] == identifiers(folder)


def test_zip(folder):
    """A zip of JSON files is read as its folder would be."""
    path = folder.parent / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in folder.rglob("*.*"):
            archive.write(each, each.relative_to(folder))

    assert ["TEST-1", "TEST-2"] == identifiers(path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines(tmp_path, pack):
    """JSON lines are read, plain and gzipped, whatever they are called; only a line feed ends a line."""
    (tmp_path / "export").write_bytes(pack(LINES.encode()))

    assert ["TEST-1", "TEST-2"] == identifiers(tmp_path / "export")


def test_missing(tmp_path):
    """An export that is not there is named with the setting."""
    with pytest.raises(ProjectError, match=r"^security\.advisories names .*osv\.zip, which is not there\.$"):
        identifiers(tmp_path / "osv.zip")


GARBAGE = {
    "words": b"no advisories here\n",
    "binary": bytes(range(256)),
    "half_a_line": LINES.encode()[:-40],
    "truncated_gzip": gzip.compress(LINES.encode())[:-20],
    "broken_gzip": gzip.compress(LINES.encode())[:40] + b"\0" * 40,
    "gzip_of_binary": gzip.compress(bytes(range(256))),
    "json_list": json.dumps([advisory(1)]).encode(),
    "json_number": b"3\n",
    "without_id": b'{"affected": []}\n',
    "id_is_a_number": b'{"id": 3}\n',
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage(tmp_path, name):
    """What is no export is refused by name, never taken for an export without advisories."""
    (tmp_path / "export").write_bytes(GARBAGE[name])

    with pytest.raises(ProjectError, match="export does not read as advisories in OSV form: "):
        identifiers(tmp_path / "export")


@pytest.mark.parametrize("what", ["checksum", "encrypted"])
def test_broken_zip(tmp_path, what):
    """A zip that is damaged, or that asks for a password, is refused."""
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", json.dumps(advisory(1)))
    data = bytearray(path.read_bytes())
    if what == "checksum":
        data[data.index(b"TEST-1")] ^= 1
    else:
        data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    with pytest.raises(ProjectError, match=r"all\.zip does not read as advisories in OSV form: "):
        identifiers(path)


@pytest.mark.parametrize("make", ["folder", "file", "zip"])
def test_empty(tmp_path, make):
    """An export without a single advisory is refused: against it, everything would pass."""
    path = tmp_path / "export"
    if make == "folder":
        path.mkdir()
        (path / "PYSEC-2026-1.yaml").write_text("id: PYSEC-2026-1", encoding="utf-8")
    elif make == "file":
        path.write_text("\n", encoding="utf-8")
    else:
        zipfile.ZipFile(path, "w").close()

    with pytest.raises(ProjectError, match=r"There is no advisory in .*export\."):
        identifiers(path)


def ask(address, name, version):
    """What a real client is answered."""
    query = {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
    request = urllib.request.Request(address, json.dumps(query).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert ("application/json", 200) == (answer.headers["Content-Type"], answer.status)
        return json.load(answer)


def test_service(capfd):
    """The service on loopback answers a query as the public one does, and says nothing of its own."""
    with serve(Advisories(iter([advisory(1)]))) as address:
        assert address.startswith("http://127.0.0.1:")
        assert [advisory(1)] == ask(address, "shopfront", "1.0")["vulns"]
        assert {} == ask(address, "shopfront", "2.0")
        assert {} == ask(address, "other", "1.0")

    assert ("", "") == capfd.readouterr()


def test_service_ends():
    """After the audit the service is gone, also when the audit failed."""
    with pytest.raises(KeyError), serve(Advisories(iter([]))) as address:
        raise KeyError

    with pytest.raises(urllib.error.URLError):
        ask(address, "shopfront", "1.0")
