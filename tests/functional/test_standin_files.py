"""What the stand-ins make of paths and patterns, and which inputs they know."""

import importlib
import re
import sys
from pathlib import Path

import pytest
import yaml
from act import STANDINS

METADATA = sorted(STANDINS.rglob("action.yml"))


@pytest.fixture(scope="module")
def program():
    """The modules of the doubles, by name."""
    sys.path.insert(0, str(STANDINS / "program"))
    yield importlib.import_module
    sys.path.remove(str(STANDINS / "program"))


FILES = ("a/x.txt", "a/b/y.txt", "a/b/z.json", "c/w.txt", ".h/runs/1/run.json", ".h/runs/1/.t/f")


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    """A workspace with some files."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "root", "names"),
    [
        (["a"], "a", ["b/y.txt", "b/z.json", "x.txt"]),
        (["a/x.txt"], "a", ["x.txt"]),
        (["a/*.txt"], "a", ["x.txt"]),
        (["a/**/*.txt"], "a", ["b/y.txt", "x.txt"]),
        (["**/[yw].txt"], ".", ["a/b/y.txt", "c/w.txt"]),
        (["a/?"], "a", ["b/y.txt", "b/z.json"]),
        (["a/b", "a/x.txt"], "a", ["b/y.txt", "b/z.json", "x.txt"]),
        (["a/x.txt", "nowhere/n.txt"], ".", ["a/x.txt"]),
        (["a", "a/b/*.json"], "a", ["b/y.txt", "b/z.json", "x.txt"]),
        ([".h"], ".h", []),
        ([".h/runs/1"], ".h/runs/1", ["run.json"]),
        (["*/runs"], ".", []),
        (["a/b/"], "a/b", ["y.txt", "z.json"]),
        (["a/x.txt/"], "a/x.txt", []),
    ],
)
def test_what_a_path_finds(program, workspace, paths, root, names):
    """As @actions/glob and the action's search have it: the root, and the names below it."""
    found = program("find_files").find_files(paths, hidden=False)
    assert workspace / root == found.root
    assert names == [str(file.relative_to(found.root)) for file in found.files]


@pytest.mark.parametrize("path", ["!a/x.txt", "a/../c", "a/./x.txt"])
@pytest.mark.usefixtures("workspace")
def test_paths_that_are_refused(program, path):
    """Exclusions, which the stand-in does not know, and dots inside a path, which the real action refuses."""
    with pytest.raises(program("action").Refused):
        program("find_files").find_files([path], hidden=False)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["dist", "run-1", "run-2"]),
        ("run-*", ["run-1", "run-2"]),
        ("{dist,run-{1,3}}", ["dist", "run-1"]),
        ("run-[!1]", ["run-2"]),
        ("ru", []),
        (".*", [".x"]),
    ],
)
def test_what_a_pattern_matches(program, pattern, names):
    """As minimatch has it: a whole name, braces, and a leading dot by a dot only."""
    module = program("download_artifact")
    forms = [module.expression(each) for each in module.expanded(pattern)]
    there = (".x", "dist", "run-1", "run-2")
    assert names == [each for each in there if any(re.fullmatch(form, each) for form in forms)]


@pytest.mark.parametrize("metadata", METADATA, ids=lambda path: path.parent.name)
def test_each_stand_in_knows_its_inputs(program, metadata):
    """The program reads the same names as YAML does; each input stands on a line of its own."""
    declared = yaml.safe_load(metadata.read_text(encoding="utf-8"))["inputs"]
    assert list(declared) == program("action").known(metadata)
