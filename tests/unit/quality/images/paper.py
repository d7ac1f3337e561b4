"""A builder that has no engine."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from twinrail.system.command import Command

PYTHON = "python3"
BASE = "registry.example/python:3.13"
ID, DIGEST = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
LOST = "#17 exporting to image\n#17 ERROR: layer does not exist"


@dataclass
class Paper:
    """A builder that builds nothing: what it has is what it was told to have; it answers by real programs."""

    root: Path
    has: dict[str, list[str]] = field(default_factory=dict)
    id: str = ID
    fails: str = ""
    loses: int = 0
    silent: str = ""
    machine: str = "amd64"
    secrets: bool = True
    fetches: bool = False
    name: ClassVar[str] = "paper"
    title: ClassVar[str] = "paper 1"

    def inspect(self, reference):
        if reference not in self.has:
            return self.say("", code=1)
        told = {
            "Id": self.id,
            "RepoDigests": [f"registry.example/python@{DIGEST}"],
            "RootFS": {"Layers": self.has[reference]},
            "Os": "linux",
            "Architecture": self.machine,
        }
        return self.say(json.dumps([told]))

    def pull(self, reference, platform=""):
        if platform and not self.silent:
            self.machine = platform.partition("/")[2]
            return self.say(reference)
        return self.say(self.silent or f"no such registry as that of {reference}", code=1)

    def build(self, plan):
        if self.loses:
            tries = self.root / "tries"
            program = (
                f"import sys; tries = open({str(tries)!r}, 'a+'); tries.write({'F' if plan.fresh else '.'!r}); "
                f"lost = tries.tell() <= {self.loses}; print({LOST!r} if lost else 'built'); sys.exit(lost)"
            )
            return Command(argv=(PYTHON, "-c", program), cwd=self.root)
        return self.say(self.fails or f"built {plan.name}", code=1 if self.fails else 0)

    def save(self, reference, name, to):
        return self.say(self.fails or f"{reference} is {name} in {to}", code=1 if self.fails else 0)

    def load(self, archive):
        return self.say(f"loaded {archive}")

    def say(self, text, *, code=0):
        program = f"import sys; print({text!r}); sys.exit({code})"
        return Command(argv=(PYTHON, "-c", program), cwd=self.root)
