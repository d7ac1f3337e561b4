"""Deploys by a process of their own: one that may be killed, or may write no large file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from benchmarks.deployer import Point
from benchmarks.ground import Ground
from benchmarks.load import ROOT


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a deployer ended.

    Attributes:
        died: whether it was killed.
        said: what it said, where it lived.
        exit_code: how it ended, where it lived.
        written: the kinds of its entries, where it lived.
    """

    died: bool
    said: str = ""
    exit_code: int = 0
    written: tuple[str, ...] = ()


def deploy_elsewhere(
    ground: Ground,
    version: str,
    commit: int,
    *,
    point: Point | None = None,
    mood: Mapping[str, object] | None = None,
    file_size: int = 0,
) -> Ended:
    """A deploy of that version, or the way back where it is empty, by another process.

    Raises:
        RuntimeError: it ended by an error of its own.
    """
    spec = {
        "root": str(ground.root),
        "kind": ground.kind.where,
        "name": ground.name,
        "options": {**ground.options, "port": ground.place.target.port},
        "host": ground.host,
        "elsewhere": str(ground.elsewhere or ""),
        "version": version,
        "mood": dict(mood or {"name": "well"}),
        "commit": commit,
        "point": asdict(point or Point()),
        "file_size": file_size,
    }
    words = (sys.executable, "-m", "benchmarks.deployer", json.dumps(spec))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGKILL:
        return Ended(died=True)
    if not done.stdout.strip():
        raise RuntimeError(f"The deployer ended with {done.returncode}:\n{done.stderr}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Ended(died=False, said=told["said"], exit_code=told["exit_code"], written=tuple(told["written"]))
