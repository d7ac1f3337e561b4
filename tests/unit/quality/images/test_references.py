"""Names of images: in full, by digest, and which one is the base."""

import json

import pytest

from twinrail.project.images import Image
from twinrail.quality.images.inspected import Stored, read_inspected
from twinrail.quality.images.references import base_reference, full_name, pinned, tag
from twinrail.system.errors import ToolError

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("python:3.13-slim", "docker.io/library/python:3.13-slim"),
        ("house/python", "docker.io/house/python"),
        ("localhost/python:1", "localhost/python:1"),
        ("127.0.0.1:5000/python", "127.0.0.1:5000/python"),
        ("registry.example/a/b@sha256:1", "registry.example/a/b@sha256:1"),
    ],
)
def test_full_name(reference, expected):
    """Every builder knows the full name; each guesses otherwise at a short one."""
    assert expected == full_name(reference)


@pytest.mark.parametrize(
    ("reference", "digests", "expected"),
    [
        ("docker.io/library/python:3.13-slim", (f"python@{ONE}",), f"docker.io/library/python@{ONE}"),
        ("docker.io/library/python:3.13", (f"other@{TWO}", f"python@{ONE}"), f"docker.io/library/python@{ONE}"),
        ("localhost:5000/python", (f"localhost:5000/python@{ONE}",), f"localhost:5000/python@{ONE}"),
        ("docker.io/a/local:1", (), "docker.io/a/local:1"),
        (f"docker.io/a/b@{ONE}", (f"a/b@{TWO}",), f"docker.io/a/b@{ONE}"),
    ],
)
def test_pinned(reference, digests, expected):
    """By the digest that its own registry has it under; a local image has none, one that names its digest keeps it."""
    assert expected == pinned(reference, digests)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Image(), "docker.io/library/python:3.13-slim"),
        (Image(base="alpine"), "docker.io/library/python:3.13-alpine"),
        (Image(base="full"), "docker.io/library/python:3.13"),
        (Image(base="distroless"), "docker.io/library/python:3.13-slim"),
        (Image(**{"from": "house/python:1"}), "docker.io/house/python:1"),
    ],
)
def test_base(settings, expected):
    """The official image of the kind, or the one that the settings name."""
    assert expected == base_reference(settings, "3.13")


def test_a_version_as_a_tag():
    """A tag takes no `+`."""
    assert ["1.4.0", "1.4.0-local", "0"] == [tag(each) for each in ("1.4.0", "1.4.0+local", "")]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            [{"Id": ONE, "RepoDigests": [f"python@{TWO}"], "RootFS": {"Type": "layers", "Layers": [TWO]}}],
            Stored(id=ONE, layers=(TWO,), digests=(f"python@{TWO}",)),
        ),
        ([{"Id": "1" * 64, "RepoDigests": None, "RootFS": {"Layers": None}}], Stored(id=ONE, layers=())),
        (
            {
                "FromImage": "docker.io/library/python:3.13", "FromImageID": "1" * 64, "FromImageDigest": TWO,
                "Docker": {"rootfs": {"diff_ids": [TWO]}},
            },
            Stored(id=ONE, layers=(TWO,), digests=(f"docker.io/library/python@{TWO}",)),
        ),
    ],
    ids=["docker", "podman", "buildah"],
)  # fmt: skip
def test_what_a_builder_tells(told, expected):
    """Each in its own form."""
    assert expected == read_inspected(json.dumps(told))


@pytest.mark.parametrize("text", ["", "[]", "{}", "[{}]", "null", '{"Docker": {}}'])
def test_what_tells_nothing(text):
    """Nonsense is said to be so."""
    with pytest.raises(ToolError, match="does not tell what it built"):
        read_inspected(text)
