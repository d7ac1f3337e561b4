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

    def otherwise(self) -> dict[str, str]:
        """Those that are there, and not as the file says, each with how it is and who uses it."""
        own = {key: name for key, name in self.names.items() if not (self.said[key] or {}).get("external")}
        there = self.engine.inspect("volume", *own.values())
        return {
            key: self._told(name, _made(there[name]))
            for key, name in own.items()
            if name in there and _made(there[name]) != _wanted(self.said[key] or {})
        }

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
        how = " ".join((driver, *(f"{key}={value}" for key, value in sorted(options.items()))))
        users = self.engine.run(
            "ps", "--all", "--filter", f"volume={name}", "--format", "{{.Names}}", quiet=True
        ).split()
        used = f"; in use by {', '.join(sorted(users))}" if users else ""
        return f"The volume {name} is there already, made otherwise ({how}){used}. Its data is in it: name another one."


def _wanted(said: Said) -> tuple[str, dict[str, str]]:
    options = said.get("driver_opts") or {}
    return str(said.get("driver") or "local"), {str(key): str(value) for key, value in options.items()}


def _made(told: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return str(told["Driver"]), dict(told.get("Options") or {})
