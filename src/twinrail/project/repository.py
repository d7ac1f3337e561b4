"""What can be read off a project: name, version, packages, scripts, tests, and the commit it stands at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from twinrail.system.command import Command
from twinrail.system.errors import ProjectError, RecordError
from twinrail.system.shell import Shell

STATE = ".twinrail"
"""The folder in a project that holds all that Twinrail keeps there; git does not see it."""

_LATER_TESTS = ("integration", "e2e", "smoke", "perf")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Python project.

    Attributes:
        root: the folder with `pyproject.toml`.
        name: the distribution's name.
        version: as `pyproject.toml` says it; empty when the build finds it out.
        scripts: the entries of `[project.scripts]`, in their order.
        data: all of `pyproject.toml`.
    """

    root: Path
    name: str
    version: str
    scripts: tuple[str, ...]
    data: Mapping[str, Any]

    @property
    def state(self) -> Path:
        """The folder that holds runs, virtual environments, artifacts and local environments."""
        return self.root / STATE

    @property
    def packages(self) -> tuple[str, ...]:
        """The import packages, as paths below the root: `src/shopfront`."""
        source = self.root / "src"
        folder = source if source.is_dir() else self.root
        found = sorted(each.parent.relative_to(self.root).as_posix() for each in folder.glob("*/__init__.py"))
        wanted = canonicalize_name(self.name).replace("-", "_")
        ours = [each for each in found if Path(each).name == wanted]
        return tuple(found if folder is source else ours or [each for each in found if each != "tests"])

    @property
    def tests(self) -> tuple[str, ...]:
        """The folders of the tests that need nothing but the code."""
        if (self.root / "tests" / "unit").is_dir():
            return ("tests/unit",)
        return ("tests",) if (self.root / "tests").is_dir() else ()

    @property
    def later_tests(self) -> tuple[str, ...]:
        """The folders of tests that belong to later sessions."""
        return tuple(f"tests/{name}" for name in _LATER_TESTS if (self.root / "tests" / name).is_dir())


def open_project(root: Path, data: Mapping[str, Any]) -> Project:
    """The project at `root`, whose `pyproject.toml` is `data`.

    Raises:
        ProjectError: it has no `[project] name`.
        RecordError: its folder `.twinrail` cannot be written.
    """
    table = data.get("project")
    if not isinstance(table, Mapping) or not table.get("name"):
        raise ProjectError(
            f"pyproject.toml in {root} has no [project] name.",
            why="Twinrail reads name, packages and scripts from there.",
            todo='Add a table [project] with name = "…" and version = "…".',
        )
    state = root / STATE
    try:
        state.mkdir(exist_ok=True)
        if not (state / ".gitignore").exists():
            (state / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise RecordError(
            f"{state} cannot be written: {error.strerror}.", todo="Make room, or give the right to write there."
        ) from error
    return Project(
        root=root,
        name=table["name"],
        version=table.get("version", ""),
        scripts=tuple(table.get("scripts", {})),
        data=data,
    )


@dataclass(frozen=True, kw_only=True)
class Commit:
    """The commit that the project stands at.

    Attributes:
        id: 40 hexadecimal digits; empty outside a git repository or before its first commit.
        when: its time in seconds since 1970.
        prefix: the project's folder below the repository's top, with a slash at its end, or empty.
        uncommitted: files below the project that differ from it, untracked ones too.
    """

    id: str = ""
    when: int = 0
    prefix: str = ""
    uncommitted: tuple[str, ...] = ()


def read_commit(project: Project, shell: Shell) -> Commit:
    """The commit that `project` stands at, or an empty one.

    Raises:
        ProjectError: git does not trust the folder, because it belongs to someone else.
    """

    def git(*words: str) -> str:
        env = {"GIT_OPTIONAL_LOCKS": "0"}
        done = shell.run(Command(argv=("git", *words), cwd=project.root, env=env), ok=(), quiet=True)
        if "dubious ownership" in done.stderr:
            raise ProjectError(
                f"git does not trust {project.root}: it belongs to another user.",
                todo=f"Trust it:  git config --global --add safe.directory {project.root}",
            )
        return done.stdout

    head = git("log", "-1", "--no-show-signature", "--format=%H %ct", "HEAD").split()
    if len(head) != 2:  # noqa: PLR2004
        return Commit()
    status = git("status", "--porcelain", "--untracked-files=all", "--no-renames", "-z", "--", ".").split("\0")
    prefix = git("rev-parse", "--show-prefix").strip()
    changed = tuple(entry[3:].removeprefix(prefix) for entry in status if entry)
    return Commit(id=head[0], when=int(head[1]), prefix=prefix, uncommitted=changed)


def pack_reference(text: str) -> str:
    """The ref of the pack that a noxfile's PEP 723 block names, or an empty text."""
    found = re.search(r"twinrail\s*@\s*git\+\S+?/twinrail@([^\s\"'#]+)", text)
    return found[1] if found else ""
