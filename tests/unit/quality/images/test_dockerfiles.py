"""The pack's own Dockerfile: what changes seldom first, nobody who is root, nothing of whoever builds."""

from dataclasses import replace

import pytest

import golden_files
from twinrail.quality.images.dockerfile import Recipe, dockerfile

RECIPE = Recipe(
    kind="slim",
    base="docker.io/library/python@sha256:" + "5e" * 32,
    entrypoint=("shopfront", "serve", "--host", "0.0.0.0", "--port", "8000"),
    packages=("shopfront",),
)
RECIPES = {
    "slim": RECIPE,
    "alpine": replace(RECIPE, kind="alpine"),
    "full": replace(RECIPE, kind="full"),
    "distroless": replace(RECIPE, kind="distroless"),
    "wheels": replace(RECIPE, wheels=True),
    "plain": replace(RECIPE, hashes=False, packages=(), user=4711, port=8080, health="/alive"),
    "labels": replace(RECIPE, labels={"org.example.title": 'the "shop"\n$HOME', "org.example.revision": "c0ffee"}),
}


@pytest.mark.parametrize("name", RECIPES)
def test_dockerfile(name):
    """The whole text, from the recipe alone."""
    golden_files.check(f"images/{name}.Dockerfile", dockerfile(RECIPES[name]))


@pytest.mark.parametrize("name", RECIPES)
def test_what_the_lock_names_comes_before_the_wheel(name):
    """In the image a new wheel changes nothing but the last layer."""
    laid, runtime = (_copies(dockerfile(RECIPES[name]), stage) for stage in ("laid", "runtime"))
    assert "COPY --from=requirements /layer/ /" == laid[-1]
    assert ["/own/ /"] == [line.split(maxsplit=2)[2] for line in runtime]


def test_what_cannot_be_imported_is_no_image():
    """The application goes into the image from the stage that imports it; with nothing to import, past that."""
    assert "FROM laid AS test\n" in dockerfile(RECIPE)
    bare = dockerfile(replace(RECIPE, packages=()))
    assert (False, ["COPY --from=application /own/ /"]) == (" AS test" in bare, _copies(bare, "runtime"))


def _copies(text, stage):
    lines = text.split(f" AS {stage}\n")[1].split("\nFROM ")[0].splitlines()
    return [line for line in lines if line.startswith("COPY")]


def test_labels_of_a_commit_make_no_other_recipe():
    """What is built again is known by what does not change with every commit."""
    assert RECIPE.key == RECIPES["labels"].key != RECIPES["plain"].key


def test_a_builder_without_secrets_is_given_wheels():
    """Where nothing can be mounted, nothing is: the text holds no `--mount`, and pip asks no index."""
    text = dockerfile(replace(RECIPE, secrets=False, wheels=True))
    assert "--mount" not in text
    assert "--no-index --find-links=/build/wheels" in text


def test_a_wheel_with_libraries_is_looked_at_itself():
    """What its libraries load is found where the wheel is installed; a wheel of Python alone loads none."""
    bare = replace(RECIPE, kind="distroless")
    assert "FROM requirements AS interpreter" in dockerfile(bare)
    assert "FROM application AS interpreter" in dockerfile(replace(bare, pure=False))
