"""What a part leaves behind where it was ended: processes, disks, files."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import psutil

from twinrail.deploy.targets.process.instances import MARK


def sweep(folder: Path, *, files: bool = True) -> int:
    """Nothing of what was started in `folder` runs any more, no disk is mounted there; how many processes there were.

    With `files` nothing is left of the folder itself.
    """
    ours = [each for each in psutil.process_iter() if _mark(each).startswith(f"{folder}/")]
    for process in ours:
        with contextlib.suppress(psutil.Error):
            process.kill()
    for disk in sorted(folder.rglob("disk")):
        if os.path.ismount(disk):
            subprocess.run(("umount", "--lazy", str(disk)), check=False)  # noqa: S607
    if files:
        shutil.rmtree(folder, ignore_errors=True)
    return len(ours)


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARK, "")
    except psutil.Error:
        return ""
