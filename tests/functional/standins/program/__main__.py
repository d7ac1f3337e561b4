"""A small honest stand-in for an official action: `python3 PROGRAM NAME FOLDER`, where FOLDER holds its action.yml.

Standard library only. It does what the real action does, as far as the pack uses it, and refuses what it cannot do.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from action import Action, Refused, inputs, known, say

BODIES = {
    "checkout": "checkout",
    "setup-python": "setup_python",
    "upload-artifact": "upload_artifact",
    "download-artifact": "download_artifact",
    "gh-action-pypi-publish": "publish",
    "upload-sarif": "upload_sarif",
    "attest": "attest",
}
"""The module and function of each action: hundreds of them start, and each needs its own alone."""


def main(name: str, folder: str) -> int:
    """Acts as the action `name`; 0 when it did what it was asked for."""
    try:
        action = Action(name, inputs(name, known(Path(folder) / "action.yml")))
        record(action)
        body = BODIES[name]
        getattr(import_module(body), body)(action)
    except Refused as refused:
        say("error", str(refused))
        return 1
    return 0


def record(action: Action) -> None:
    """Writes down what the action was asked for."""
    line = {"action": action.name, "job": os.environ["GITHUB_JOB"], "inputs": action.inputs}
    with Path(os.environ["STANDIN_USED"]).open("a", encoding="utf-8") as used:
        used.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
