"""The shop in a swarm: each release a set of services, on the engine that `source scripts/engine.sh` starts."""

import json
import time
from dataclasses import dataclass
from typing import ClassVar

from benchmarks.stack import STACK, StackGround, docker

LOOK = (
    "exec 3<>/dev/tcp/127.0.0.1/8000; echo -e 'GET /healthz HTTP/1.0\\r\\n\\r' >&3; "
    'read -r _ code _ <&3; cat <&3 >/dev/null; [ "$$code" = 200 ]'
)
"""A look at the health of the service that costs little."""
HEALTH = {"test": ["CMD", "bash", "-c", LOOK], "interval": "2s", "timeout": "5s", "retries": 2, "start_period": "30s"}
_PATIENCE = 60.0
"""How long what was removed may take to be gone, in seconds."""


@dataclass(kw_only=True)
class SwarmGround(StackGround):
    """An environment of the target `swarm`: what is rolled in place, swarm rolls."""

    target: ClassVar[str] = "swarm"
    text: ClassVar[str] = STACK.replace(
        "depends_on: [store]}", f"depends_on: [store], healthcheck: {json.dumps(HEALTH)}}}"
    )

    def __post_init__(self) -> None:
        # Swarm watches each instance for as long as it may take to end, and longer.
        self.options = {"drain": "5s", **self.options}
        super().__post_init__()

    def strays(self) -> list[str]:
        """Tasks and services of releases that are not live."""
        live = self.place.target.state().live
        services = [one for each in self.place.target.sets.all() for one in each.services]
        wanted = {one.name for one in services}
        words = ("--filter", f"label={self._label}", "--format", '{{.Label "com.docker.swarm.service.name"}}')
        tasks = [each for each in docker("ps", *words).split("\n") if each]
        return [
            *(f"{one.name} is of {one.release}" for one in services if one.release != live),
            *(f"a task of {each} runs, which is not there" for each in sorted({*tasks} - wanted)),
            *self.miscounted(),
        ]

    def end(self) -> None:
        """Nothing of it is left in the swarm."""
        for kind in ("service", "secret", "config"):
            there = docker(kind, "ls", "--quiet", "--filter", f"label={self._label}").split()
            if there:
                docker(kind, "rm", *there)
        until = time.monotonic() + _PATIENCE
        while len(docker("ps", "--quiet", "--filter", f"label={self._label}").split()) > 1:
            if time.monotonic() > until:
                break
            time.sleep(1)
        super().end()
