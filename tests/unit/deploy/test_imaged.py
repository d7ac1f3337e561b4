"""The image of a release: asked for where one of the project's environments runs images, and of the commit at hand."""

import dataclasses
import json

import pytest

from twinrail.deploy.imaged import Imaged, image_of, unasked
from twinrail.deploy.stages import release_of
from twinrail.deploy.written import read_release, write_release
from twinrail.project.environments import Environment
from twinrail.session.images import built_image, note_push
from twinrail.system.errors import ProjectError

ID = f"sha256:{'7' * 64}"


def imaged(work, commit=None):
    path = work.project.state / "artifacts" / "shopfront.image.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"name": "shopfront:1.4.0", "id": ID, "base": "", "builder": "docker 20"}), encoding="utf-8"
    )
    work.artifacts.put("image", path, version="1.4.0", commit=commit or work.commit.id)
    return work


def test_wheels_need_no_image(work):
    """Where every environment runs wheels nobody misses one; one that is there is named."""
    there = work(staging=Environment())
    assert Imaged() == image_of(there)
    assert Imaged() == image_of(imaged(there, commit="0" * 40))
    assert ID == image_of(imaged(there)).name


def test_one_environment_that_runs_images_is_enough(work, built):
    """The release is the same in all of them, also where the wheel runs; it reads in a journal as it was written."""
    there = imaged(built(work(test=Environment(), staging=Environment(target="compose"))))
    archive = there.project.state / "images" / "shopfront.tar"
    assert Imaged(name=ID, archive=archive, runs="image") == image_of(there)
    made = release_of(there)
    assert (ID, archive) == (made.image, made.archive)
    assert made == read_release(json.loads(json.dumps(write_release(made))))
    assert dataclasses.replace(made, image="").identity != made.identity
    assert dataclasses.replace(made, runs="wheel").identity != made.identity


def test_what_was_pushed_is_named_by_its_digest(work):
    """An archive is not asked for then."""
    pushed = f"registry.example/shop@sha256:{'1' * 64}"
    there = imaged(work(staging=Environment(target="compose")))
    note_push(there, built_image(there), pushed, ("1.4.0",))
    assert Imaged(name=pushed, runs="image") == image_of(there)


def test_tests_that_say_nothing_of_the_image(work, built):
    """Those of an environment that runs the wheel; it is told where there is an image."""
    there = imaged(built(work(test=Environment(), staging=Environment(target="compose"))))
    release = release_of(there)
    assert ("its image was not asked (the target is process)",) == unasked(Environment(), release)
    assert () == unasked(Environment(target="compose"), release)
    assert () == unasked(Environment(), dataclasses.replace(release, image=""))


def test_no_image_and_another_ones(work):
    """One that was not built is missed, and one of another commit refused."""
    there = work(staging=Environment(target="compose"))
    with pytest.raises(ProjectError, match="No image was built"):
        image_of(there)
    with pytest.raises(ProjectError, match="was built from 0000000, and the project stands at"):
        image_of(imaged(there, commit="0" * 40))
