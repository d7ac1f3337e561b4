"""YAML is read with the line of every value, and what is wrong with it is told with a line too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from yaml_texts import problems_and_tree, yaml

from twinrail.quality.linters import reader
from twinrail.quality.linters.tree import Node

TEXT = """\
on:
  push:
jobs:
  a:
    steps:
      - run: |
          echo 1.10
      - uses: 'b'
    needs: [c, d]
"""


def test_every_value_knows_its_place():
    """Line, column, end and style of a value are those of the file, and every text stays a text."""
    root = yaml("a.yml", TEXT).root
    assert ["on", "jobs"] == list(root.entries)
    steps = root.at("jobs", "a", "steps")
    assert (6, 6, 8, "block", 5) == (
        steps.line, steps.column, steps.end, steps.style, root.at("jobs", "a").keys["steps"]
    )  # fmt: skip
    script = steps.items[0].at("run")
    assert ("echo 1.10\n", "|", 6) == (script.text, script.style, script.line)


def test_a_text_is_found_with_its_key():
    """All texts of a file, each with the key that it stands under, in their order."""
    found = [(key, node.text.strip(), node.line) for key, node in yaml("a.yml", TEXT).root.texts()]
    assert [("push", "", 2), ("run", "echo 1.10", 6), ("uses", "b", 8), ("needs", "c", 9), ("needs", "d", 9)] == found


def test_what_is_not_there_is_none():
    """A path that leads nowhere is no error."""
    root = yaml("a.yml", TEXT).root
    assert root.at("jobs", "b", "steps") is None
    assert root.at("on", "push", "branches") is None


@pytest.mark.parametrize(("name", "action"), [
    ("action.yml", True), ("actions/a/action.yaml", True),
    (".github/workflows/action.yml.yml", False), ("my-action.yml", False),
])  # fmt: skip
def test_an_action_is_known_by_its_name(name, action):
    """GitHub knows an action by the name of its file."""
    assert action is yaml(name, "a: b").is_action


@pytest.mark.parametrize(("text", "line", "says"), [
    ("on: [push\njobs:\n", 2, "expected ',' or ']'"),
    ("a: b\na: c\n", 2, 'the key "a" stands there twice, first in line 1'),
    ("a:\n  ? [b]\n  : c\n", 2, "a key must be a text"),
    ("a: &a\n  b: *a\n", 1, "nested without an end"),
    ("a: *b\n", 1, "found undefined alias"),
    ("", 1, "there is nothing in it"),
    ("# only words\n", 1, "there is nothing in it"),
    ("a: \x00\n", 1, "unacceptable character"),
    ("a: b\n---\nc: d\n", 2, "but found another document"),
])  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(text, line, says):
    """No file passes because nobody could read it."""
    told = problems_and_tree(text)
    assert told["tree"] is None
    assert line == told["problems"][0][0]
    assert says in told["problems"][0][1]


def test_what_is_no_text_is_told(tmp_path):
    """A file that is not UTF-8 is a problem, and no crash."""
    (tmp_path / "a.yml").write_bytes(b"a: \xff\n")
    assert "utf-8" in reader.read(str(tmp_path / "a.yml"))["problems"][0][1]


def test_the_reader_is_a_program(tmp_path):
    """It runs by its path alone, beside modules whose names are those of the standard library."""
    (tmp_path / "a.yml").write_text(TEXT, encoding="utf-8")
    program = Path(reader.__file__)
    done = subprocess.run([sys.executable, "-I", program, "a.yml"], cwd=tmp_path, check=True, capture_output=True)
    assert yaml("a.yml", TEXT).root == Node.read(json.loads(done.stdout)[0]["tree"])
