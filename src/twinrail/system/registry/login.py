"""Who asks a registry: from two variables, a run's own token, or the file in which docker and podman keep logins."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinrail.system.command import Command
from twinrail.system.errors import RegistryError, ToolError
from twinrail.system.shell import Shell

USER = "TWINRAIL_REGISTRY_USER"
"""The variable with the user's name."""
PASSWORD = "TWINRAIL_REGISTRY_PASSWORD"  # noqa: S105  # nosec B105  # a variable's name  # pragma: allowlist secret
"""The variable with the password, or with a token."""
TOKEN = "TWINRAIL_GITHUB_TOKEN"  # noqa: S105  # nosec B105  # a variable's name  # pragma: allowlist secret
"""The variable with the token of a run on GitHub."""
_GITHUB = "ghcr.io"
"""GitHub's own registry: the token of a run is for no other."""
HUB = "https://index.docker.io/v1/"
"""What Docker's own registry is called where logins are kept."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who asks.

    Attributes:
        user: the name.
        password: the password, or a token; no text of this class shows it.
        source: where it was found, for people.
    """

    user: str
    password: str = field(repr=False)
    source: str = ""


def find_login(host: str, environ: Mapping[str, str], home: Path, shell: Shell) -> Login | None:
    """The login for a registry: that of the variables, else the run's for GitHub's own, else the one that is kept.

    None where there is none.

    Raises:
        RegistryError: half of it is set, or the file cannot be read.
    """
    if given := given_login(host, environ):
        return given
    for path in _files(environ, home):
        if found := _kept(_read(path), host, path, shell):
            return found
    return None


def given_login(host: str, environ: Mapping[str, str]) -> Login | None:
    """The login that the environment of a process holds: that of the variables, else the run's for GitHub's own.

    Raises:
        RegistryError: half of it is set.
    """
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        there, missing = (USER, PASSWORD) if user else (PASSWORD, USER)
        raise RegistryError(f"{there} is set, and {missing} is not.", todo="Set both, or neither.")
    if user:
        return Login(user=user, password=password, source=f"${USER}")
    if host == _GITHUB and (token := environ.get(TOKEN)):
        return Login(user="token", password=token, source=f"${TOKEN}")  # whose it is, it says itself
    return None


def _files(environ: Mapping[str, str], home: Path) -> list[Path]:
    docker = Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    named = environ.get("REGISTRY_AUTH_FILE")
    runtime = environ.get("XDG_RUNTIME_DIR")
    return [
        *([Path(named)] if named else []),
        docker,
        *([Path(runtime) / "containers" / "auth.json"] if runtime else []),
    ]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise RegistryError(
            f"The logins in {path} cannot be read.",
            why=type(error).__name__,
            todo=f"Mend it, or set {USER} and {PASSWORD}.",
        ) from error
    return told if isinstance(told, dict) else {}


def _kept(told: Mapping[str, Any], host: str, path: Path, shell: Shell) -> Login | None:
    keys = (HUB, host) if host == "docker.io" else (host, f"https://{host}", f"http://{host}")
    for key in keys:
        helper = _table(told, "credHelpers").get(key)
        if helper and (login := _helped(str(helper), key, shell)):
            return login
        if login := _plain(_table(told, "auths").get(key), path):
            return login
    store = told.get("credsStore")
    return _helped(str(store), keys[0], shell) if store else None


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _plain(entry: Any, path: Path) -> Login | None:
    if not isinstance(entry, dict) or not entry.get("auth"):
        return None
    try:
        user, colon, password = base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Login(user=user, password=password.rstrip("\0"), source=str(path)) if colon and user else None


def _helped(name: str, key: str, shell: Shell) -> Login | None:
    if not re.fullmatch(r"[\w.-]+", name):
        return None
    program = f"docker-credential-{name}"
    try:
        # What it prints is a password: nothing of it is logged.
        done = shell.run(Command(argv=(program, "get"), cwd=Path.cwd(), said=key), ok=(), quiet=True)
        told: Any = json.loads(done.stdout) if done.returncode == 0 else {}
    except (ToolError, ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not told.get("Username") or not told.get("Secret"):
        return None
    return Login(user=str(told["Username"]), password=str(told["Secret"]), source=program)
