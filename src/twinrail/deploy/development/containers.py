"""The containers of a stack as the engine shows them, and what their state means; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Standing = Literal["up", "done", "waits", "failed"]
"""A service that runs; one that has done what it was for; one on its way; one that will not get there by itself."""
_RESTARTS = 3
"""So often may a service begin anew before it counts as failed."""
PROJECT, SERVICE = "com.docker.compose.project", "com.docker.compose.service"
"""Compose's labels: the stack, and the service."""
FOLDER = f"{PROJECT}.working_dir"
"""Compose's label for the folder of the stack."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container of a service.

    Attributes:
        id: the engine's name of it.
        service: the compose file's name of it.
        status: the engine's word: created, running, restarting, exited, …
        health: starting, healthy or unhealthy; empty: nobody asks.
        code: the exit code of one that has ended.
        restarts: how often it began anew.
        ports: where each published port is reached: `{"8000": "127.0.0.1:8000"}`.
        folder: the folder of the stack that it was made in.
        image: its image, as the compose file calls it.
    """

    id: str
    service: str
    status: str
    health: str = ""
    code: int = 0
    restarts: int = 0
    ports: Mapping[str, str]
    folder: str = ""
    image: str = ""

    @property
    def standing(self) -> Standing:
        """What all that means."""
        match self.status:
            case "running":
                known: Mapping[str, Standing] = {"starting": "waits", "unhealthy": "failed"}
                return known.get(self.health, "up")
            case "exited" | "dead":
                return "failed" if self.code else "done"
            case _:
                return "failed" if self.restarts >= _RESTARTS else "waits"

    @property
    def words(self) -> str:
        """How it is, for people."""
        ended = f" with {self.code}" if self.status == "exited" else ""
        return self.health if self.status == "running" and self.health else f"{self.status}{ended}"


def read_container(told: Mapping[str, Any]) -> Container:
    """A container, out of what `docker inspect` tells."""
    labels, state = told["Config"].get("Labels") or {}, told["State"]
    return Container(
        id=str(told["Id"]),
        service=str(labels.get(SERVICE, "")),
        status=str(state["Status"]),
        health=str((state.get("Health") or {}).get("Status", "")).replace("none", ""),
        code=int(state.get("ExitCode") or 0),
        restarts=int(told.get("RestartCount") or 0),
        ports=_ports(told.get("NetworkSettings", {}).get("Ports") or {}),
        folder=str(labels.get(FOLDER, "")),
        image=str(told["Config"].get("Image", "")),
    )


def lacking(services: Collection[str], there: Collection[Container]) -> list[str]:
    """What is to be waited for yet, service by service: `db starting`."""
    known = {each.service for each in there}
    waiting = {each.service: each.words for each in there if each.standing == "waits"}
    return [f"{name} {waiting.get(name, 'not there')}" for name in services if name in waiting or name not in known]


def _ports(told: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for port, places in told.items():
        # Where it is bound to any address, this machine reaches it by its own.
        for each in places or ():
            host = "127.0.0.1" if each["HostIp"] in {"", "0.0.0.0", "::"} else each["HostIp"]  # noqa: S104  # compared  # nosec B104
            found.setdefault(port.removesuffix("/tcp"), f"{host}:{each['HostPort']}")
    return found
