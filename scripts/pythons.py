"""Runs the unit tests on each Python from 3.11 on that is here: `pythons.py [--at-least N] [--others] [--newest]`."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
OLDEST = (3, 11)


def main() -> int:
    """0 when the tests pass on all of them and there are at least as many as asked for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--at-least", type=int, default=1, metavar="N", help="fail where fewer are found (default: 1)")
    words.add_argument("--others", action="store_true", help="leave out the Python that runs this")
    words.add_argument("--newest", action="store_true", help="of those that are left the newest alone")
    given = words.parse_args()
    least, own = given.at_least, sys.version_info[:2] if given.others else None
    chosen = [each for each in sorted(found().items()) if each[0] != own][-1 if given.newest else 0 :]
    results = {version: tests_on(path) for version, path in chosen}
    print("  ".join(f"Python {'.'.join(map(str, version))}: {code or 'passed'}" for version, code in results.items()))
    if len(results) < least:
        print(f"Only {len(results)} found, {least} are asked for.", file=sys.stderr)
        return 1
    return max(results.values(), default=0)


def found() -> dict[tuple[int, int], str]:
    """One CPython of each minor version from 3.11 on that is installed here, by version."""
    return {version: path for version, path in installed().items() if version >= OLDEST}


def installed() -> dict[tuple[int, int], str]:
    """One interpreter of each minor version that is installed here: those that uv finds, and those of pyenv."""
    command = [find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    # pyenv's shims answer for the chosen version alone, so uv does not see the others.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    paths = [each["path"] for each in listed] + sorted(map(str, pyenv.glob("versions/3.*/bin/python3")))
    return {version: path for path in reversed(paths) if (version := version_of(path))}


def version_of(python: str) -> tuple[int, int] | None:
    """The version of an interpreter, or None where it does not answer."""
    done = subprocess.run([python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, check=False)
    numbers = done.stdout.split()
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None  # noqa: PLR2004


def tests_on(python: str) -> int:
    """The exit code of the unit tests on an interpreter, in an environment of its own from the lock."""
    options = ("--isolated", "--locked", "--no-default-groups", "--group", "test", "--python", python)
    # The tests of the action's door start nox over and over; act runs that door on another Python anyway.
    chosen = ("tests/unit", "--ignore=tests/unit/cli", "-m", "not tools")
    command = [find_uv_bin(), "run", "--quiet", *options, "pytest", "-q", *chosen]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    print("$", *command, flush=True)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
