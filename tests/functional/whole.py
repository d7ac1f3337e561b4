"""One run of the whole graph on a copy of example-project, and what was seen of it from elsewhere."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from act import Act
from act_run import ActRun
from acting import Commit
from consumers import PYTHON, pipeline, shopfront
from spies import FILE, SPIES, Seen, seen
from webhook import Webhook, listening

TOKEN = "swordfish-4711"  # pragma: allowlist secret
ENCODED = base64.b64encode(TOKEN.encode()).decode()
SECRETS = {"deploy-token": "TARGET", "notify-url": "HOOK"}  # pragma: allowlist secret


@dataclass
class Whole:
    """The run, and what was seen of it from elsewhere."""

    run: ActRun
    root: Path
    ports: dict[str, int]
    hook: Webhook
    seen: list[Seen]

    def artifact(self, job: str, name: str) -> bytes:
        """A file of a job's artifact."""
        return self.run.artifacts[f"shop-{job}"][name]

    def record(self) -> dict[str, Any]:
        """The record of the whole run."""
        record: dict[str, Any] = json.loads(self.artifact("required", "record/shop-1-1/run.json"))
        return record


def walk(act: Act, commit: Commit, folder: Path) -> Whole:
    """The run, with every secret that it can be given, for a consumer who has spies in its suites."""
    root, spied = folder / "example-project", folder / "seen.jsonl"
    ports = shopfront(root)
    caller = pipeline(python=PYTHON, name="shop", secrets=SECRETS, after=True)
    commit(root, {**SPIES, ".github/workflows/pipeline.yml": caller})
    with listening() as hook:
        given = {"TARGET": TOKEN, "HOOK": hook.address}
        variables = {"TWINRAIL_PROTECTED": "yes"}
        run = act.run(root, secrets=given, variables=variables, env={FILE: str(spied)}, timeout=900)
    assert 0 == run.returncode, run.said + "".join(map(str, run.annotations))
    return Whole(run, root, ports, hook, seen(spied))
