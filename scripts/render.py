"""Renders the pack for a place that does not know `$/`: `render.py --ref REF (--to FOLDER | --in-place)`.

Standard library only. On github.com `uses: $/actions/nox` means the commit in which it stands. act and GitHub
Enterprise Server want a repository and a ref: `uses: twinrail/twinrail/actions/nox@REF`. They refuse keys that they do
not know, too, so those lines are left out.

`--to FOLDER` copies what git knows of the pack, with what is new and not ignored, without its tests and its example.
`--in-place` changes the files where they stand, which makes a branch for GitHub Enterprise Server:
`git switch --create ghes && python3 scripts/render.py --ref ghes --in-place && git commit --all`.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACK = Path(__file__).resolve().parents[1]
LEFT_OUT = ("tests/", "example-project/")
RENDERED = (".github/workflows/*.yml", "actions/*/action.yml", "docs/examples/**/*.yml")
REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
SELF = re.compile(r"""^(\s*(?:-\s+)?uses:\s*["']?)\$/([^\s"'#]+)""")
GITHUB_COM_ONLY = (
    (re.compile(r"cache-mode:\s"), None),
    (re.compile(r"deployment:\s+false\b"), "environment:"),
    (re.compile(r"queue:\s+max\b"), "concurrency:"),
)
"""What a line of github.com's own begins with, and the line that it stands under, where that matters."""


def main(words: list[str]) -> int:
    """Renders the pack as `words` say; 0 when it stands there."""
    parser = make_parser()
    said = parser.parse_args(words)
    for name, value, form in (("--ref", said.ref, REF), ("--repository", said.repository, REPOSITORY)):
        if not form.fullmatch(value):
            parser.error(f"{name} {value!r} makes no sense; it looks like {form.pattern}")
    folder = said.root if said.in_place else said.to
    if not said.in_place:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            parser.error(f"--to {folder}: something stands there; name a folder that is empty or not there yet")
        copy(said.root, folder)
    for path in render(folder, said.repository, said.ref):
        print(f"rendered {path}")
    return 0


def make_parser() -> argparse.ArgumentParser:
    """The words that this program knows."""
    parser = argparse.ArgumentParser(
        prog="render.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ref", required=True, help="the tag, branch or commit that `$/` becomes")
    parser.add_argument("--repository", default="twinrail/twinrail", metavar="OWNER/NAME", help="default: %(default)s")
    parser.add_argument("--root", type=Path, default=PACK, metavar="FOLDER", help="the pack; default: this one")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", type=Path, metavar="FOLDER", help="a folder for the rendered copy")
    where.add_argument("--in-place", action="store_true", help="change the files where they stand")
    return parser


def copy(root: Path, to: Path) -> None:
    """Copies what belongs to the pack, as it stands in the working tree."""
    git = [shutil.which("git") or "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=root, check=True, capture_output=True).stdout.decode().split("\0")
    for name in sorted({each for each in listed if each and not each.startswith(LEFT_OUT)}):
        if (root / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, to / name, follow_symlinks=False)


def render(root: Path, repository: str, ref: str) -> Iterator[Path]:
    """Each file below `root` that had something to render, rendered."""
    for path in sorted(each for pattern in RENDERED for each in root.glob(pattern)):
        before = path.read_text(encoding="utf-8")
        after = rendered(before, repository, ref)
        if after != before:
            path.write_text(after, encoding="utf-8")
            yield path.relative_to(root)


def rendered(text: str, repository: str, ref: str) -> str:
    """The YAML `text` as act and GitHub Enterprise Server understand it."""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        if not for_github_com(line, kept):
            kept.append(SELF.sub(rf"\g<1>{repository}/\g<2>@{ref}", line))
    return "".join(kept)


def for_github_com(line: str, before: list[str]) -> bool:
    """Whether only github.com understands `line`, which stands below the lines `before`."""
    return any(
        form.match(line.strip() + "\n") and (under is None or parent(line, before) == under)
        for form, under in GITHUB_COM_ONLY
    )


def parent(line: str, before: list[str]) -> str:
    """The line in `before` that `line` stands under, without its indentation and comment."""
    for each in reversed(before):
        if each.strip() and indentation(each) < indentation(line):
            return each.partition(" #")[0].strip()
    return ""


def indentation(line: str) -> int:
    """The number of blanks that `line` begins with."""
    return len(line) - len(line.lstrip(" "))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
