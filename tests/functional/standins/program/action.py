"""What an action is given, and what it tells the runner."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class Refused(Exception):
    """What the real action refuses too, or what its stand-in cannot do."""


@dataclass(frozen=True)
class Action:
    """An action and its inputs; one that was not given and has no default is an empty text."""

    name: str
    inputs: Mapping[str, str]

    def text(self, name: str) -> str:
        """An input that must not be empty."""
        if not self.inputs[name]:
            raise Refused(f"Input required and not supplied: {name}")
        return self.inputs[name]

    def lines(self, name: str) -> list[str]:
        """The lines of an input that say something."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def flag(self, name: str) -> bool:
        """An input that is true or false."""
        return self.choice(name, "true", "false") == "true"

    def choice(self, name: str, *words: str) -> str:
        """An input that is one of `words`."""
        if (word := self.inputs[name].lower()) not in words:
            raise Refused(f"{name} is {self.inputs[name]!r}; it may be {', '.join(words)}")
        return word

    def number(self, name: str, most: int) -> int:
        """An input that is a whole number from 0 to `most`."""
        text = self.inputs[name] or "0"
        if not text.isdecimal() or int(text) > most:
            raise Refused(f"{name} is {text!r}; it may be a whole number from 0 to {most}")
        return int(text)

    def only(self, **allowed: str) -> None:
        """Refuses what the stand-in cannot do: each input named here (with _ for -) must have the value named here."""
        for name, value in ((name.replace("_", "-"), value) for name, value in allowed.items()):
            if self.inputs[name] != value:
                raise Refused(f"the stand-in for {self.name} knows only {name}: {value or 'nothing'}")


def known(metadata: Path) -> list[str]:
    """The inputs that the action declares, which are those of the real one: a line each."""
    declared = metadata.read_text(encoding="utf-8").partition("\ninputs:\n")[2].partition("\noutputs:\n")[0]
    return re.findall(r"^  ([\w-]+): \{", declared, re.MULTILINE)


def inputs(name: str, declared: list[str]) -> dict[str, str]:
    """What the runner hands over, by the names that the action declares; any other name is refused."""
    given = {each.removeprefix("INPUT_"): value for each, value in os.environ.items() if each.startswith("INPUT_")}
    unknown = sorted(given.keys() - {each.upper() for each in declared})
    if unknown:
        listed = ", ".join(each.lower() for each in unknown)
        raise Refused(f"{name} has no input {listed}; it knows {', '.join(declared)}")
    return {each: given.get(each.upper(), "").strip() for each in declared}


def output(name: str, value: str) -> None:
    """Sets an output of the step."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"{name}={value}\n")


def say(level: str, message: str) -> None:
    """Annotates the run: `error`, `warning` or `notice`."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level}::{escaped}", flush=True)


def workspace(path: str = "") -> Path:
    """A path as an action means it: below the workspace, with `~` for the home folder."""
    return Path(os.path.normpath(Path(os.environ["GITHUB_WORKSPACE"], Path(path).expanduser())))
