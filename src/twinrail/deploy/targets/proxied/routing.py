"""Where traffic goes in an environment, as it was last set: kept beside the proxy, so that a new one knows it too."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from twinrail.deploy.moves import Steer
from twinrail.deploy.targets.proxied.backend import Backend
from twinrail.deploy.targets.proxied.routes import routes
from twinrail.system.files import read_json, write_json

_STEER = TypeAdapter(Steer)


@dataclass(frozen=True)
class Routing:
    """The routes of the environment in `folder`, each set of them with a number.

    Attributes:
        logged: whether people's requests stand in the access log as long as they meet two releases.
    """

    folder: Path
    logged: bool = False

    @property
    def number(self) -> int:
        """The number of the routes that were set last; 0 before the first."""
        return int(self._told.get("number", 0))

    def shares(self) -> dict[str, float]:
        """The share of traffic of each release, in percent, as it was last set."""
        return dict(self._told.get("shares", {}))

    def steering(self) -> Steer:
        """How people are told apart beside the shares, as it was last set."""
        told = self._told.get("steering")
        return _STEER.validate_python(told) if told else Steer()

    def change(
        self, backends: Sequence[Backend], shares: Mapping[str, float], steering: Steer | None = None
    ) -> dict[str, Any]:
        """Writes down where traffic goes; Traefik's dynamic configuration of it.

        Args:
            backends: all that may be reached, past the weights at least.
            shares: the share of traffic of each release, in percent.
            steering: how people are told apart beside them; None: as before.
        """
        steer, number = self.steering() if steering is None else steering, self.number + 1
        write_json(self._file, {"number": number, "shares": dict(shares), "steering": dataclasses.asdict(steer)})
        return {"http": routes(number, backends, shares, steer, logged=self.logged)}

    @property
    def _told(self) -> dict[str, Any]:
        return read_json(self._file) or {}

    @property
    def _file(self) -> Path:
        return self.folder / "proxy" / "state.json"
