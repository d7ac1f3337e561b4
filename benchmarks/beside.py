"""Parts of a bench as processes of their own, several at once: each line that one says begins with its name."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.load import ROOT

_going: set["subprocess.Popen[str]"] = set()


def side_by_side(names: Sequence[str], at_once: int) -> list[int]:
    """The exit codes of those parts; whoever ends this ends them."""
    with ThreadPoolExecutor(at_once) as pool:
        try:
            return list(pool.map(_run, names))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in tuple(_going):
                with contextlib.suppress(OSError):
                    process.terminate()
            raise


def _run(name: str) -> int:
    words = (sys.executable, "-m", "benchmarks.rollouts", "--part", name)
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:  # fmt: skip
        _going.add(process)
        for line in process.stdout or ():
            print(f"{name}: {line.rstrip().removeprefix(f'{name}: ')}", flush=True)
    _going.discard(process)
    return process.returncode
