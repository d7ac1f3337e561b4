"""What a registry is asked and what its answers mean, through a server on loopback that wants to see a token."""

import base64
import io
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from twinrail.system.errors import RegistryError
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.client import DOCKER, Blob, Manifest, Registry
from twinrail.system.registry.login import Login
from twinrail.system.registry.reference import parse_reference, parse_repository

LOGIN = Login(user="ann", password="of:green", source="$HERE")
MANIFEST = Manifest(kind=DOCKER, data=b'{"config": {"digest": "sha256:1"}}')


class Handler(BaseHTTPRequestHandler):
    """Answers for the registry that its server guards."""

    def _any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        shown = self.headers.get("Authorization", "")
        status, headers, told = self.server.guarded.answer(self.command, self.path, shown, body)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(told)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        """Says nothing."""


for method in ("GET", "PUT", "POST", "HEAD"):
    setattr(Handler, f"do_{method}", Handler._any)


@dataclass
class Guarded:
    """A registry that wants a token, and gives one to whoever knows the password; each request is noted."""

    asked: list[str] = field(default_factory=list)
    tokens: int = 0
    refuse: tuple[int, dict[str, object]] | None = None
    realm: str = ""
    elsewhere: str = ""

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.guarded = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def host(self):
        return f"127.0.0.1:{self.server.server_port}"

    def answer(self, command, path, shown, body):
        """Status, headers and body of an answer."""
        size = f" {len(body)}" if body else ""
        self.asked.append(f"{command} {path.partition('?')[0]} {shown.partition(' ')[0]}".strip() + size)
        if path.startswith("/token"):
            return self._token(shown)
        if shown != f"Bearer t{self.tokens}" or not self.tokens:
            realm = self.realm or f"http://{self.host}/token"
            return 401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="s"'}, b""
        if self.refuse and command != "HEAD":
            return self.refuse[0], {}, json.dumps(self.refuse[1]).encode()
        return {
            "POST": (202, {"Location": f"{self.elsewhere}/upload?state=1"}, b""),
            "PUT": (201, {}, b""),
            "GET": (200, {"Content-Type": DOCKER}, MANIFEST.data),
        }.get(command, (404, {}, b""))

    def _token(self, shown):
        if shown != f"Basic {base64.b64encode(b'ann:of:green').decode()}":
            return 401, {}, b""
        self.tokens += 1
        return 200, {}, json.dumps({"token": f"t{self.tokens}"}).encode()

    def registry(self, login=LOGIN):
        """It, asked by somebody."""
        repository = parse_repository(f"{self.host}/team/shop")
        return Registry(repository=repository, authority=Authority(repository=repository, login=login))


@pytest.fixture
def guarded():
    with Guarded() as server:
        yield server


def blob(data=b"layer"):
    return Blob(digest=f"sha256:{'1' * 64}", size=len(data), open=lambda: io.BytesIO(data))


def test_a_token_is_fetched_once(guarded):
    """The password goes where tokens are given, the token everywhere else, the body once."""
    assert guarded.registry().upload(blob())
    path = f"/v2/team/shop/blobs/sha256:{'1' * 64}"
    assert [f"HEAD {path}", "GET /token Basic", f"HEAD {path} Bearer", "POST /v2/team/shop/blobs/uploads/ Bearer",
            "PUT /upload Bearer 5"] == guarded.asked  # fmt: skip


def test_a_token_that_runs_out_meanwhile(guarded):
    """Another is fetched, and what was being sent is sent anew."""
    registry = guarded.registry()
    registry.has("sha256:1")
    guarded.tokens += 1
    registry.put(MANIFEST, "1.4.0")
    assert "PUT /v2/team/shop/manifests/1.4.0 Bearer 34" == guarded.asked[-1]
    assert 3 == guarded.tokens


