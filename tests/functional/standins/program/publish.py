"""pypa/gh-action-pypi-publish 1: an index that is the folder STANDIN_INDEX."""

import os
import shutil
from pathlib import Path

from action import Action, Refused, workspace

DISTRIBUTIONS = (".whl", ".tar.gz")
ATTESTATION = ".publish.attestation"


def publish(action: Action) -> None:
    """Uploads the distributions of a folder; the index takes a file name once."""
    folder = workspace(action.text("packages-dir"))
    there = sorted(each for each in folder.glob("*") if each.is_file())
    if not any(each.name.endswith(DISTRIBUTIONS) for each in there):
        raise Refused(
            f"It looks like there are no Python distribution packages to publish in the directory '{folder}'."
        )
    for file in there:
        if not file.name.endswith((*DISTRIBUTIONS, ATTESTATION)):
            raise Refused(f"InvalidDistribution: Unknown distribution format: '{file.name}'")
    index = Path(os.environ["STANDIN_INDEX"])
    index.mkdir(parents=True, exist_ok=True)
    for file in there:
        put(file, index, skip=action.flag("skip-existing"))


def put(file: Path, index: Path, *, skip: bool) -> None:
    """Copies a file to the index."""
    if (index / file.name).exists():
        if not skip:
            raise Refused(f"HTTPError: 400 Bad Request: File already exists ('{file.name}')")
        print(f"Skipping {file.name} because it appears to already exist")
        return
    shutil.copyfile(file, index / file.name)
    print(f"Uploading {file.name}")
