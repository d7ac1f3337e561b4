"""What builders tell of an image that they have."""

import json

import pytest

from twinrail.quality.images.inspected import fits, read_inspected
from twinrail.system.errors import ToolError

DOCKER = {"Id": "sha256:1", "RepoDigests": ["python@sha256:2"], "RootFS": {"Layers": ["sha256:3"]}, "Os": "linux",
          "Architecture": "arm64", "Variant": "v8"}  # fmt: skip
BUILDAH = {
    "FromImage": "registry.example:5000/python:3.13", "FromImageID": "1", "FromImageDigest": "sha256:2",
    "Docker": {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": ["sha256:3"]}},
}  # fmt: skip


def test_docker_and_buildah():
    """Each in its own form: id, layers, names by digest, platform."""
    docker, buildah = read_inspected(json.dumps([DOCKER])), read_inspected(json.dumps(BUILDAH))
    assert ("sha256:1", ("sha256:3",)) == (docker.id, docker.layers) == (buildah.id, buildah.layers)
    assert (("python@sha256:2",), "linux/arm64/v8") == (docker.digests, docker.platform)
    assert (("registry.example:5000/python@sha256:2",), "linux/amd64") == (buildah.digests, buildah.platform)


@pytest.mark.parametrize(
    ("wanted", "found", "is_so"),
    [("", "linux/amd64", True), ("linux/arm64", "linux/arm64/v8", True), ("linux/arm64/v8", "linux/arm64", True),
     ("linux/arm/v7", "linux/arm/v6", False), ("linux/arm64", "linux/arm", False), ("linux/386", "", False)],
)  # fmt: skip
def test_fits(wanted, found, is_so):
    """A variant counts where both name one."""
    assert is_so is fits(wanted, found)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[7]"])
def test_nothing(text):
    """What tells of no image is said to."""
    with pytest.raises(ToolError, match="does not tell"):
        read_inspected(text)
