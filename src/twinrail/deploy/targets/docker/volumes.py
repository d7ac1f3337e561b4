"""The volumes of a stack: made where they are missing, as Compose makes them; what is there is never made anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twinrail.deploy.targets.docker.engine import Engine

Said = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Volumes:
    """The volumes that a compose file names.

    Attributes:
        stack: the name of the stack.
        said: what the file says of each.
        names: what the engine calls each.
    """

    engine: Engine
    stack: str
    said: Mapping[str, Said | None]
    names: Mapping[str, str]

    def wrong(self) -> dict[str, str]:
        """Those that are there and not as the file says, and those that others were to make and have not; how."""
        there = self.engine.inspect("volume", *self.names.values())
        found: dict[str, str] = {}
        for key, name in self.names.items():
            said = self.said[key] or {}
            if said.get("external"):
                found |= {} if name in there else {key: f"There is no volume {name}, and whoever makes it is not we."}
            elif name in there and _made(there[name]) != _wanted(said):
                found[key] = self._told(name, _made(there[name]))
        return found

    def make(self, keys: Iterable[str]) -> None:
        """Those of these names are there.

        Raises:
            MoveFailed: the engine refuses.
        """
        for key in sorted({*keys} & {*self.names}):
            name = self.names[key]
            if name in self.engine.inspect("volume", name):
                continue
            driver, options = _wanted(self.said[key] or {})
            words = [f"--driver={driver}", *(f"--opt={option}={value}" for option, value in options.items())]
            # As Compose marks its own, so that it takes them for its own.
            marks = (f"--label=com.docker.compose.project={self.stack}", f"--label=com.docker.compose.volume={key}")
            self.engine.run("volume", "create", *words, *marks, name, data=True)

    def _told(self, name: str, made: tuple[str, dict[str, str]]) -> str:
        driver, options = made
        # Their values may hold a password.
        how = f"{driver}, its options: {', '.join(sorted(options))}" if options else driver
        users = self.engine.run(
            "ps", "--all", "--filter", f"volume={name}", "--format", "{{.Names}}", quiet=True
        ).split()
        used = f"; in use by {', '.join(sorted(users))}" if users else ""
        return f"The volume {name} is there already, made otherwise ({how}){used}. Its data is in it: name another one."


def _wanted(said: Said) -> tuple[str, dict[str, str]]:
    options = said.get("driver_opts") or {}
    return _plugin(said.get("driver") or "local"), {str(key): str(value) for key, value in options.items()}


def _made(told: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return _plugin(told["Driver"]), dict(told.get("Options") or {})


def _plugin(driver: Any) -> str:
    # An engine tells the tag of a driver's plugin, which a file need not.
    return str(driver).removesuffix(":latest")
