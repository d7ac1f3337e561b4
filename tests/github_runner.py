"""GitHub's runner as a step meets it: how it reads the files that a step writes, and the commands in its log.

Written after FileCommandManager.cs, ActionCommand.cs and ActionCommandManager.cs of actions/runner.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

KNOWN = frozenset(
    {"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
     "save-state", "set-env", "set-output", "stop-commands", "warning"}
)  # fmt: skip
"""The commands that the runner knows; what is called otherwise is a line like any other."""
_TEXT = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (*_TEXT[:2], ("%3A", ":"), ("%2C", ","), _TEXT[2])
_OLD = re.compile(r"##\[(?P<name>[^\] ]+)(?P<more>[^\]]*)\](?P<text>.*)")


def unescaped(text: str, forms: Iterable[tuple[str, str]] = _TEXT) -> str:
    """What an escaped text means."""
    for written, meant in forms:
        text = text.replace(written, meant)
    return text


def read_outputs(text: str) -> dict[str, str]:
    """What a file of outputs says; the step fails where this raises."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n")[:-1] if text.endswith("\n") else text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc < 0 and equals < 0:
            raise ValueError(f"Invalid format {line[:80]!r}")
        if 0 <= equals and not 0 <= heredoc < equals:
            name, _, value = line.partition("=")
        else:
            name, _, end = line.partition("<<")
            if not (name and end):
                raise ValueError(f"Invalid format {line[:80]!r}: name and delimiter must not be empty")
            value = "\n".join(_until(end, lines))
        found[name] = value
    return found


def _until(end: str, lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if line == end:
            return
        yield line
    raise ValueError(f"Invalid value. Matching delimiter not found {end!r}")


@dataclass(frozen=True)
class Said:
    """A command that the runner obeyed."""

    name: str
    text: str = ""
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Log:
    """A log as the runner reads it.

    Attributes:
        obeyed: the commands, in their order.
        lines: what is shown, of lines that are no commands.
        stopped: the word that ends a stretch in which nothing is a command, or empty.
    """

    obeyed: list[Said] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    stopped: str = ""

    def read(self, text: str) -> "Log":
        """Takes what a step printed."""
        for line in re.split(r"\r\n|\r|\n", re.sub(r"(\r\n|\r|\n)\Z", "", text)) if text else ():
            said = _new_form(line, KNOWN | {self.stopped}) or _old_form(line, KNOWN | {self.stopped})
            if self.stopped and said and said.name.lower() == self.stopped.lower():
                self.stopped = ""
            elif self.stopped or not said:
                self.lines.append(line)
            elif said.name == "stop-commands":
                self.stopped = said.text
            else:
                self.obeyed.append(said)
        return self

    def named(self, name: str) -> list[Said]:
        """The commands of that name."""
        return [each for each in self.obeyed if each.name == name]

    @property
    def open_folds(self) -> int:
        """How many folds were begun and not ended."""
        return len(self.named("group")) - len(self.named("endgroup"))


def _new_form(line: str, known: Iterable[str]) -> Said | None:
    info, found, text = line.lstrip().removeprefix("::").partition("::")
    if not (line.lstrip().startswith("::") and found):
        return None
    name, _, more = info.partition(" ")
    pairs = [each.split("=", 1) for each in more.strip().split(",") if "=" in each.strip("=")]
    properties = {key: unescaped(value.lstrip("="), _PROPERTY) for key, value in pairs}
    return Said(name, unescaped(text), properties) if name in known else None


def _old_form(line: str, known: Iterable[str]) -> Said | None:
    found = _OLD.search(line)
    return Said(found["name"], unescaped(found["text"])) if found and found["name"] in known else None
