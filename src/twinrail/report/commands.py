"""What is said to GitHub's runner between the lines of a log: folds, annotations, what to mask.

The forms are those of "Workflow commands for GitHub Actions"; what others wrote is escaped, so that it stays a text.
"""

import base64
import json
import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import TextIO
from urllib.parse import quote, quote_plus

from twinrail.report.events import Finding, SessionEnded

MOST = 50
"""How many annotations a job shows at most; GitHub shows ten of a step's, and 50 of a job's."""
_SHORTEST = 4
_BEGUN = re.compile(r"nox > Running session (.+)")
# What nox prints above the output of a session that ran beside others: how it ended.
_ENDED = re.compile(r"=+ (\S (.+?): [^=]+?) =+")
# base64 writes three bytes as four letters: where the secret begins in a triple changes all letters.
_TRIPLE = 3
_URLSAFE = str.maketrans("+/", "-_")


def data(text: str) -> str:
    """A text as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def spoken(text: str) -> str:
    """A text within a line of a log; in the runner's older form a command may stand anywhere in it."""
    return data(text).replace("##[", "# #[")


def value(text: str) -> str:
    """A text as a property of a command."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def annotations(session: SessionEnded, folder: str = "") -> Iterator[str]:
    """The annotations of a session: one for each finding with its place, else one for how it ended.

    Args:
        session: how it ended.
        folder: the project's folder below the repository, with a slash at its end, or empty.
    """
    if session.state == "waiting":
        yield f"::notice title={value(session.session)} waits::{data(session.headline)}"
    if session.state == "unknown":
        yield f"::warning title={value(session.session)} unknown::{data(_both(session.headline, session.detail))}"
    if session.state not in {"failed", "interrupted"}:
        return
    for each in session.findings:
        yield annotation(each, session.session, folder)
    if not session.findings:
        yield f"::error title={value(session.session)}::{data(_both(session.headline, session.detail))}"


def annotation(finding: Finding, session: str, folder: str = "") -> str:
    """A finding at its place."""
    place = f"file={value(folder + finding.file)},line={max(finding.line, 1)}," if finding.file else ""
    return f"::error {place}title={value(f'{session}: {finding.title}')}::{data(finding.text or finding.title)}"


def masks(secrets_: Iterable[str]) -> list[str]:
    """The commands that mask some secrets: as they are, line by line, in base64, and as a part of a URL."""
    forms = dict.fromkeys(form for secret in secrets_ for form in forms_of(secret))
    return [f"::add-mask::{data(form)}" for form in forms]


def forms_of(secret: str) -> Iterator[str]:
    """A secret in the forms in which it may turn up in a log; parts too short to hide anything are left out."""
    for plain in dict.fromkeys([secret, *map(str.strip, secret.splitlines())]):
        if len(plain.strip()) < _SHORTEST:
            continue
        raw = plain.encode(errors="surrogateescape")
        yield plain
        yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
        # As it stands in JSON, in HTML and XML, and between the quotes of Python.
        yield from (json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1], repr(plain)[1:-1])
        yield from (escape(plain), escape(plain, quote=False))
        for form in (base64.b64encode(raw).decode(), *(_inside(raw, shift) for shift in range(_TRIPLE))):
            yield from (form, form.translate(_URLSAFE))


def scrub(text: str, secrets_: tuple[str, ...]) -> str:
    """A text in which `***` stands for each secret, in every form in which it may turn up."""
    for form in _longest_first(secrets_):
        text = text.replace(form, "***")
    return text


@cache
def _longest_first(secrets_: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({form for secret in secrets_ for form in forms_of(secret)}, key=len, reverse=True))


@dataclass
class Folds:
    """A log in folds, in which nothing that a tool says can be a command: a word that nobody can guess ends each.

    Attributes:
        out: where the runner reads.
    """

    out: TextIO
    _word: str = ""
    _session: str = ""
    # A tool's two streams are read side by side: the end of a fold in the middle of another's line would be none.
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def open(self, title: str, session: str = "") -> None:
        """Begins a fold, of a session where one is named; the one before it ends."""
        with self._lock:
            self.close()
            self._session = session
            self._word = secrets.token_hex(16)
            print(f"::group::{data(title)}\n::stop-commands::{self._word}", file=self.out, flush=True)

    def say(self, line: str) -> None:
        """A line of a tool; where nox begins a session, a fold begins."""
        with self._lock:
            begun, ended = _BEGUN.fullmatch(line), _ENDED.fullmatch(line)
            if ended:
                self.open(ended[1], ended[2])
            elif begun and begun[1] != self._session:
                self.open(begun[1], begun[1])
            elif not self._word:
                self.open("nox")
            print(line, file=self.out, flush=True)

    def aloud(self, text: str) -> None:
        """A text outside of all folds; nothing in it is a command either."""
        with self._lock:
            self.close()
            word = secrets.token_hex(16)
            print(f"::stop-commands::{word}\n{text}\n::{word}::", file=self.out, flush=True)

    def close(self) -> None:
        """Ends the fold, if there is one: what is said next is heard by the runner."""
        with self._lock:
            if self._word:
                print(f"::{self._word}::\n::endgroup::", file=self.out, flush=True)
                self._word = ""


def _both(headline: str, detail: str) -> str:
    return f"{headline}\n{detail}" if detail else headline


def _inside(raw: bytes, shift: int) -> str:
    # The letters that are the same whatever stands before and behind the secret.
    whole = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    first = -(-shift * 4 // _TRIPLE)
    return whole[first : len(whole) - (1 if (shift + len(raw)) % _TRIPLE else 0)]
