"""Advisories in OSV form: read from an export, matched, and served on loopback the way the public service answers.

The form and the rules of matching are those of https://ossf.github.io/osv-schema/ (1.7), `affected` and
"Evaluation": a version is affected when it is listed, or when it lies in a range of the type ECOSYSTEM.
"""

import gzip
import json
import threading
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from twinrail.system.errors import ProjectError

Advisory = Mapping[str, Any]

# In the order in which they count at the same version: one range may end where the next begins.
_FIXED, _INTRODUCED, _LAST = range(3)
_ENDS = {"fixed": _FIXED, "last_affected": _LAST}
_FIRST = Version("0.dev0")


class Advisories:
    """Advisories by the name of the package that they speak of."""

    def __init__(self, advisories: Iterator[Advisory]) -> None:
        self._of: dict[str, list[Advisory]] = defaultdict(list)
        self.count = 0
        for advisory in advisories:
            self.count += 1
            for name in {canonicalize_name(each["package"]["name"]) for each in _python(advisory)}:
                self._of[name].append(advisory)

    def about(self, name: str, version: str) -> list[Advisory]:
        """The advisories that affect a version of a package and were not withdrawn."""
        name = canonicalize_name(name)
        return [
            _named(advisory, name)
            for advisory in self._of.get(name, [])
            if not advisory.get("withdrawn") and any(affects(each, version) for each in _python(advisory)
                   if canonicalize_name(each["package"]["name"]) == name)
        ]  # fmt: skip


def affects(affected: Mapping[str, Any], version: str) -> bool:
    """Whether `version` is one of those that an `affected` entry of an advisory names."""
    listed = affected.get("versions", ())
    asked = _version(version)
    if version in listed or asked is None:
        return version in listed
    ranges = [each for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM"]
    return asked in map(_version, listed) or any(_within(each.get("events", ()), asked) for each in ranges)


def read_export(path: Path) -> Iterator[Advisory]:
    """The advisories of an export: a folder or a zip of JSON files, or JSON lines, plain or gzipped.

    Raises:
        ProjectError: there is no such export, or it does not read as one.
    """
    if not path.exists():
        raise ProjectError(f"security.advisories names {path}, which is not there.")
    found = False
    try:
        for advisory in _read(path):
            found = True
            yield _checked(advisory)
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ProjectError(f"{path} does not read as advisories in OSV form: {error}.") from error
    if not found:
        raise ProjectError(f"There is no advisory in {path}.", why="Against nothing, everything would pass.")


@contextmanager
def serve(advisories: Advisories) -> Iterator[str]:
    """The address of a service on loopback that answers `POST /v1/query` from `advisories`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = advisories.about(query["package"]["name"], query["version"])
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing: the log belongs to the audit."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query"
        finally:
            server.shutdown()
            thread.join()


def _read(path: Path) -> Iterator[Advisory]:
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            yield json.loads(file.read_text(encoding="utf-8"))
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))
    else:
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed).decode()
        yield from (json.loads(line) for line in text.split("\n") if line.strip())


def _checked(advisory: Any) -> Advisory:
    if not isinstance(advisory, dict) or not isinstance(advisory.get("id"), str):
        raise ValueError("an advisory is a table with an id")  # noqa: TRY004
    return advisory


def _python(advisory: Advisory) -> Iterator[Mapping[str, Any]]:
    return (each for each in advisory.get("affected", ()) if each.get("package", {}).get("ecosystem") == "PyPI")


def _named(advisory: Advisory, name: str) -> Advisory:
    # pip-audit compares the name letter by letter with the canonical one.
    ours = [{**each, "package": {**each["package"], "name": canonicalize_name(each["package"]["name"])}}
            for each in _python(advisory)]  # fmt: skip
    return {**advisory, "affected": [each for each in ours if each["package"]["name"] == name]}


def _within(events: Any, asked: Version) -> bool:
    inside = False
    for when, turn in sorted(_turns(events)):
        if turn == _INTRODUCED and asked >= when:
            inside = True
        elif (turn == _FIXED and asked >= when) or (turn == _LAST and asked > when):
            inside = False
    return inside


def _turns(events: Any) -> Iterator[tuple[Version, int]]:
    # A version that cannot be compared must not hide an advisory: such a mending never comes,
    # such a beginning was always.
    for event in events:
        for kind, text in event.items():
            when = _version(text)
            if kind == "introduced":
                yield _FIRST if text == "0" or when is None else when, _INTRODUCED
            elif kind in _ENDS and when is not None:
                yield when, _ENDS[kind]


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
