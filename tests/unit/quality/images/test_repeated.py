"""Two images of the same inputs: what differs is named by layer and path."""

import pytest
from saved import file, folder, save, symlink

from twinrail.quality.images.repeated import differences, summary
from twinrail.system.errors import ToolError

BASE = [folder("app"), file("app/same.py", "x = 1\n")]


def between(tmp_path, one, other):
    paths = [save(tmp_path / f"{number}.tar", BASE, puts) for number, puts in enumerate((one, other))]
    return [str(each) for each in differences(*paths)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (file("a", "1"), file("a", "1"), []),
        (file("a", "1"), file("a", "2"), ["layer 2: /a (its contents)"]),
        (file("a", "1"), file("a", "1", mode=0o755), ["layer 2: /a (its rights)"]),
        (file("a", "1"), file("a", "1", owner=1), ["layer 2: /a (whose it is)"]),
        (symlink("a", "b"), symlink("a", "c"), ["layer 2: /a (where it leads)"]),
        (folder("a"), symlink("a", "c"), ["layer 2: /a (its kind)"]),
        (file("a", "1"), file("b", "1"), ["layer 2: /a (in one of them only)", "layer 2: /b (in one of them only)"]),
    ],
)
def test_what_differs(tmp_path, one, other, expected):
    """The first thing in which a file differs is what is said of it."""
    assert expected == between(tmp_path, [one], [other])


def test_many_differences_are_cut(tmp_path):
    """The first five, and how many more there are."""
    one, other = ([file(f"{number}", f"{text}") for number in range(9)] for text in "ab")
    paths = [save(tmp_path / f"{number}.tar", puts) for number, puts in enumerate((one, other))]
    assert summary(differences(*paths)).endswith("layer 1: /4 (its contents) and 4 more")


def test_what_is_no_archive(tmp_path):
    """It is said to be none."""
    (tmp_path / "x").write_bytes(b"no tar")
    with pytest.raises(ToolError, match="cannot be compared"):
        differences(tmp_path / "x", tmp_path / "x")
