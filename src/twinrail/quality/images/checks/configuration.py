"""What an image says of itself, against a hardened run: what would not work there, and what would weaken it."""

import re
from collections.abc import Iterator

from twinrail.quality.images.checks.programs import search_path
from twinrail.quality.images.checks.subject import Subject
from twinrail.report.events import Finding
from twinrail.system.units import show_count

_PRIVILEGED = 1024
"""Ports below this one want a capability, which a hardened run has not."""
_ANYBODY, _STICKY = 0o002, 0o1000
_OFF = {
    "GIT_SSL_NO_VERIFY": r".+",
    "NODE_TLS_REJECT_UNAUTHORIZED": r"0",
    "PIP_TRUSTED_HOST": r".+",
    "PYTHONHTTPSVERIFY": r"0",
    "UV_INSECURE_HOST": r".+",
}
"""Variables that turn the checking of certificates off, and with which values."""
_SEARCHED = ("LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONPATH")
_REMOTE = re.compile(r"(?:--\S+\s+)*\[?\s*\"?((?:https?://|ftp://|git@|git://)[^\s\",]*)")


def configuration(subject: Subject) -> tuple[Finding, ...]:
    """What weakens it, or cannot work where it is to run."""
    parts = (_fetched, _ports, _certificates, _searched, _writable)
    return tuple(finding for part in parts for finding in part(subject))


def _fetched(subject: Subject) -> Iterator[Finding]:
    for each in subject.instructions:
        checked = "--checksum=" in each.rest
        if each.keyword == "ADD" and not checked and (found := _REMOTE.match(each.rest)):
            text = f"{found[1]} is fetched and not checked: name its --checksum"
            yield subject.finding("image-remote-add", text, line=each.line)


def _ports(subject: Subject) -> Iterator[Finding]:
    for port in subject.archive.config.ports:
        number = port.partition("/")[0]
        if number.isdecimal() and int(number) < _PRIVILEGED:
            text = f"{port} wants a capability that a hardened run has not: serve on a port from {_PRIVILEGED} on"
            yield subject.finding("image-privileged-port", text, line=subject.line_of("EXPOSE"))


def _certificates(subject: Subject) -> Iterator[Finding]:
    for name, value in subject.archive.config.env.items():
        if re.fullmatch(_OFF.get(name, r"\b\B"), value):
            text = f"{name} turns the checking of certificates off"
            yield subject.finding("image-unchecked-certificates", text, line=subject.line_of("ENV"))


def _searched(subject: Subject) -> Iterator[Finding]:
    env = subject.archive.config.env
    paths = {
        "PATH": search_path(subject.archive),
        **{name: env[name].split(":") for name in _SEARCHED if env.get(name)},
    }
    for name, folders in paths.items():
        if not all(folder.startswith("/") for folder in folders):
            text = f"{name} names a folder that depends on where it runs: what is found there is anybody's"
            yield subject.finding("image-search-path", text, line=subject.line_of("ENV"))


def _writable(subject: Subject) -> Iterator[Finding]:
    loose = [entry for entry in subject.archive.tree.values()
             if entry.kind in {"file", "folder"} and entry.mode & _ANYBODY and not entry.mode & _STICKY]  # fmt: skip
    if loose:
        rest = f" and {show_count(len(loose) - 1, 'other')}" if loose[1:] else ""
        text = f"{loose[0].shown} ({loose[0].mode:04o}){rest} may be written by anybody"
        yield subject.finding("image-writable", f"{text}: {subject.layer(loose[0].layer)}")
