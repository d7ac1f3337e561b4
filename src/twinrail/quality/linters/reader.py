"""Reads YAML files and prints them as JSON, every value with its place: `python -I reader.py FILE...`.

Runs in the virtual environment that has PyYAML, and imports nothing else of the pack. `tree.py` reads what it prints.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml


def main(names: list[str]) -> None:
    """Prints a JSON list: for each file its tree, and what is wrong with it."""
    print(json.dumps([read(name) for name in names]))


def read(name: str) -> dict[str, Any]:
    """The tree of a file, or None where it has none, and its problems, each with a line."""
    problems: list[tuple[int, str]] = []
    tree = None
    try:
        # The base loader knows texts alone: the key `on` stays what it is, and so does 1.10.
        root = yaml.compose(Path(name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        if root is None:
            problems.append((1, "there is nothing in it"))
        else:
            tree = _node(root, problems)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.append((mark.line + 1 if mark else 1, str(error.problem or error.context)))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append((1, str(error).splitlines()[0]))
    except RecursionError:
        problems.append((1, "it is nested without an end"))
    return {"tree": None if problems else tree, "problems": problems}


def _node(node: yaml.Node, problems: list[tuple[int, str]]) -> dict[str, Any]:
    begin, end = node.start_mark, node.end_mark
    told = {"line": begin.line + 1, "column": begin.column, "end": end.line}
    if isinstance(node, yaml.ScalarNode):
        return {**told, "text": node.value, "style": node.style or ""}
    told["style"] = "flow" if getattr(node, "flow_style", False) else "block"
    if isinstance(node, yaml.SequenceNode):
        return {**told, "items": [_node(each, problems) for each in node.value]}
    entries: dict[str, Any] = {}
    keys: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append((line, "a key must be a text"))
        elif key.value in entries:
            problems.append((line, f'the key "{key.value}" stands there twice, first in line {keys[key.value]}'))
        else:
            entries[key.value], keys[key.value] = _node(value, problems), line
    return {**told, "entries": entries, "keys": keys}


if __name__ == "__main__":
    main(sys.argv[1:])
