"""Runs a consumer's workflows, and with them the pack's, through act: no GitHub, no Docker, no net but the index."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from act_event import REPOSITORY, event_of
from act_jobs import jobs_of
from act_process import execute, free_port
from act_run import ActRun

STANDINS = Path(__file__).parent / "standins"
PACK = "twinrail/twinrail"
TOKEN = "a-token-for-nothing"  # pragma: allowlist secret
USES = re.compile(r"""\buses:\s*["']?([\w.-]+/[\w.-]+)(?:/[^@\s"']+)?@([\w./-]+)""")
FLAGS = (
    *(
        "--json",
        "--verbose",
        "--rm",
        "--pull=false",
        "--no-skip-checkout",
        "--no-cache-server",
        "--action-offline-mode",
    ),
    *("-P", "ubuntu-latest=-self-hosted", "-P", "ubuntu-24.04=-self-hosted", "--concurrent-jobs", "2"),
    *("--container-daemon-socket", "-", "--artifact-server-addr", "127.0.0.1"),
    *("--env-file", os.devnull, "--secret-file", os.devnull, "--var-file", os.devnull, "--input-file", os.devnull),
)
QUIET = {"GIT_PAGER": "cat", "PAGER": "cat", "NO_COLOR": "1"}
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Act:
    """act on this machine: `served` is the rendered pack, `folder` is for its runs, `venvs` for what they install."""

    served: Path
    folder: Path
    venvs: Path

    def run(
        self,
        root: Path,
        event: str = "push",
        *,
        workflow: str = "",
        payload: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] = NOTHING,
        variables: Mapping[str, str] = NOTHING,
        env: Mapping[str, str] = NOTHING,
        matrix: Mapping[str, str] = NOTHING,
        timeout: float = 300,
    ) -> ActRun:
        """Runs what `event` starts in the git repository `root`; `workflow` is the only file to look at.

        `payload` changes the event, `secrets`, `variables` and `matrix` are act's, `env` is what every step finds.
        """
        folder = self._prepare(root, event_of(root, event, payload or {}))
        given = {"-s": {"GITHUB_TOKEN": TOKEN, **secrets}, "--var": variables, "--matrix": matrix}
        given["--env"] = {**self._environment(folder), **env}
        files = sorted((root / ".github/workflows").glob(workflow or "*.y*ml"))
        only = ("-W", str(files[0])) if workflow else ()
        began = time.monotonic()
        command = [act_program(), event, *only, *FLAGS, *self._places(root, folder), *flags(given)]
        code, orphans = execute(command, root, folder, timeout)
        printed = (folder / "act.jsonl").read_text(encoding="utf-8")
        jobs = jobs_of(files, event, self.served)
        return ActRun(code, printed, folder, jobs, self.venvs, time.monotonic() - began, orphans)

    def _prepare(self, root: Path, event: dict[str, Any]) -> Path:
        """A new folder for one run."""
        folder = self.folder / f"run-{len(list(self.folder.glob('run-*'))) + 1}"
        for name in ("home", "ledger", "artifacts", f"remotes/{REPOSITORY.partition('/')[0]}"):
            (folder / name).mkdir(parents=True)
        (folder / "remotes" / REPOSITORY).symlink_to(root.resolve())
        (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
        (folder / "used.jsonl").touch()
        return folder

    def _environment(self, folder: Path) -> dict[str, str]:
        """What every step finds in its environment, beside what act itself inherits."""
        places = {"REMOTES": "remotes", "LEDGER": "ledger", "INDEX": "index", "SARIF": "sarif", "USED": "used.jsonl"}
        return {
            **QUIET,
            **{f"STANDIN_{name}": str(folder / place) for name, place in places.items()},
            "STANDIN_TOOLS": str(self.folder / "tools"),
            "STANDIN_PROGRAM": str(STANDINS / "program"),
            "STANDIN_PYTHON": os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
            "TWINRAIL_VENVS": str(self.venvs),
            "GITHUB_REPOSITORY": REPOSITORY,
        }

    def _places(self, root: Path, folder: Path) -> Iterator[str]:
        """Where act finds things and leaves them."""
        yield from ("--eventpath", str(folder / "event.json"), "--action-cache-path", str(folder / "cache"))
        yield from ("--artifact-server-path", str(folder / "artifacts"), "--artifact-server-port", str(free_port()))
        for repository, ref in sorted(references(root, self.served)):
            here = self.served if repository == PACK else STANDINS / repository
            if here.exists():
                yield from ("--local-repository", f"{repository}@{ref}={here}")


def act_program() -> str:
    """The program act, which is a wheel."""
    beside = Path(sysconfig.get_path("scripts"), "act")
    found = str(beside) if beside.exists() else shutil.which("act")
    if not found:
        raise FileNotFoundError("act is not here; it is in the dependency group `test`: uv sync --all-groups")
    return found


def references(*roots: Path) -> set[tuple[str, str]]:
    """Every repository and ref that a workflow, an action or an example below `roots` uses, and the pack at v1."""
    patterns = (".github/workflows/*.y*ml", "actions/*/action.yml", "docs/examples/**/*.yml")
    files = itertools.chain.from_iterable(root.glob(pattern) for root in roots for pattern in patterns)
    texts = (file.read_text(encoding="utf-8") for file in files)
    return {(PACK, "v1"), *(found for text in texts for found in USES.findall(text))}


def flags(given: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """`-s NAME=value` and the like; a matrix is written with a colon."""
    for flag, values in given.items():
        for name, value in values.items():
            yield from (flag, f"{name}{':' if flag == '--matrix' else '='}{value}")


def rendered(pack: Path, to: Path) -> Path:
    """The pack as act takes it, in the folder `to`."""
    words = [sys.executable, str(pack / "scripts" / "render.py"), "--ref", "v1", "--to", str(to)]
    subprocess.run(words, check=True, capture_output=True)
    return to
