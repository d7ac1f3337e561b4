"""A commit laid out in a directory of its own, so that nothing uncommitted reaches what is built."""

import os
from pathlib import Path

from twinrail.project.repository import Commit, Project
from twinrail.system.command import Command
from twinrail.system.errors import ProjectError
from twinrail.system.shell import Shell


def export_commit(project: Project, commit: Commit, shell: Shell, to: Path) -> Path:
    """The project's folder in a fresh clone of `commit` at `to`, every file as old as the commit.

    A clone and not an archive: backends that take the version from a tag find it.

    Raises:
        ProjectError: there is no commit, or the project is not part of it.
    """
    if not commit.id:
        raise ProjectError(
            f"{project.root} is not in a git repository with a commit.",
            why="A package is built from a commit, so that it can be built again.",
            todo="Make one:  git init && git add . && git commit -m 'First'",
        )
    top = str(project.root.resolve()).removesuffix(commit.prefix.rstrip("/"))
    for words in (
        ("clone", "--quiet", "--shared", "--no-checkout", top, str(to)),
        ("-C", str(to), "-c", "advice.detachedHead=false", "checkout", "--quiet", commit.id),
    ):
        shell.run(Command(argv=("git", *words), cwd=project.root))
    folder = to / commit.prefix
    if not (folder / "pyproject.toml").is_file():
        raise ProjectError(
            f"pyproject.toml is not in the commit {commit.id[:7]}.", todo="Commit it:  git add . && git commit"
        )
    for path in to.rglob("*"):
        os.utime(path, (commit.when, commit.when), follow_symlinks=False)
    return folder
