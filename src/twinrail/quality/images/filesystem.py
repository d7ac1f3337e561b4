"""What a container sees of an image's layers: the last word on each path, as overlayfs has it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twinrail.quality.images.layers import Entry, LayerError

_GONE = ".wh."
_OPAQUE = ".wh..wh..opq"
_OWN = ".wh..wh."
"""What begins so is for the file system that wrote the layer, and no file of the image."""
_HOPS = 40
"""How many links Linux follows before it gives up."""

Tree = Mapping[str, Entry]
"""The final file system: what is at each path but the root's."""


@dataclass(slots=True)
class _Node:
    """A place in the file system."""

    entry: Entry | None = None
    below: dict[str, "_Node"] = field(default_factory=dict)


def merge(layers: Iterable[Sequence[Entry]]) -> dict[str, Entry]:
    """The final file system of layers, lowest first.

    Raises:
        LayerError: a hard link leads to what is not there.
    """
    root = _Node()
    for entries in layers:
        # What a layer takes away is what lies below it, wherever in the layer that stands.
        for entry in entries:
            if entry.name.startswith(_GONE):
                _take_away(root, entry)
        for entry in entries:
            if not entry.name.startswith(_GONE) and entry.path != "/":
                _put(root, entry)
    return _flat(root)


def whiteout(entry: Entry) -> bool:
    """Whether it is no file, but says that one of a lower layer is gone."""
    return entry.name.startswith(_GONE)


def follow(tree: Tree, path: str) -> Entry | None:
    """What is at a path when each symbolic link on the way is followed, within the image; None where nothing is."""
    left, here, hops = [each for each in reversed(path.split("/")) if each], "", 0
    found: Entry | None = None
    while left:
        name = left.pop()
        if name in {".", ".."}:
            here = here if name == "." else here.rpartition("/")[0]
            found = tree.get(here)
            continue
        found = tree.get(f"{here}/{name}")
        if found is None or (hops := hops + (found.kind == "symlink")) > _HOPS:
            return None
        if found.kind == "symlink":
            here = "" if found.target.startswith("/") else here
            left += [each for each in reversed(found.target.split("/")) if each]
        else:
            here = found.path
    return found


def _find(root: _Node, path: str) -> _Node | None:
    node: _Node | None = root
    for name in path.split("/")[1:]:
        node = node.below.get(name) if node else None
    return node


def _take_away(root: _Node, mark: Entry) -> None:
    folder = _find(root, mark.path.rpartition("/")[0]) if mark.path.count("/") > 1 else root
    if folder is None:
        return
    if mark.name == _OPAQUE:
        folder.below.clear()
    elif not mark.name.startswith(_OWN):
        folder.below.pop(mark.name.removeprefix(_GONE), None)


def _put(root: _Node, entry: Entry) -> None:
    node, path = root, ""
    for name in entry.path.split("/")[1:-1]:
        path += f"/{name}"
        node = node.below.setdefault(name, _Node())
        if node.entry is None or node.entry.kind != "folder":
            # Engines make the folders that a layer leaves out.
            node.entry = Entry(path=path, kind="folder", mode=0o755, uid=0, gid=0, size=0, layer=entry.layer)
    held = _shared(root, entry) if entry.kind == "link" else entry
    place = node.below.setdefault(entry.name, _Node())
    if held.kind != "folder":
        place.below.clear()
    place.entry = held


def _shared(root: _Node, link: Entry) -> Entry:
    node = _find(root, link.target)
    if node is None or node.entry is None or node.entry.kind == "folder":
        raise LayerError(f"{link.shown} is a hard link to {link.target!r}, which is no file there")
    held = node.entry
    return replace(held, path=link.path, source=held.source or held.path)


def _flat(root: _Node) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.entry:
            found[node.entry.path] = node.entry
        waiting += node.below.values()
    return dict(sorted(found.items()))
