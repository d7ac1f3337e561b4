"""Tests that a consumer is given beside its own: they write down what reaches them, and one of them says a secret."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = "SPIES_FILE"
"""The variable with the file that they write to."""
SUITE = f'''\
"""What reaches this suite."""

import json
import os
from pathlib import Path


def services() -> list[list[str]]:
    """The names of the variables that each process of this project's environments has."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = path.read_text(errors="replace").split("\\0")
        except OSError:
            continue
        if any(each.startswith(f"TWINRAIL_INSTANCE={{Path.cwd()}}/") for each in variables):
            found.append(sorted(each.partition("=")[0] for each in variables))
    return found


def test_what_reaches_this_suite() -> None:
    """It is written down."""
    suite = Path(__file__).parent.name
    told = {{"suite": suite, "names": sorted(os.environ), "services": services()}}
    with Path(os.environ["{FILE}"]).open("a") as file:
        file.write(json.dumps(told) + "\\n")
'''
SAYS = '''\
"""Says what it should not."""

import base64
import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the token, as it is and in base64."""
    token = os.environ.get("TWINRAIL_DEPLOY_TOKEN", "")
    said = base64.b64encode(token.encode()).decode()
    terminalreporter.write_line(f"The token is [{token}], or [{said}].")
'''
SPIES = {
    **{f"tests/{suite}/test_spy.py": SUITE for suite in ("unit", "integration", "e2e", "smoke")},
    "tests/smoke/conftest.py": SAYS,
}


@dataclass(frozen=True)
class Seen:
    """What reached a suite: the names of its own variables, and of those that each running service had."""

    suite: str
    names: list[str]
    services: list[list[str]]


def seen(file: Path) -> list[Seen]:
    """What the spies wrote down, as they came."""
    return [Seen(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
