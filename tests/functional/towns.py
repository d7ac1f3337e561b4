"""A runner that stays: the machine on which `harbor` is deployed, and what serves there."""

import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from act import Act
from act_run import ActRun
from consumers import ENVIRONMENTS
from harbor import harbor


@dataclass
class Town:
    """The machine: its home, the project that is deployed on it, and the port of each environment."""

    root: Path
    home: Path
    ports: dict[str, int]

    def run(self, act: Act, **given: Any) -> ActRun:
        """A push, on this runner; environments that are asked say that they ask people."""
        env = {"RUNNER_ENVIRONMENT": "self-hosted", "HOME": str(self.home)}
        return act.run(self.root, variables={"TWINRAIL_PROTECTED": "yes"}, env=env, timeout=600, **given)

    def get(self, environment: str, route: str) -> str:
        """What an environment answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[environment]}{route}", timeout=10) as answer:
            said: str = answer.read().decode()
        return said

    def serving(self) -> dict[str, int]:
        """How many processes each environment of the home has, the proxy among them."""
        return {name: len(serving(self.home / "harbor" / name)) for name in ENVIRONMENTS}

    def down(self) -> str:
        """Stops what serves; what was said."""
        command = [sys.executable, "-m", "twinrail", "down", "--project", str(self.root)]
        env = {**os.environ, "HOME": str(self.home)}
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def open_town(folder: Path) -> Town:
    """A machine on which nothing serves yet."""
    (folder / "home").mkdir()
    return Town(folder / "harbor", folder / "home", harbor(folder / "harbor"))


def serving(folder: Path) -> list[str]:
    """The instances and proxies of environments in a folder or below it that live, whoever started them."""
    found = []
    marks = tuple(os.fsencode(f"TWINRAIL_INSTANCE={folder}{each}") for each in "/#")
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = path.read_bytes().split(b"\0")
        except OSError:
            continue
        found += [each.decode() for each in variables if each.startswith(marks)]
    return found
