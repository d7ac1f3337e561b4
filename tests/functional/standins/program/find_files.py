"""The files that upload-artifact takes, and the folder that their names in the artifact are relative to.

As @actions/glob and src/shared/search.ts of the action have it. A pattern has a *search path*: its segments up to the
first that holds a wildcard. With one search path, that is the root of the artifact (for a single file: the folder of
the file). With several, the root is their least common ancestor, whether there is something at each of them or not.
A name that begins with a dot is hidden, and so is all below such a folder, where the walk from the search path meets
it: `.cache/` finds nothing, `.cache/reports` finds its files, unless hidden files are included.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from action import Refused, workspace

WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Found:
    """Files, and the folder that is the root of the artifact."""

    root: Path
    files: tuple[Path, ...]


def find_files(patterns: list[str], *, hidden: bool) -> Found:
    """What the lines of `path` find."""
    wanted = [absolute(each) for each in patterns if not each.startswith("#")]
    starts = outermost([search_path(each) for each in wanted])
    forms = [re.compile(expression(each)) for each in wanted]
    met = (file for start in starts for file in walk(start, hidden=hidden, above=()))
    files = tuple(sorted({file for file in met if any(form.fullmatch(str(file)) for form in forms)}))
    if len(starts) > 1:
        return Found(Path(os.path.commonpath(starts)), files)
    return Found(starts[0].parent if files == (starts[0],) else starts[0], files)


def absolute(pattern: str) -> str:
    """A pattern below the workspace; dots as segments are known at its beginning only."""
    if pattern.startswith("!"):
        raise Refused(f"the stand-in for upload-artifact knows no exclusion: {pattern}")
    head, *rest = pattern.split("/")
    if {".", ".."} & set(rest if head in {".", "..", "~"} else [head, *rest]):
        raise Refused(f"Invalid pattern '{pattern}'. Relative pathing '.' and '..' is not allowed.")
    return str(workspace(pattern)) + ("/" if pattern.endswith("/") else "")


def search_path(pattern: str) -> Path:
    """The segments of a pattern up to the first wildcard."""
    segments = pattern.rstrip("/").split("/")
    wild = next((number for number, each in enumerate(segments) if WILD.search(each)), len(segments))
    return Path("/".join(segments[:wild]) or "/")


def outermost(paths: list[Path]) -> list[Path]:
    """The paths, each once, without those below another."""
    return [each for each in dict.fromkeys(paths) if not set(each.parents) & set(paths)]


def walk(path: Path, *, hidden: bool, above: tuple[Path, ...]) -> Iterator[Path]:
    """The files at and below a path, through links to folders, but in no circle."""
    if path.name.startswith(".") and not hidden:
        return
    if path.is_dir():
        if (real := path.resolve()) not in above:
            for each in sorted(path.iterdir()):
                yield from walk(each, hidden=hidden, above=(*above, real))
    elif path.exists():
        yield path


def expression(pattern: str) -> str:
    """A regular expression for the files that a pattern means: what it names, and all that is below that."""
    segments = ["(?:[^/]+/)*" if each == "**" else segment(each) + "/" for each in pattern.rstrip("/").split("/")]
    text = "".join(segments)
    if pattern.endswith(("/", "**")):
        return text + ".+"
    return text.removesuffix("/") + "(?:/.+)?"


def segment(text: str) -> str:
    """A regular expression for one segment of a pattern."""
    parts = re.split(r"(\*+|\?|\[[^]]+\])", text)
    wild = {"*": "[^/]*", "?": "[^/]"}
    return "".join(
        wild.get(each[:1], each.replace("[!", "[^")) if WILD.match(each) else re.escape(each) for each in parts
    )
