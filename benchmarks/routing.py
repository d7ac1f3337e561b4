"""What an environment's routes say, and what is wrong with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHOLE = 10_000
"""The weights of all releases together: hundredths of a percent."""


@dataclass(frozen=True, kw_only=True)
class Routing:
    """A version of the routes.

    Attributes:
        number: its number, counted by the target.
        weights: the weight of each release that has one.
        servers: the URLs of each release that people may meet, by its weight or by a rule.
    """

    number: int
    weights: Mapping[str, int]
    servers: Mapping[str, tuple[str, ...]]

    def faults(self) -> list[str]:
        """What is wrong with it on its face; empty where nobody is served yet."""
        found = []
        if self.weights and sum(self.weights.values()) != WHOLE:
            found.append(f"routes {self.number}: the weights {dict(self.weights)} do not add up to {WHOLE}")
        found += [f"routes {self.number}: {name} has traffic and no server"
                  for name, urls in self.servers.items() if not urls]  # fmt: skip
        return found


def read(path: Path) -> Routing:
    """The routes in a file.

    Raises:
        OSError: there is none.
    """
    told = json.loads(path.read_text(encoding="utf-8"))["http"]
    routers, services = told["routers"], told.get("services", {})
    weights: dict[str, int] = {}
    if "live" in routers:
        way = services["live"]
        dealt = way.get("weighted") or way.get("highestRandomWeight")
        weights = {each["name"]: int(each["weight"]) for each in dealt["services"]}
    steered = [str(each["service"]) for name, each in routers.items() if name.startswith("steer-")]
    return Routing(
        number=_number(routers),
        weights=weights,
        servers={name: _urls(services, name) for name in dict.fromkeys([*weights, *steered])},
    )


def _number(routers: Mapping[str, Any]) -> int:
    # Header(`X-Twinrail-Routes`, `17`)
    return int(str(routers["number"]["rule"]).split("`")[3])


def _urls(services: Mapping[str, Any], name: str) -> tuple[str, ...]:
    servers = services.get(name, {}).get("loadBalancer", {}).get("servers", [])
    return tuple(str(each["url"]) for each in servers)
