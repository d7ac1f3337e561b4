"""Locks the pack's own tools anew: `uv run scripts/lock.py [--upgrade]`.

Each `src/twinrail/locks/NAME.in` becomes `NAME.txt`: universal, with hashes, without a word on where it was found.
"""
# /// script
# requires-python = ">=3.11"
# dependencies = ["uv>=0.9"]
# ///

import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[1]
OPTIONS = ("--universal", "--generate-hashes", "--python-version", "3.11")
QUIET = ("--quiet", "--no-header", "--no-annotate", "--no-emit-index-url")


def main() -> None:
    """Locks every use of the pack's tools."""
    for source in sorted((ROOT / "src/twinrail/locks").glob("*.in")):
        inputs = [str(source), *([str(ROOT / "pyproject.toml")] if source.stem == "pack" else [])]
        output = ("--output-file", str(source.with_suffix(".txt")))
        command = [find_uv_bin(), "pip", "compile", *OPTIONS, *QUIET, *sys.argv[1:], *output, *inputs]
        print("$", *command)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
