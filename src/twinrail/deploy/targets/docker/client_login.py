"""A client of Docker that asks a registry by the login of whoever deploys, which stands in no argument."""

import base64
import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from twinrail.system.files import read_json, write_whole
from twinrail.system.registry.login import HUB, Login, given_login
from twinrail.system.registry.reference import parse_reference

_FILE = "config.json"


@contextlib.contextmanager
def client_login(image: str) -> Iterator[Path | None]:
    """A folder of settings for `docker` with that login, gone after the block; None where its own serve.

    Args:
        image: what it is to ask for, by digest: `registry.example/team/shop@sha256:…`; an id is asked for nowhere.

    Raises:
        RegistryError: half of a login is set.
    """
    host = parse_reference(image)[0].host if "@" in image else ""
    login = given_login(host, os.environ) if host else None
    if login is None:
        yield None
        return
    own = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    with tempfile.TemporaryDirectory(prefix="twinrail-docker-") as folder:
        for each in own.iterdir() if own.is_dir() else ():
            # Which engine is meant may stand there, and what else the client is told.
            if each.name != _FILE:
                (Path(folder) / each.name).symlink_to(each.resolve())
        told = with_login(_told(own / _FILE), host, login)
        write_whole(Path(folder) / _FILE, json.dumps(told))  # the folder is of mode 700
        yield Path(folder)


def with_login(told: Mapping[str, Any], host: str, login: Login) -> dict[str, Any]:
    """The settings of a client, with another login for a registry: a program that keeps logins would win over it."""
    key = HUB if host == "docker.io" else host
    word = base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    kept = {name: each for name, each in told.items() if name != "credsStore"}
    helpers = {name: each for name, each in (told.get("credHelpers") or {}).items() if name != key}
    return {**kept, "credHelpers": helpers, "auths": {**(told.get("auths") or {}), key: {"auth": word}}}


def _told(path: Path) -> dict[str, Any]:
    # What is no JSON the client passes over too, with a word of its own.
    with contextlib.suppress(OSError, ValueError):
        return dict(read_json(path) or {})
    return {}
