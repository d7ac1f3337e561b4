"""Which files of an image came, byte for byte, with a package that anybody can get: they hold no secret of ours."""

import base64
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from twinrail.quality.images.archive import Archive

_DPKG, _APK = "/dpkg", "/apk"
_RECORD = re.compile(r"/.*/([^/]+?)-[^/-]+\.dist-info/RECORD")
_SUMS = re.compile(r"/var/lib/dpkg/(?:(?:info|status\.d)/[^/]+\.md5sums|status)")
_MD5 = re.compile(r"^(?: /\S+ ([0-9a-f]{32})(?: obsolete)?|([0-9a-f]{32})  \S.*)$", re.MULTILINE)
"""A line of dpkg's: a file of the configuration as it was delivered, or any other file."""
_LIST = 16 * 10**6
"""How large a list of files may be to be read, in bytes."""


@dataclass(frozen=True)
class Published:
    """The digests of files in packages: `sha256=…` of a RECORD, `md5=…` of dpkg, `Q1…` of apk."""

    digests: frozenset[str]

    def __contains__(self, data: bytes) -> bool:
        """Whether a package brought just this, wherever it stands now."""
        return bool(self.digests & {_sha256(data), _md5(data), _sha1(data)})


def published(archive: Archive, *, own: str) -> Published:
    """What the packages in any layer say of their files, but those of the distribution `own`: it is not public.

    Raises:
        ToolError: the archive has changed since it was opened.
    """
    read = archive.contents(lambda entry: entry.size <= _LIST and bool(_listing(entry.path)))
    listed = ((_listing(entry.path), data.decode(errors="replace")) for entry, data in read)
    ours = canonicalize_name(own)
    return Published(frozenset(
        digest for kind, text in listed if kind and canonicalize_name(kind) != ours
        for digest in _READ.get(kind, _recorded)(text)
    ))  # fmt: skip


def _listing(path: str) -> str:
    if _SUMS.fullmatch(path):
        return _DPKG
    if path == "/lib/apk/db/installed":
        return _APK
    found = _RECORD.fullmatch(path)
    return found[1] if found else ""


def _recorded(text: str) -> Iterator[str]:
    return (row[1] for row in csv.reader(text.splitlines()) if len(row) > 1 and row[1].startswith("sha256="))


def _summed(text: str) -> Iterator[str]:
    return (f"md5={found[1] or found[2]}" for found in _MD5.finditer(text))


def _checked(text: str) -> Iterator[str]:
    return (line.removeprefix("Z:") for line in text.splitlines() if line.startswith("Z:Q1"))


_READ = {_DPKG: _summed, _APK: _checked}


def _sha256(data: bytes) -> str:
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')}"


def _sha1(data: bytes) -> str:
    return f"Q1{base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def _md5(data: bytes) -> str:
    return f"md5={hashlib.md5(data, usedforsecurity=False).hexdigest()}"
