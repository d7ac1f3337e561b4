"""Requests to a registry: blobs go up first, a manifest only after all that it names, a tag last of all."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from twinrail.system.errors import RegistryError
from twinrail.system.registry.authority import Authority
from twinrail.system.registry.reference import Repository
from twinrail.system.registry.refusals import refused
from twinrail.system.registry.transport import Answer, Request, send

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_ACCEPT = f"{DOCKER}, {OCI}, {INDEX}, {LIST}"
LARGEST = 4 * 2**20
"""The largest manifest that is read, in bytes: what registries take at most."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an image is made of, as a registry has it.

    Attributes:
        kind: its media type.
        data: its bytes; their digest is the image's.
    """

    kind: str
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """`sha256:…`."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"

    @property
    def told(self) -> Mapping[str, Any]:
        """What it says; nothing where it is no JSON object."""
        try:
            found: Any = json.loads(self.data)
        except (ValueError, RecursionError):
            found = None
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Bytes that go to a registry.

    Attributes:
        digest: `sha256:…`.
        size: how many.
        open: opens them anew, from the first.
    """

    digest: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class Registry:
    """One repository of a registry, and who asks it."""

    repository: Repository
    authority: Authority

    def manifest(self, reference: str) -> Manifest | None:
        """The manifest under a digest or a tag, or None where there is none.

        Raises:
            RegistryError: the registry does not answer, refuses, or answers with something else.
        """
        answer = self._ask("GET", f"manifests/{reference}", headers={"Accept": _ACCEPT}, none=True)
        if answer.status == 404:  # noqa: PLR2004
            return None
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        found = Manifest(kind=kind, data=answer.body)
        if reference.startswith("sha256:") and found.digest != reference:
            raise RegistryError(
                f"{self.repository.host} gives something else for {self.repository.by(reference)}.",
                why=f"What it gives is {found.digest}.",
                todo="Do not use this registry, nor what stands between here and it, before that is understood.",
            )
        return found

    def has(self, digest: str) -> bool:
        """Whether it has a blob."""
        return self._ask("HEAD", f"blobs/{digest}", none=True).status != 404  # noqa: PLR2004

    def blob(self, digest: str, *, most: int = LARGEST) -> bytes:
        """A small blob, whole, held against its digest.

        Raises:
            RegistryError: it is not there, larger than `most` bytes, or something else.
        """
        data = self._ask("GET", f"blobs/{digest}", most=most).body
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
            raise RegistryError(f"{self.repository.host} gives something else for the blob {digest}.")
        return data

    def upload(self, blob: Blob) -> bool:
        """Brings a blob there; False where it was there already.

        Raises:
            RegistryError: the registry refuses it, or the connection broke off: then it has nothing of it.
        """
        if self.has(blob.digest):
            return False
        begun = self._ask("POST", "blobs/uploads/", body=lambda: b"", push=True)
        place = self._place(begun.headers)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
        self._ask("PUT", _with(place, digest=blob.digest), headers=headers, body=blob.open, push=True)
        return True

    def put(self, manifest: Manifest, reference: str = "") -> None:
        """Gives a manifest whose blobs are there, under its digest or a tag.

        Raises:
            RegistryError: the registry refuses it, or took something else.
        """
        answer = self._ask("PUT", f"manifests/{reference or manifest.digest}", headers={"Content-Type": manifest.kind},
                           body=lambda: manifest.data, push=True)  # fmt: skip
        took = answer.headers.get("Docker-Content-Digest", manifest.digest)
        if took != manifest.digest:
            raise RegistryError(
                f"{self.repository.host} took {took}, and what was given is {manifest.digest}.",
                todo="Look at what stands between here and the registry.",
            )

    def _place(self, headers: Message) -> str:
        place = urljoin(f"{self.repository.root}/v2/", headers.get("Location", ""))
        if urlsplit(place).scheme not in {"http", "https"}:
            raise RegistryError(f"{self.repository.host} does not say where a layer goes.")
        return place

    def _ask(
        self,
        method: str,
        what: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], IO[bytes] | bytes] | None = None,
        push: bool = False,
        none: bool = False,
        most: int = LARGEST,
    ) -> Answer:
        url = what if re.match("https?://", what) else f"{self.repository.root}/v2/{self.repository.path}/{what}"
        request = Request(method=method, url=url, headers=dict(headers or {}), body=body, most=most)
        answer = send(self.authority.signed(request), self.repository)
        # A token may have run out meanwhile: what was being sent is sent anew.
        if answer.status == 401 and self.authority.learn(url, answer.headers, push=push):  # noqa: PLR2004
            answer = send(self.authority.signed(request), self.repository)
        if answer.status < 300 or (none and answer.status == 404):  # noqa: PLR2004
            return answer
        raise refused(answer, self.repository, self.authority.login, push=push)


def _with(url: str, **added: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *added.items()])))
