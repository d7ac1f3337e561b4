"""Processes and ports that no instance of an environment should have any more."""

import contextlib
from collections.abc import Sequence

import psutil

from twinrail.deploy.environments import Place


def stray_processes(place: Place, processes: Sequence[psutil.Process]) -> list[str]:
    """What is wrong with the processes that run of an environment, and with the ports that they hold."""
    return [*_processes(place, processes), *_ports(place, processes)]


def _processes(place: Place, processes: Sequence[psutil.Process]) -> list[str]:
    written = {each.pid: each.name for each in place.target.instances.all()}
    there = {each.pid for each in processes}
    healthy = place.target.state().instances
    wanted = {place.target.state().live: place.environment.replicas}
    return [
        *(f"process {pid} is written down nowhere" for pid in sorted(there - written.keys())),
        *(f"{written[pid]} is written down and does not run" for pid in sorted(written.keys() - there)),
        *([f"{dict(healthy)} run, not {wanted}"] if dict(healthy) != wanted else []),
        *(
            [f"{len(there)} processes run, not {sum(wanted.values()) + 1}"]
            if len(there) != sum(wanted.values()) + 1
            else []
        ),
    ]


def _ports(place: Place, processes: Sequence[psutil.Process]) -> list[str]:
    written = {each.port for each in place.target.instances.all()}
    held: set[int] = set()
    for process in processes:
        with contextlib.suppress(psutil.Error):
            held |= {each.laddr.port for each in process.net_connections() if each.status == psutil.CONN_LISTEN}
    return [f"port {each} is held and written down nowhere" for each in sorted(held - written)]
