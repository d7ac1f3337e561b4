"""What a deploy left behind that should not be there: processes, ports, a lease, a rollout without an end."""

import contextlib
import time

import psutil

from benchmarks.ground import Ground
from twinrail.deploy.standing import unfinished


def leftovers(ground: Ground) -> list[str]:
    """What is not as it should be where one release serves everybody and nobody deploys."""
    shares = ground.place.target.state().shares
    if list(shares.values()) != [100.0]:
        return [f"the shares are {dict(shares)}"]
    return [*_processes(ground), *_ports(ground), *_written(ground)]


def _processes(ground: Ground) -> list[str]:
    written = {each.pid: each.name for each in ground.place.target.instances.all()}
    there = {each.pid for each in ground.processes()}
    healthy = ground.place.target.state().instances
    wanted = {ground.place.target.state().live: ground.place.environment.replicas}
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


def _ports(ground: Ground) -> list[str]:
    written = {each.port for each in ground.place.target.instances.all()}
    held: set[int] = set()
    for process in ground.processes():
        with contextlib.suppress(psutil.Error):
            held |= {each.laddr.port for each in process.net_connections() if each.status == psutil.CONN_LISTEN}
    return [f"port {each} is held and written down nowhere" for each in sorted(held - written)]


def _written(ground: Ground) -> list[str]:
    ledger = ground.place.ledger
    entries, faults = ledger.examine()
    holder, left = ledger.holder(), unfinished(entries)
    # A lease whose process is gone is nobody's: the next one takes it.
    held = holder and not holder.over(time.time(), time.monotonic())
    return [
        *(str(each) for each in faults),
        *([f"{holder.owner} holds the lease"] if holder and held else []),
        *([f"{left.release.name} is unfinished"] if left else []),
    ]
