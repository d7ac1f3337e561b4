"""How much memory instances hold, as the engine counts it."""

import re
from collections.abc import Mapping, Sequence

from twinrail.deploy.targets.docker.engine import Engine

_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_SIZE = re.compile(r"([\d.]+)\s*([A-Za-z]+)")


def weights(engine: Engine, instances: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many bytes each instance holds, by its name; `instances` names the containers of each."""
    names = [name for each in instances.values() for name in each]
    if not names:
        return {}
    said = engine.run("stats", "--no-stream", "--format", "{{.Container}} {{.MemUsage}}", *names, quiet=True)
    held = {name: weight(usage) for name, _, usage in (line.partition(" ") for line in said.splitlines())}
    return {name: sum(held.get(each, 0) for each in containers) for name, containers in instances.items()}


def weight(usage: str) -> int:
    """The bytes in `12.3MiB / 256MiB`; 0 where there are none."""
    found = _SIZE.match(usage.strip())
    return round(float(found[1]) * _UNITS.get(found[2], 0)) if found else 0
