"""Programs that an image names: whether they are there, and whether a shell stands in front of them."""

import posixpath
from collections.abc import Sequence

from twinrail.quality.images.archive import Archive
from twinrail.quality.images.filesystem import follow

SHELLS = frozenset({"ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "yash", "zsh"})
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def by_shell(words: Sequence[str]) -> bool:
    """Whether the words are a text for a shell, which gets the signals that the program should get."""
    return len(words) > 1 and posixpath.basename(words[0]) in SHELLS and words[1].startswith("-") and "c" in words[1]


def search_path(archive: Archive) -> list[str]:
    """The folders that programs are looked for in."""
    return archive.config.env.get("PATH", _PATH).split(":")


def missing(archive: Archive, program: str) -> str:
    """Why a program cannot be started: it is not there, or nobody may run it; empty when it can."""
    if "/" in program:
        places = [posixpath.join(archive.config.folder or "/", program)]
    else:
        places = [posixpath.join(folder, program) for folder in search_path(archive)]
    found = [entry for place in places if (entry := follow(archive.tree, place)) and entry.kind == "file"]
    if not found:
        return f"{program} is not in the image"
    return "" if any(entry.mode & 0o111 for entry in found) else f"{program} may not be run by anybody"
