"""A program to run, said so that it can be pasted, and what came of it."""

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The caller's own Python must not leak into a tool that runs in another virtual environment,
# nor the repository of a git hook that started us into a git that works on another one.
_DROPPED = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__",
            "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")  # fmt: skip

WITHHELD = ("TWINRAIL_REGISTRY_PASSWORD", "TWINRAIL_SIGNING_KEY", "TWINRAIL_GITHUB_TOKEN")
"""What opens a registry, or signs: it reaches a program that names it among its secrets, and no other."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to run.

    Attributes:
        argv: the program and its arguments; a secret never stands here.
        cwd: the directory that it runs in.
        env: what is declared on top of the caller's environment.
        secrets: names of variables whose values reach the program but no log and no record.
        inherited: the names of the caller's variables that the program gets; None: all but those of its
            Python, and those that are withheld.
        stdin: a file that it reads as its standard input; None: nothing.
        tool: name, version and source of the tool, for the run record; empty where it is no tool of a session.
        said: a text that it finds there instead.
        within: after how many seconds it is ended; 0: it takes as long as it takes.
        spoken: hides more than the values of `secrets` in what it prints; None: nothing.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    inherited: tuple[str, ...] | None = None
    stdin: Path | None = None
    tool: str = ""
    said: str = field(default="", repr=False)
    within: float = 0.0
    spoken: Callable[[str], str] | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        """The command as it can be pasted into a shell that stands in `cwd`."""
        shown = {name: "***" if name in self.secrets else value for name, value in self.env.items()}
        read = [f"< {shlex.quote(str(self.stdin))}"] if self.stdin else []
        return " ".join(
            [*(f"{name}={shlex.quote(value)}" for name, value in shown.items()), shlex.join(self.argv), *read]
        )

    def hide(self, text: str) -> str:
        """A text in which `***` stands for the value of each secret."""
        for name in self.secrets:
            if value := self.env.get(name) or os.environ.get(name):
                text = text.replace(value, "***")
        return self.spoken(text) if self.spoken else text

    def environment(self) -> dict[str, str]:
        """All variables that the program gets."""
        kept = (
            [name for name in os.environ if name not in {*_DROPPED, *WITHHELD}]
            if self.inherited is None
            else self.inherited
        )
        taken = (*kept, *self.secrets)
        return {name: os.environ[name] for name in taken if name in os.environ} | dict(self.env)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A command that ended.

    Attributes:
        returncode: its exit code; negative when a signal ended it.
        stdout: all that it wrote to standard output.
        stderr: all that it wrote to standard error.
        seconds: how long it took.
        late: whether it was ended, because it took too long.
    """

    command: Command
    returncode: int
    stdout: str
    stderr: str
    seconds: float
    late: bool = False

    @property
    def tail(self) -> str:
        """Its last words: up to 12 lines of standard error, else of standard output."""
        return "\n".join((self.stderr.strip() or self.stdout.strip()).splitlines()[-12:])
