"""The files that the target compose reads and hands on: archives, secrets, places in a compose file."""

import hashlib
import io
import json
import tarfile

import pytest

from twinrail.deploy.targets.docker.front import at_once
from twinrail.deploy.targets.docker.places import place
from twinrail.deploy.targets.docker.secret_files import archive_of
from twinrail.deploy.targets.docker.store import image_in
from twinrail.deploy.targets.docker.weights import weight
from twinrail.system.errors import ProjectError

FILE = """\
services:
  web:
    image: shop
    network_mode: host
"""


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("services", (1, 1)),
        ("services.web.network_mode", (4, 5)),
        ("services.web.deploy.resources", (2, 3)),
        ("volumes", (0, 0)),
    ],
)
def test_place(path, where):
    """Line and column of a key, or of the last one on the way to it."""
    assert where == place(FILE, path)


def test_place_in_what_is_no_yaml():
    """Nobody knows a place in it."""
    assert (0, 0) == place("services: [", "services")


def packed(path, files):
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_image_in_an_archive(tmp_path):
    """An image's id is the digest of its configuration; what is no archive of one image has none."""
    config = b'{"os": "linux"}'
    told = json.dumps([{"Config": "blobs/config", "RepoTags": None}]).encode()
    whole = packed(tmp_path / "image.tar", {"manifest.json": told, "blobs/config": config})
    assert f"sha256:{hashlib.sha256(config).hexdigest()}" == image_in(whole)
    assert "" == image_in(packed(tmp_path / "other.tar", {"manifest.json": b"[]"}))
    assert "" == image_in(packed(tmp_path / "part.tar", {"manifest.json": told}))
    assert "" == image_in(tmp_path / "none.tar")


def test_routes_appear_at_once(tmp_path):
    """The name on which the proxy has an eye is a second name of a file that is whole by then."""
    (tmp_path / "a.tar").write_bytes(at_once(b"{}"))
    with tarfile.open(tmp_path / "a.tar") as tar:
        first, second = tar.getmembers()
    assert ("next", 2, 0o644) == (first.name, first.size, first.mode)
    assert ("routes.yml", "next", True) == (second.name, second.linkname, second.islnk())


@pytest.mark.parametrize(("user", "wanted"), [("10001:7", (10001, 7, 0o400)), ("5", (5, 0, 0o400)),
                                              ("app", (0, 0, 0o444)), ("", (0, 0, 0o444))])  # fmt: skip
def test_secrets_for_their_reader(tmp_path, monkeypatch, user, wanted):
    """A secret is for its user alone where that is known by number; no file of it is left."""
    (tmp_path / "pw").write_bytes(b"hunter2\n")
    monkeypatch.setenv("TLS_KEY", "k")
    with archive_of({"pw": str(tmp_path / "pw"), "tls": "$TLS_KEY"}, user) as archive:
        assert 0o600 == archive.stat().st_mode & 0o777
        with tarfile.open(archive) as tar:
            assert [wanted, wanted] == [(each.uid, each.gid, each.mode) for each in tar.getmembers()]
            assert [b"hunter2\n", b"k"] == [tar.extractfile(each).read() for each in tar.getmembers()]
    assert not archive.exists()


@pytest.mark.parametrize("source", ["/nowhere/pw", "$NOBODY_SET_THIS"])
def test_secret_that_is_not_there(source):
    """It is named, and so is where it should come from."""
    with pytest.raises(ProjectError, match=r"pw (is not there|cannot be read)"), archive_of({"pw": source}, "1"):
        pass


def test_secret_of_a_swarm():
    """What the compose file calls external no other engine has."""
    with pytest.raises(ProjectError, match="pw is external: theirs"), archive_of({"pw": "=theirs"}, "1"):
        pass


def test_weight():
    """As the engine says it."""
    assert (12_582_912, 0, 0) == (weight("12MiB / 256MiB"), weight("--"), weight("3 apples"))
