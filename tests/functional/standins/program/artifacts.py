"""The artifacts of a run, by version 4 of the protocol between the actions and the server.

What act's server does not keep stands in the folder STANDIN_LEDGER: which names are taken, and each archive's digest.
"""

import base64
import hashlib
import json
import os
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from action import Refused

SERVICE = "twirp/github.actions.results.api.v1.ArtifactService"
BLOCK = 8 * 2**20
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Artifact:
    """An artifact on the server; `archived` says whether it is a zip of files or one file as it was."""

    name: str
    number: str
    digest: str
    archived: bool


def upload(name: str, content: bytes, *, archived: bool, overwrite: bool) -> Artifact:
    """Puts an artifact on the server; a name is taken once."""
    entry = Path(os.environ["STANDIN_LEDGER"], f"{name}.json")
    if overwrite and entry.exists():
        call("DeleteArtifact", name=name)
        entry.unlink()
    digest = hashlib.sha256(content).hexdigest()
    try:
        with entry.open("x", encoding="utf-8") as ledger:
            json.dump({"digest": digest, "archived": archived}, ledger)
    except FileExistsError:
        conflict = "(409) Conflict: an artifact with this name already exists on the workflow run"
        raise Refused(f"Failed to CreateArtifact: Received non-retryable error: Failed request: {conflict}") from None
    address = call("CreateArtifact", name=name, version=4)["signedUploadUrl"]
    for number, start in enumerate(range(0, len(content), BLOCK)):
        put(f"{address}&comp=block&blockid={number}", content[start : start + BLOCK])
    put(f"{address}&comp=blocklist", b"<BlockList/>")
    number = call("FinalizeArtifact", name=name, size=str(len(content)), hash=f"sha256:{digest}")["artifactId"]
    return Artifact(name, number, digest, archived)


def listed() -> list[Artifact]:
    """The artifacts of this run, by name."""
    ledger = Path(os.environ["STANDIN_LEDGER"])
    if not any(ledger.iterdir()):
        return []  # act's server drops the connection when it is asked before the first upload
    there = call("ListArtifacts").get("artifacts", [])
    numbers = {each["name"]: each["databaseId"] for each in there}
    return [
        Artifact(name, numbers[name], **json.loads((ledger / f"{name}.json").read_text(encoding="utf-8")))
        for name in sorted(numbers)
    ]


def download(artifact: Artifact) -> bytes:
    """What the server has under an artifact's name."""
    address = call("GetSignedArtifactURL", name=artifact.name)["signedUrl"]
    with DIRECT.open(address) as answer:
        content: bytes = answer.read()
    return content


def call(method: str, **fields: object) -> dict[str, Any]:
    """The server's answer to a method, asked in the name of this job."""
    run, job = backend_ids()
    body = {"workflow_run_backend_id": run, "workflow_job_run_backend_id": job, **fields}
    headers = {"Authorization": f"Bearer {os.environ['ACTIONS_RUNTIME_TOKEN']}", "Content-Type": "application/json"}
    address = f"{os.environ['ACTIONS_RESULTS_URL'].rstrip('/')}/{SERVICE}/{method}"
    with DIRECT.open(urllib.request.Request(address, json.dumps(body).encode(), headers)) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def put(address: str, content: bytes) -> None:
    """Sends a part of an artifact."""
    with DIRECT.open(urllib.request.Request(address, content, {"x-ms-blob-type": "BlockBlob"}, method="PUT")):
        pass


def backend_ids() -> tuple[str, str]:
    """The run and the job that the token speaks for."""
    claims = os.environ["ACTIONS_RUNTIME_TOKEN"].split(".")[1]
    scopes = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["scp"]
    scope = next(each for each in scopes.split() if each.startswith("Actions.Results:"))
    _, run, job = scope.split(":")
    return run, job
