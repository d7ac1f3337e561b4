"""The archive of an image as of its commit: the same inputs, the same id, whatever clock the builder has."""

import json
import tarfile

import pytest
from saved import file, save

from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.dating import date_archive, date_config
from twinrail.system.errors import ToolError

WHEN = 1795956898
STAMP = "2026-11-29T12:54:58Z"
LAYERS = ([file("app/a.py", "a = 1\n")], [file("app/b.py", "b = 2\n")])


def dated(tmp_path, name, **config):
    saved = save(tmp_path / f"{name}.saved", *LAYERS, **config)
    return date_archive(saved, tmp_path / f"{name}.tar", name="shopfront:1.4.0", when=WHEN)


def test_two_builds_of_one_commit_are_one_image(tmp_path):
    """What a builder says of itself, its clock and its container makes no difference; what the image is, does."""
    one, other = (dated(tmp_path, name, Hostname=name, Image=f"sha256:{name}") for name in ("one", "other"))
    assert one.id == other.id
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.id != dated(tmp_path, "third", User="10001").id


def test_what_is_above_the_base_is_put_in_order(tmp_path):
    """Whatever order a builder wrote the files in: one image. The base's layer stays what it is."""
    base, files = [file("etc/b", "b"), file("etc/a", "a")], [file("app-1/b.py", "b"), file("app/a.py", "a")]
    made = [
        date_archive(save(tmp_path / f"{at}.saved", base, own), tmp_path / f"{at}.tar", name="a:1", when=0, ordered=1)
        for at, own in enumerate((files, files[::-1]))
    ]
    assert made[0].id == made[1].id
    assert made[0].path.read_bytes() == made[1].path.read_bytes()
    kept = open_archive(tmp_path / "0.saved").layers[0].digest
    archive = open_archive(made[0].path)
    assert (kept, made[0].layers) == (archive.layers[0].digest, tuple(each.digest for each in archive.layers))
    assert ["/app/a.py", "/app-1/b.py"] == [each.path for each in archive.layers[1].entries if each.kind == "file"]


def test_what_was_written_is_an_image(tmp_path):
    """It reads as an archive whose layers are those that were saved, under one name."""
    made = dated(tmp_path, "one", User="10001")
    archive = open_archive(made.path)
    assert (made.id, made.layers) == (archive.id, tuple(each.digest for each in archive.layers))
    assert made.size == archive.size
    assert {"/app/a.py", "/app/b.py"} <= set(archive.tree)
    with tarfile.open(made.path) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))
    assert ["shopfront:1.4.0"] == manifest[0]["RepoTags"]


@pytest.mark.parametrize("ordered", [0, 1])
def test_layers_that_an_engine_keeps_packed(tmp_path, ordered):
    """They are unpacked: the image is the same as from an engine that keeps them so."""
    made = [
        date_archive(saved, saved.with_suffix(".tar"), name="a:1", when=0, ordered=ordered)
        for saved in (save(tmp_path / f"{packed}.saved", *LAYERS, packed=packed) for packed in (False, True))
    ]
    assert made[0].id == made[1].id
    assert made[0].path.read_bytes() == made[1].path.read_bytes()


def test_a_configuration_as_of_a_time():
    """Every time is the commit's; what the image does stays."""
    config = {
        "architecture": "amd64",
        "container": "c0ffee",
        "container_config": {"Hostname": "c0ffee"},
        "created": "2026-12-01T10:00:00.123456789Z",
        "config": {"User": "10001", "Hostname": "c0ffee", "Image": "sha256:1"},
        "history": [{"created": "2026-12-01T10:00:00Z", "created_by": "RUN a", "comment": "FROM 1"}],
    }
    assert {
        "architecture": "amd64",
        "config": {"User": "10001"},
        "created": STAMP,
        "history": [{"created": STAMP, "created_by": "RUN a"}],
    } == date_config(config, WHEN)


def test_what_is_no_archive(tmp_path):
    """A file that a full disk cut short, or something else."""
    (tmp_path / "x").write_bytes(b"no tar")
    with pytest.raises(ToolError, match="x does not read as the archive of an image"):
        date_archive(tmp_path / "x", tmp_path / "y", name="a:1", when=0)
