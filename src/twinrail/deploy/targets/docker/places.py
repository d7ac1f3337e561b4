"""Where a key stands in a YAML file; pure."""

import yaml


def place(text: str, path: str) -> tuple[int, int]:
    """Line and column, counted from 1, of the last part of a dotted path that is there; (0, 0) where none is."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 0, 0
    at = (0, 0)
    for part in path.split("."):
        found = _entry(node, part)
        if found is None:
            break
        key, node = found
        at = (key.start_mark.line + 1, key.start_mark.column + 1)
    return at


def _entry(node: yaml.Node | None, part: str) -> tuple[yaml.Node, yaml.Node] | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((key, value) for key, value in node.value if key.value == part), None)
