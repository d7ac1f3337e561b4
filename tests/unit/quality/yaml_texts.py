"""YAML files as the sessions read them, from texts."""

import tempfile
from pathlib import Path

from twinrail.quality.linters.reader import read
from twinrail.quality.linters.tree import Node, Yaml


def yaml(file: str, text: str) -> Yaml:
    """The file `file`, in which `text` stands."""
    told = problems_and_tree(text)
    assert [] == told["problems"]
    return Yaml(file=file, root=Node.read(told["tree"]))


def problems_and_tree(text: str) -> dict:
    """What the reader tells of a text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.yml"
        path.write_text(text, encoding="utf-8")
        return read(str(path))


def told(findings):
    """Findings in short: file, line, title."""
    return [(each.file, each.line, each.title) for each in findings]
