"""The job that signs: no code of the project runs in it, and it is told of the image that was pushed."""

import json

import pytest

from twinrail.pipeline.artifacts import takes
from twinrail.pipeline.handover import hand_on
from twinrail.pipeline.nox import SERVED, Nox
from twinrail.session.artifacts import Artifacts

PLANTED = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"
COMMIT = "1" * 40


@pytest.mark.parametrize("trusted", [True, False])
def test_code_of_the_project(tmp_path, write, trusted):
    """Neither its noxfile nor a file that is called like a module of Python's, whatever stands where nox begins."""
    write("noxfile.py", "from twinrail.sessions import offer\noffer()\n" + PLANTED)
    write("argparse.py", PLANTED + "raise SystemExit('planted')\n")
    if trusted:
        (tmp_path / "argparse.py").unlink()
    nox = Nox(root=tmp_path, prefix="", place=tmp_path / "place", trusted=trusted)
    assert "sign" in nox.offered
    assert (trusted, not trusted) == ((tmp_path / "ran").exists(), nox.noxfile == SERVED)


def test_what_it_takes():
    """What the job that builds and pushes made, though the graph has `sign` in that job, too."""
    assert "shop-build" == takes("shop", ("sign",))
    assert "" == takes("shop", ("build", "image", "push"))


def test_what_it_is_told(tmp_path, write):
    """Name and digest, apart: no workflow could take a reference to pieces."""
    path = write(
        ".twinrail/artifacts/shop.image-push.json", json.dumps({"reference": "registry.example/shop@sha256:2"})
    )
    artifacts = Artifacts(tmp_path)
    artifacts.put("image-push", path, version="1", commit=COMMIT)
    told = hand_on(artifacts, tmp_path / ".twinrail", ("build", "image", "push"), tmp_path / "out")
    assert {"name": "registry.example/shop", "digest": "sha256:2"} == json.loads(told["image"])
    assert (tmp_path / "out" / "shop.image-push.json").is_file()
