"""Processes of this machine, by their numbers: when they were born, and whether they are gone."""

import time

import psutil


def born(pid: int) -> float:
    """When a process was created, as the system says it; 0 where it has ended."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def gone(processes: list[psutil.Process], within: float) -> bool:
    """Whether all of them ended within so many seconds."""
    # psutil's own wait takes a zombie for a living process, and some containers bury their dead late.
    end = time.monotonic() + within
    while any(_breathes(each) for each in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _breathes(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
