"""How a registry is told who asks: by a password, or by a token that is fetched with it where the registry says."""

import base64
import json
import re
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urlsplit

from twinrail.system.errors import RegistryError
from twinrail.system.registry.login import Login
from twinrail.system.registry.reference import Repository, is_local
from twinrail.system.registry.refusals import refused
from twinrail.system.registry.transport import Request, send

_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(kw_only=True)
class Authority:
    """Who asks, and what the registry has given them to show.

    Attributes:
        login: the user and the password; None asks as nobody.
        shown: the header that goes with each request to the registry; empty as long as it wants none.
    """

    repository: Repository
    login: Login | None
    shown: str = ""

    def signed(self, request: Request) -> Request:
        """A request with what the registry wants to see; one that goes elsewhere is left as it is."""
        return replace(request, secret=self.shown) if self._ours(request.url) and self.shown else request

    def learn(self, url: str, headers: Message, *, push: bool) -> bool:
        """Takes up what a refusal at an address says must be shown; whether that is worth another try.

        What another host says, where layers may be stored, is not heard: it would get to see the login.

        Raises:
            RegistryError: the token is refused, or is to be fetched where a password may not go.
        """
        if not self._ours(url):
            return False
        kind, _, rest = headers.get("WWW-Authenticate", "").partition(" ")
        before = self.shown
        if kind.lower() == "basic" and self.login:
            self.shown = f"Basic {self._basic(self.login)}"
        elif kind.lower() == "bearer":
            self.shown = f"Bearer {self._token(dict(_CHALLENGE.findall(rest)), push=push)}"
        return self.shown != before

    def _ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self.repository.root)[:2]

    def _token(self, challenge: dict[str, str], *, push: bool) -> str:
        realm = challenge.get("realm", "")
        parts = urlsplit(realm)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local(parts.netloc)):
            raise RegistryError(
                f"{self.repository.host} wants a token from {realm!r}.",
                why="No password goes where it could be read on the way.",
                todo="Ask whoever runs the registry for an address with https.",
            )
        scope = f"repository:{self.repository.path}:{'pull,push' if push or self.login else 'pull'}"
        asked = {"service": challenge["service"]} if "service" in challenge else {}
        url = f"{realm}?{urlencode({**asked, 'scope': scope})}"
        secret = f"Basic {self._basic(self.login)}" if self.login else ""
        answer = send(Request(method="GET", url=url, headers={}, secret=secret), self.repository)
        if answer.status >= 300:  # noqa: PLR2004
            raise refused(answer, self.repository, self.login, push=push)
        try:
            told: Any = json.loads(answer.body)
            return str(told.get("token") or told["access_token"])
        except (ValueError, KeyError, AttributeError, RecursionError) as error:
            raise RegistryError(f"{parts.netloc} gives no token for {self.repository}.") from error

    @staticmethod
    def _basic(login: Login) -> str:
        return base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
