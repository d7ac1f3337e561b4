"""Statements signed and held against keys, by a program that stands apart because it needs cryptography."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinrail.session.work import Work
from twinrail.system.command import Command, Finished
from twinrail.system.errors import ProjectError

KEY = "TWINRAIL_SIGNING_KEY"
"""The variable with the private key."""
STATEMENT = "application/vnd.in-toto+json"
"""The kind of payload that an envelope of ours holds."""
_PROGRAM = Path(__file__).with_name("dsse.py")
_UNUSABLE = 3


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What an envelope holds.

    Attributes:
        kind: of what kind it is.
        payload: its text.
        signer: the file of the public key that it is signed with, or None.
    """

    kind: str
    payload: str
    signer: str | None


def has_key(work: Work) -> bool:
    """Whether a private key is at hand."""
    return bool(work.settings.image and work.settings.image.signing_key) or bool(os.environ.get(KEY))


def sign(work: Work, payload: str, former: Sequence[Any] = ()) -> dict[str, Any]:
    """The envelope of a statement, signed with the key at hand; the first of the former ones that this key has signed.

    Raises:
        ProjectError: the key cannot be used.
        ToolError: what signs cannot be installed or run.
    """
    named = work.settings.image.signing_key if work.settings.image else ""
    path = str((work.project.root / Path(named).expanduser()).resolve()) if named else ""
    done = _run(work, "sign", {"type": STATEMENT, "payload": payload, "key": path, "former": list(former)})
    if done.returncode == _UNUSABLE:
        where = f"The key in {named}" if named else f"The key in ${KEY}"
        raise ProjectError(
            f"{where} cannot be used: {done.stderr.strip()}.", todo="Make one:  openssl genpkey -algorithm ed25519"
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def verify(work: Work, envelopes: Sequence[Any], keys: Mapping[str, str]) -> tuple[Signed, ...]:
    """What each envelope holds, and which of the public keys it is signed with; `keys` are PEM by file.

    Raises:
        ProjectError: a key cannot be used.
        ToolError: what verifies cannot be installed or run.
    """
    done = _run(work, "verify", {"envelopes": list(envelopes), "keys": dict(keys)})
    if done.returncode == _UNUSABLE:
        raise ProjectError(f"A key of image.signers cannot be used: {done.stderr.strip()}.",
                           todo="Make it of the private one:  openssl pkey -pubout -in KEY")  # fmt: skip
    return tuple(
        Signed(kind=each["type"], payload=each["payload"], signer=each["signer"]) for each in json.loads(done.stdout)
    )


def payload_of(envelope: Any) -> str:
    """What an envelope says, whoever may have signed it; empty where it is none."""
    try:
        return base64.b64decode(envelope["payload"], validate=True).decode()
    except (KeyError, TypeError, ValueError):
        return ""


def _run(work: Work, what: str, asked: Mapping[str, Any]) -> Finished:
    venv = work.venvs.for_tools("sign")
    file = work.report(f"{what}.json")
    file.write_text(json.dumps(asked), encoding="utf-8")
    command = Command(
        # -I: a file of the project must not stand in for a module of Python's.
        argv=(str(venv.python), "-I", str(_PROGRAM), what, str(file)),
        cwd=work.project.root,
        secrets=(KEY,) if what == "sign" else (),
        tool=f"securesystemslib {venv.installed['securesystemslib']} (pack)",
    )
    return work.shell.run(command, ok=(0, _UNUSABLE), data=True)
