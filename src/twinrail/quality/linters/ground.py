"""The ground that linters stand on: the repository, with two kinds of references as they are meant.

What refers to this repository by its name is read as `$/`: it is checked against the files that are here. What refers
to the pack by a tag counts as pinned: `lint` holds that ref against the noxfile's.
"""

import contextlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

PACK = "twinrail/twinrail"
_PINNED = "0" * 40


@contextlib.contextmanager
def laid_out(root: Path, names: Sequence[str], repository: str) -> Iterator[Path]:
    """A folder with the files `names` of `root`, their references as they are meant, and links to all else.

    Args:
        root: the project's folder.
        names: the workflows and actions, as paths below `root`.
        repository: this repository's name, `OWNER/NAME`, or an empty text.
    """
    with tempfile.TemporaryDirectory(prefix="twinrail-workflows-") as temporary:
        to = Path(temporary)
        for name in names:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(UnicodeDecodeError):
                text = (root / name).read_text(encoding="utf-8")
                (to / name).write_text(meant(text, repository), encoding="utf-8")
        for folder in sorted({Path(), *(parent for name in names for parent in Path(name).parents)}):
            link(root / folder, to / folder)
        yield to


def meant(text: str, repository: str = "") -> str:
    """A workflow or an action with its references as they are meant, line by line the same."""
    if repository:
        text = re.sub(rf"(uses:\s*[\"']?){re.escape(repository)}/([^@\s\"']+)@[^\s\"'#,}}]+", r"\1$/\2", text)
    return re.sub(rf"(uses:\s*[\"']?{PACK}/[^@\s\"']+)@v\d[\w.]*", rf"\1@{_PINNED}", text)


def link(source: Path, to: Path) -> None:
    """Links to all that stands in a folder and not yet in `to`; a linter finds a repository there."""
    for entry in source.resolve().iterdir() if source.is_dir() else ():
        if not (to / entry.name).exists():
            (to / entry.name).symlink_to(entry)
