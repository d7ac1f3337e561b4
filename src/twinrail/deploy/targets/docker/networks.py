"""The networks on which the instances of a stack stand: made where they are missing, as Compose makes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twinrail.deploy.targets.docker.definition import mapped
from twinrail.deploy.targets.docker.engine import Engine
from twinrail.system.errors import MoveFailed

Said = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Networks:
    """The networks of a compose file on which rolled services stand.

    Attributes:
        stack: the name of the stack.
        said: what the file says of each.
        names: what the engine calls each.
        overlay: whether they reach over all machines of a swarm.
    """

    engine: Engine
    stack: str
    said: Mapping[str, Said | None]
    names: Mapping[str, str]
    overlay: bool

    def wrong(self) -> dict[str, str]:
        """Those that others were to make and have not; how."""
        own = {key: name for key, name in self.names.items() if (self.said.get(key) or {}).get("external")}
        there = self.engine.inspect("network", *own.values())
        missing = {key: name for key, name in own.items() if name not in there}
        return {key: f"There is no network {name}, and whoever makes it is not we." for key, name in missing.items()}

    def make(self) -> None:
        """All of them are there.

        Raises:
            MoveFailed: the engine refuses, or one is there that no task of a swarm could join.
        """
        for key, name in sorted(self.names.items()):
            there = self.engine.inspect("network", name).get(name)
            if there is None:
                # As Compose marks its own, so that it takes them for its own.
                marks = (
                    f"--label=com.docker.compose.project={self.stack}",
                    f"--label=com.docker.compose.network={key}",
                )
                words = options(self.said.get(key) or {}, overlay=self.overlay)
                self.engine.run("network", "create", *words, *marks, name, data=True)
            elif self.overlay and not (there["Driver"] == "overlay" and there["Attachable"]):
                raise MoveFailed(
                    f"The network {name} is no attachable overlay, but a {there['Driver']}: no task could join it.",
                    why="It was made by Compose, or by the target compose.",
                    todo=f"Stop who stands on it, then:  docker network rm {name}",
                )


def options(said: Said, *, overlay: bool) -> list[str]:
    """The options of `docker network create` that a file asks for."""
    driver = "overlay" if overlay else said.get("driver")
    words = [f"--driver={driver}"] if driver else []
    words += ["--attachable"] if overlay or said.get("attachable") else []
    words += ["--internal"] if said.get("internal") else []
    words += ["--ipv6"] if said.get("enable_ipv6") else []
    words += [f"--opt={name}={value}" for name, value in mapped(said.get("driver_opts"))]
    words += [f"--label={name}={value}" for name, value in mapped(said.get("labels"))]
    return [*words, *_addresses(said.get("ipam") or {})]


def _addresses(said: Said) -> Iterator[str]:
    if said.get("driver") not in {None, "default"}:
        yield f"--ipam-driver={said['driver']}"
    for each in said.get("config") or ():
        yield from (
            f"--{key.replace('_', '-')}={each[key]}" for key in ("subnet", "gateway", "ip_range") if each.get(key)
        )
        yield from (f"--aux-address={name}={value}" for name, value in mapped(each.get("aux_addresses")))
