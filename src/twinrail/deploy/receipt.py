"""What one environment found out of a release, for the next one: it demands the receipt, and checks it."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from twinrail.deploy.interface import Answer, Open, Shut
from twinrail.deploy.release import Release
from twinrail.report.events import Reading
from twinrail.system.called import again
from twinrail.system.files import read_json, write_json

FOLDER = "receipts"
"""Where the receipts lie in a project's `.twinrail`."""
SESSIONS = {"test": "e2e", "staging": "staging", "production": "production"}
"""The session that gives the receipt of each environment."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A release was healthy in an environment.

    Attributes:
        environment: where.
        release: the release's name.
        identity: the digest of its wheel and of what it runs with.
        commit: the commit that it was built from.
        head: the hash of the newest entry of the environment's ledger, and through it of all before.
        run: the run that found it out.
        rehearsal: whether the environment was stopped afterwards.
        readings: what was measured.
        image: the release's image, by digest; empty where it has none.
    """

    environment: str
    release: str
    identity: str
    commit: str
    head: str
    run: str
    rehearsal: bool = False
    readings: tuple[Reading, ...] = field(default_factory=tuple)
    image: str = ""


_RECEIPT = TypeAdapter(Receipt)


def path_of(state: Path, environment: str) -> Path:
    """Where the receipt of an environment lies in a project's `state` folder."""
    return state / FOLDER / f"{environment}.json"


def write(state: Path, receipt: Receipt) -> None:
    """Writes a receipt down; the one before it of the same environment is gone."""
    write_json(path_of(state, receipt.environment), dataclasses.asdict(receipt))


def revoke(state: Path, environment: str, identity: str) -> bool:
    """Takes back the receipt that a release got in an environment which it has left again; whether there was one."""
    held = read(state, environment)
    if held is None or held.identity != identity:
        return False
    path_of(state, environment).unlink()
    return True


def read(state: Path, environment: str) -> Receipt | None:
    """The receipt of an environment; None where there is none that can be read."""
    try:
        told: Any = read_json(path_of(state, environment))
        return _RECEIPT.validate_python(told) if told is not None else None
    except (ValidationError, ValueError, OSError, RecursionError):
        return None


def check(receipt: Receipt | None, release: Release, environment: str) -> Answer:
    """Whether a receipt says that this very release was healthy in `environment`."""
    if receipt is None:
        return Shut(note=f"there is no receipt of {environment}")
    if receipt.environment != environment:
        return Shut(note=f"the receipt of {environment} is one of {receipt.environment}")
    if receipt.identity != release.identity:
        return Shut(note=f"{environment} was healthy with {receipt.release}, which is not {release.name}")
    if receipt.image != release.image:
        return Shut(
            note=f"{environment} was healthy with {receipt.image or 'no image'}, not {release.image or 'without'}"
        )
    return Open(note=f"{receipt.release} was healthy in {environment} (run {receipt.run})")


@dataclass(frozen=True, kw_only=True)
class ReceiptGate:
    """The environment `before` was healthy with this very release; its receipt lies in `state`."""

    before: str
    state: Path
    name: ClassVar[str] = "receipt"

    def ask(self, release: Release) -> Answer:
        """Shut when the receipt is missing, or one of something else."""
        answer = check(read(self.state, self.before), release, self.before)
        if isinstance(answer, Shut):
            return Shut(note=f"{answer.note}. Go there first:  {again(SESSIONS[self.before])}")
        return answer
