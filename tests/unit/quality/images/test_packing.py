"""What a registry takes of a saved image: the same bytes for the same image, and nothing of another."""

import gzip
import json
import tarfile

import pytest
from saved import file, save, sha, tarred

from twinrail.quality.images.archive import open_archive
from twinrail.quality.images.packing import configuration, list_of, manifest_of, open_saved, packed
from twinrail.system.errors import ProjectError, ToolError
from twinrail.system.registry.client import DOCKER, Manifest

LAYERS = ([file("a", "1" * 5000)], [file("b", "2")])


@pytest.fixture
def image(tmp_path):
    """An archive, and the id of the image in it."""
    path = save(tmp_path / "image.tar", *LAYERS, Healthcheck={"Test": ["CMD", "x"]})
    return path, open_archive(path).id


def test_packed_and_described(image, tmp_path):
    """Each layer unpacks to what was built and is packed alike twice; the manifest names them in their order."""
    saved, blobs = open_saved(*image, ""), []
    for number, layer in enumerate(LAYERS):
        with packed(saved, number, tmp_path) as blob, blob.open() as stream:
            data = stream.read()
            assert tarred(layer) == gzip.decompress(data)
            assert (f"sha256:{sha(data)}", len(data)) == (blob.digest, blob.size)
        with packed(saved, number, tmp_path) as again:
            assert blob.digest == again.digest
        blobs.append(blob)
    assert ["image.tar"] == [each.name for each in tmp_path.iterdir()]
    told = json.loads(manifest_of(configuration(saved), blobs).data)
    assert (image[1], [each.digest for each in blobs]) == (
        told["config"]["digest"],
        [one["digest"] for one in told["layers"]],
    )


def test_several_platforms():
    """A list names the image of each, by the digest of its manifest."""
    one, two = Manifest(kind=DOCKER, data=b"{}"), Manifest(kind=DOCKER, data=b"[]")
    made = list_of({"linux/amd64": one, "linux/arm/v7": two})
    found = [(each["digest"], each["size"], each["platform"]) for each in made.told["manifests"]]
    assert [
        (one.digest, 2, {"os": "linux", "architecture": "amd64"}),
        (two.digest, 2, {"os": "linux", "architecture": "arm", "variant": "v7"}),
    ] == found
    assert made == list_of({"linux/amd64": one, "linux/arm/v7": two})


def test_another_image(image, tmp_path):
    """One whose id is not that which was noted, one that is gone, and what is no image."""
    with pytest.raises(ProjectError, match=r"image\.tar is not the image that was built"):
        open_saved(image[0], f"sha256:{'0' * 64}", "")
    with pytest.raises(ProjectError, match=r"gone\.tar is gone"):
        open_saved(tmp_path / "gone.tar", image[1], "")
    (tmp_path / "text.tar").write_text("x", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"text\.tar does not read"):
        open_saved(tmp_path / "text.tar", image[1], "")


def test_a_layer_that_was_changed(tmp_path):
    """The configuration says what must be in it."""
    path = save(tmp_path / "image.tar", LAYERS[0], digests=[f"sha256:{'0' * 64}"])
    saved = open_saved(path, f"sha256:{sha(_config(path))}", "")
    with (
        pytest.raises(ToolError, match=r"Layer 1 of image\.tar is not the one that was built"),
        packed(saved, 0, tmp_path),
    ):
        pass


def test_no_room(image, tmp_path):
    """Where it was to be packed is named, and what to do."""
    with (
        pytest.raises(ToolError, match=r"cannot be packed in .*nowhere") as told,
        packed(open_saved(*image, ""), 0, tmp_path / "nowhere"),
    ):
        pass
    assert "TMPDIR" in told.value.todo


def _config(path):

    with tarfile.open(path) as tar:
        name = json.load(tar.extractfile("manifest.json"))[0]["Config"]
        return tar.extractfile(name).read()
