"""Secrets in an image: in the files of every layer, removed ones too, in its variables and in its history.

The files are laid out for detect-secrets in a temporary folder of ours alone. Nothing that it finds leaves the machine.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twinrail.quality.images.checks.credentials import (
    file_of_secrets,
    history_folder,
    secret_assignments,
    secret_variable,
)
from twinrail.quality.images.checks.published import published
from twinrail.quality.images.checks.subject import Subject
from twinrail.quality.images.filesystem import whiteout
from twinrail.quality.images.layers import Entry
from twinrail.quality.secrets import BASELINE, SCANNER
from twinrail.report.events import Finding
from twinrail.session.work import Work
from twinrail.system.files import read_json

_LARGEST = 10**6
"""How large a file may be to be looked at, in bytes."""
_SCANNED = 250_000
"""How large it may be to be scanned, in bytes: a megabyte would take 20 seconds."""
_AT_ONCE = 500
# What high entropy marks is nearly always a digest.
_NOISE = ("HexHighEntropyString", "Base64HighEntropyString")
_ACCOUNTED = re.compile(
    r"/(?:usr/|usr/local/|opt/[^/]+/)?lib/python3(?:\.\d+)?/(?!site-packages|dist-packages).*"
    r"|/var/lib/dpkg/.*|/lib/apk/db/.*|/var/cache/debconf/templates\.dat.*|/etc/ssl/certs/.*|/usr/share/ca-certificates/.*"
)
"""Python's own library, which nothing lists where it was built from source; package managers' notes; certificates."""
_SETTINGS = re.compile(r"(?:/etc|/usr/lib|/usr/share)/(?:.*/)?(?:debconf\.conf|nsswitch\.conf|openssl\.cnf)")
"""Files of every system whose settings are called `passwd`, `password`, `secret`, and hold none."""
_SEEN = "this looks like a secret"


@dataclass
class _Laid:
    """Files that are laid out for the scanner; what each is a copy of, by its path in the folder."""

    folder: Path
    places: dict[str, str] = field(default_factory=dict)
    _known: set[tuple[str, bytes]] = field(default_factory=set)

    def put(self, name: str, data: bytes, place: str) -> None:
        key = name, hashlib.sha256(data).digest()
        if key in self._known:
            return
        self._known.add(key)
        # The name decides which rules apply.
        safe = name if re.fullmatch(r"[\w.+-]{1,100}", name) and not name.startswith("-") else "file"
        copy = f"{len(self.places)}/{safe}"
        self.places[copy] = place
        (self.folder / copy).parent.mkdir()
        (self.folder / copy).write_bytes(data)


def secrets(work: Work, subject: Subject) -> tuple[Finding, ...]:
    """The secrets in an image, without those whose digests stand in the project's baseline.

    Raises:
        ToolError: the scanner gave no answer.
    """
    accepted = _accepted(work)
    with tempfile.TemporaryDirectory(prefix="twinrail-image-") as folder:
        laid = _Laid(Path(folder))
        found = [*_variables(subject, accepted), *_histories(subject), *_files(work, subject, laid)]
        told = "\n".join(step.text for step in subject.archive.config.history)
        laid.put("history", told.encode(), "its history")
        variables = "\n".join(f"{name}={value}" for name, value in subject.archive.config.env.items())
        laid.put("variables", variables.encode(), "its variables")
        return (*found, *_scanned(work, subject, laid, accepted))


def _variables(subject: Subject, accepted: frozenset[str]) -> Iterator[Finding]:
    config = subject.archive.config
    held = {(name, value): "a variable of the image" for name, value in config.env.items()
            if secret_variable(name, value)}  # fmt: skip
    for step in config.history:
        for pair in secret_assignments(step.text):
            held.setdefault(pair, "in its history, which is shipped with it")
    for (name, value), how in held.items():
        if _digest(value) not in accepted:
            named = (each.line for each in subject.instructions if re.search(rf"\b{re.escape(name)}\b", each.rest))
            text = f"{name}, {how}, holds what looks like a secret"
            yield subject.finding("Secret variable", text, line=next(named, 0))


def _histories(subject: Subject) -> Iterator[Finding]:
    seen: set[tuple[int, str]] = set()
    for entry in subject.archive.every():
        folder = history_folder(entry.path)
        if folder and (entry.layer, folder) not in seen:
            seen.add((entry.layer, folder))
            text = f"{folder} in {subject.layer(entry.layer)} holds all that ever was in the repository"
            yield subject.finding("Git repository", text)


def _files(work: Work, subject: Subject, laid: _Laid) -> Iterator[Finding]:
    public = published(subject.archive, own=work.project.name)
    for entry, data in subject.archive.contents(_looked_at):
        if b"\0" in data or data in public:
            continue
        if kind := file_of_secrets(entry.path, data):
            yield subject.finding(kind.capitalize(), subject.there(entry))
        elif entry.size <= _SCANNED and not _ACCOUNTED.fullmatch(entry.path) and not _SETTINGS.fullmatch(entry.path):
            laid.put(entry.name, data, subject.there(entry))


def _looked_at(entry: Entry) -> bool:
    return 0 < entry.size <= _LARGEST and not whiteout(entry) and not history_folder(entry.path)


def _scanned(work: Work, subject: Subject, laid: _Laid, accepted: frozenset[str]) -> Iterator[Finding]:
    scanner = work.tools.standing_alone(SCANNER, program="detect-secrets")
    noise = [word for name in _NOISE for word in ("--disable-plugin", name)]
    names = list(laid.places)
    for start in range(0, len(names), _AT_ONCE):
        # --no-verify: the scanner would send what it finds to the service that it belongs to.
        words = ("scan", "--no-verify", *noise, *names[start : start + _AT_ONCE])
        done = work.shell.run(scanner.command(*words, cwd=laid.folder), data=True, quiet=True)
        for name, hits in sorted(json.loads(done.stdout)["results"].items()):
            for each in hits:
                if each["hashed_secret"] not in accepted and not _told_already(name, each):
                    text = f"{laid.places[name]}, line {each['line_number']}: {_SEEN}"
                    yield subject.finding(each["type"], text)


def _told_already(name: str, hit: dict[str, Any]) -> bool:
    return name.endswith(("/variables", "/history")) and hit["type"] == "Secret Keyword"


def _accepted(work: Work) -> frozenset[str]:
    baseline = read_json(work.project.root / BASELINE) or {}
    return frozenset(each["hashed_secret"] for hits in baseline.get("results", {}).values() for each in hits)


def _digest(value: str) -> str:
    # As detect-secrets digests what it finds.
    return hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()