def test_no_password_and_no_token_goes_elsewhere(guarded):
    """Neither to a realm without https, nor to another host that takes the layers."""
    guarded.realm = "http://tokens.example/"
    with pytest.raises(RegistryError, match=r"wants a token from 'http://tokens\.example/'"):
        guarded.registry().has("sha256:1")
    assert 1 == len(guarded.asked)
    guarded.realm = ""
    with Guarded() as store:
        guarded.elsewhere = f"http://{store.host}"
        with pytest.raises(RegistryError):
            guarded.registry().upload(blob())
    assert ["PUT /upload 5"] == store.asked


@pytest.mark.parametrize(
    ("refused", "what", "why", "todo"),
    [
        (
            (403, "DENIED"),
            r"ann \(from \$HERE\) may not push to 127",
            "requested access is denied",
            "the right to push",
        ),
        ((404, "NAME_UNKNOWN"), "There is no 127", "requested access is denied", "Make the repository there"),
        ((413, "SIZE_INVALID"), "could not do it: 413", "No tag was set", "larger layers"),
        ((429, "TOOMANYREQUESTS"), "could not do it: 429", "No tag was set", "Wait"),
        ((500, "UNKNOWN"), "could not do it: 500", "no space left on device", "Make room on the registry's disk"),
    ],
)
def test_what_a_refusal_means(guarded, refused, what, why, todo):
    """Each says what happened, in the registry's own words, and what to do."""
    detail = {"detail": "write: no space left on device"} if refused[1] == "UNKNOWN" else {}
    guarded.refuse = (refused[0], {"errors": [{"code": refused[1], "message": "requested access is denied", **detail}]})
    with pytest.raises(RegistryError, match=what) as told:
        guarded.registry().upload(blob())
    assert (True, True) == (why in told.value.why, todo in told.value.todo)


def test_who_is_refused(guarded):
    """Nobody is told that a login is wanted; a wrong password, whose it is."""
    with pytest.raises(RegistryError, match="wants a login"):
        guarded.registry(None).manifest("1")
    wrong = Login(user="ann", password="word", source="$HERE")
    with pytest.raises(RegistryError, match=r"refuses the login of ann \(from \$HERE\)"):
        guarded.registry(wrong).manifest("1")


def test_what_comes_is_what_was_asked_for(guarded):
    """A manifest is held against the digest that it was asked by; its bytes stay as they are."""
    assert MANIFEST == guarded.registry().manifest(MANIFEST.digest)
    with pytest.raises(RegistryError, match="gives something else"):
        guarded.registry().manifest(f"sha256:{'0' * 64}")


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("registry.example/team/shop", "registry.example", "team/shop"),
        ("localhost/shop", "localhost", "shop"),
        ("127.0.0.1:5000/a__b/c-d", "127.0.0.1:5000", "a__b/c-d"),
        ("team/shop", "docker.io", "team/shop"),
        ("shop", "docker.io", "library/shop"),
    ],
)
def test_a_name_and_its_registry(text, host, path):
    """The first part is a registry when it looks like a host."""
    assert (host, path) == ((found := parse_repository(text)).host, found.path)


@pytest.mark.parametrize(
    "text", ["", "registry.example/", "Shop", "a.b/../c", "user@a.b/c", "a.b/c@sha256:1", "a.b/c:1"]
)
def test_what_is_no_reference(text):
    """Nothing of it becomes part of an address."""
    with pytest.raises(RegistryError):
        parse_reference(text)
    with pytest.raises(RegistryError):
        parse_repository(text)


def test_loopback_alone_is_asked_without_tls():
    """Everything else by https."""
    roots = {
        each: parse_repository(f"{each}/a").root
        for each in ("127.0.0.1:5", "localhost:5", "127.evil.example", "10.0.0.1:5")
    }
    assert {"127.0.0.1:5": "http://127.0.0.1:5", "localhost:5": "http://localhost:5",
            "127.evil.example": "https://127.evil.example", "10.0.0.1:5": "https://10.0.0.1:5"} == roots  # fmt: skip
