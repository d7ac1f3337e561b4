"""What git knows of the commits of a project: which comes from which, how old they are, who wrote them."""

import re
from dataclasses import dataclass
from pathlib import Path

from twinrail.system.command import Command, Finished
from twinrail.system.errors import ProjectError
from twinrail.system.shell import Shell

_OFFLINE = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
"""A clone that lacks a commit says so, and does not go and ask for it."""


@dataclass(frozen=True)
class Commits:
    """The history in which the project at `root` stands. What git does not know of a commit is left open.

    A shallow clone knows few commits, and may take one for no ancestor that is one; it never errs the other way.

    Every method raises `ToolError` where git cannot be started, and `ProjectError` where it does not trust the folder.
    """

    root: Path
    shell: Shell

    def leads(self, earlier: str, later: str) -> bool:
        """Whether git knows that the commit `later` comes from the commit `earlier`."""
        if not (_is_commit(earlier) and _is_commit(later)):
            return False
        return self._git("merge-base", "--is-ancestor", earlier, later).returncode == 0

    def when(self, commit: str) -> int:
        """The commit's time in seconds since 1970; 0 where git does not know it."""
        return int((self._show(commit, "%ct") or ["0"])[0])

    def authors(self, commit: str) -> tuple[str, ...]:
        """The names and addresses of the commit's author, as written and as `.mailmap` has them; empty if unknown."""
        return tuple(dict.fromkeys(self._show(commit, "%an%n%aN%n%ae%n%aE")))

    def text(self, commit: str, path: str) -> str | None:
        """What stands in the file at a path below the project, as the commit has it; None where it has none there."""
        if not _is_commit(commit):
            return None
        # `./` counts from the folder that git stands in, which need not be the repository's top.
        done = self._git("cat-file", "blob", f"{commit}:./{path}")
        return done.stdout if done.returncode == 0 else None

    def configured(self) -> tuple[str, ...]:
        """The name and the address under which commits would be made here, as far as git was told."""
        said = self._git("config", "-z", "--get-regexp", r"^user\.(name|email)$").stdout
        return tuple(each.partition("\n")[2] for each in said.split("\0") if each)

    def _show(self, commit: str, form: str) -> list[str]:
        if not _is_commit(commit):
            return []
        done = self._git("log", "-1", "--no-show-signature", f"--format={form}", commit, "--")
        return [line for line in done.stdout.splitlines() if line] if done.returncode == 0 else []

    def _git(self, *words: str) -> Finished:
        done = self.shell.run(Command(argv=("git", *words), cwd=self.root, env=_OFFLINE), ok=(), quiet=True)
        if "dubious ownership" in done.stderr:
            raise ProjectError(
                f"git does not trust {self.root}: it belongs to another user.",
                todo=f"Trust it:  git config --global --add safe.directory {self.root}",
            )
        return done


def _is_commit(text: str) -> bool:
    # A ledger may hold anything, and git takes what begins with a dash for an option.
    return re.fullmatch(r"[0-9a-f]{7,64}", text) is not None
