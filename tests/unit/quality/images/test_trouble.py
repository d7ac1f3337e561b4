"""Why a build ended, out of what real builders said; the folder `said` holds their words as they were."""

from pathlib import Path

import pytest

import golden_files
from twinrail.quality.images.trouble import read_trouble

SAID = sorted((Path(__file__).parent / "said").glob("*.txt"))
DOCKERFILES = {
    "step": """\
# Weighs parcels.
FROM docker.io/twinrail-test/base:slim AS build
ENV A=1

RUN python3 -c "print('so far')" \\
    && python3 -c "raise SystemExit('no glue')"
COPY Dockerfile /
""",
    "program": 'FROM docker.io/twinrail-test/base:slim\nRUN ["nothing-like-that"]\n',
    "instruction": "FROM docker.io/twinrail-test/base:slim\nCOPPY a b\n",
    "copy": "FROM docker.io/twinrail-test/base:slim\nCOPY nothing /\n",
    "base": "FROM nowhere.invalid/base:1\nCOPY nothing /\n",
}
LINES = {"step": 5, "program": 2, "instruction": 2, "copy": 2, "base": 1}


@pytest.mark.parametrize("path", SAID, ids=lambda path: path.stem)
def test_where_and_why(path):
    """The line of the instruction that failed, and its own last words without the builder's."""
    kind = path.stem.partition("-")[0]
    found = read_trouble(path.read_text(encoding="utf-8"), DOCKERFILES[kind])
    assert LINES[kind] == found.line
    golden_files.check(f"images/trouble/{path.stem}.txt", f"{found.step}\n\n{found.words}\n")


def test_a_newer_builder_names_the_line():
    """BuildKit of today writes the place itself."""
    said = "ERROR: failed to solve: process did not complete\nDockerfile:7\n--------------------\n"
    assert 7 == read_trouble(said, "").line


@pytest.mark.parametrize("said", ["", "\n", "Segmentation fault"])
def test_who_says_nothing(said):
    """No line is blamed, and what was said is all there is."""
    found = read_trouble(said, DOCKERFILES["step"])
    assert (0, said.strip()) == (found.line, found.words)


def test_a_full_disk():
    """It is told from a step that fails by itself."""
    said = "#5 ERROR: failed to copy files: write /app/x: no space left on device\n"
    assert read_trouble(said, "").full
    assert not read_trouble("#5 ERROR: no glue", "").full


@pytest.mark.parametrize(
    ("said", "lost"),
    [
        ("#17 exporting layers done\n#17 ERROR: layer does not exist\n------\n", True),
        ("Error: checking if cached image exists: getting top layer info: layer not known\n", True),
        ("#5 0.3 no glue: layer does not exist\n#5 ERROR: executor failed running\n", False),
    ],
)
def test_a_layer_that_was_lost(said, lost):
    """It is told from a step that says such words and fails by itself."""
    assert lost == read_trouble(said, "").lost
