"""Artifacts are what was made, or they are refused."""

import hashlib
import json

import pytest

from twinrail.session.artifacts import Artifact, Artifacts
from twinrail.system.errors import ProjectError


@pytest.fixture
def artifacts(tmp_path):
    return Artifacts(tmp_path)


def test_put_and_get(artifacts, write, tmp_path):
    """What was put is what is got, by another process too, with the digest of what was made."""
    wheel = write("dist/shopfront-1.4.0-py3-none-any.whl", "wheel")

    made = artifacts.put("wheel", wheel, version="1.4.0", commit="3f2a9c1")

    digest = hashlib.sha256(b"wheel").hexdigest()
    assert Artifact(kind="wheel", path=wheel, digest=digest, version="1.4.0", commit="3f2a9c1") == made
    assert made == Artifacts(tmp_path).get("wheel")


def test_kinds(artifacts, write):
    """Each kind has its newest artifact; the others stay."""
    artifacts.put("sdist", write("dist/a.tar.gz", "1"), version="1", commit="a")
    artifacts.put("wheel", write("dist/a-1.whl", "1"), version="1", commit="a")
    newest = artifacts.put("wheel", write("dist/a-2.whl", "2"), version="2", commit="b")

    assert newest == artifacts.get("wheel")
    assert "1" == artifacts.get("sdist").version


def test_project_that_was_moved(artifacts, write, tmp_path):
    """Paths are kept below the project: a project that was copied finds its own files."""
    artifacts.put("wheel", write("here/dist/a.whl", "1"), version="1", commit="a")
    (tmp_path / ".twinrail").rename(tmp_path / "there")

    ledger = json.loads((tmp_path / "there/artifacts.json").read_text(encoding="utf-8"))

    assert "here/dist/a.whl" == ledger["wheel"]["path"]


@pytest.mark.parametrize(
    ("kind", "session"),
    [("wheel", "build"), ("sdist", "build"), ("sbom", "sbom"), ("image", "image"), ("image-sbom", "image")],
)
def test_none(artifacts, kind, session):
    """Where none was made, the message names the session that makes it."""
    with pytest.raises(ProjectError) as caught:
        artifacts.get(kind)

    assert (f"No {kind} was built here.", f"Make it again:  nox -s {session}") == (caught.value.what, caught.value.todo)


def test_entry_missing(artifacts, write):
    """An artifact of another kind does not stand in for it."""
    artifacts.put("sdist", write("dist/a.tar.gz"), version="1", commit="a")

    with pytest.raises(ProjectError, match=r"^No wheel was built here\."):
        artifacts.get("wheel")


def test_gone(artifacts, write):
    """A file that was removed since is refused."""
    wheel = write("dist/a.whl")
    artifacts.put("wheel", wheel, version="1", commit="a")
    wheel.unlink()

    with pytest.raises(ProjectError, match=r"^The wheel dist/a\.whl is gone\."):
        artifacts.get("wheel")


def test_edited(artifacts, write):
    """A file that was changed since is refused, with both digests."""
    wheel = write("dist/a.whl", "made")
    artifacts.put("wheel", wheel, version="1", commit="a")
    write("dist/a.whl", "edited")

    with pytest.raises(ProjectError, match=r"^dist/a\.whl is not the wheel that was built\.") as caught:
        artifacts.get("wheel")

    digests = [hashlib.sha256(text).hexdigest()[:12] for text in (b"edited", b"made")]
    assert "Its digest is sha256:{}…, that of the built one sha256:{}….".format(*digests) == caught.value.why
