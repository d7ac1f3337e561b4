"""A caller who composes: python.yml, then deploy.yml for each environment, and a job of his own in between."""

import hashlib
import json

import pytest
from act_model import agree, outputs
from callers import quick
from consumers import PYTHON, edit
from towns import open_town

WHEEL = "dist/harbor-0.3.0-py3-none-any.whl"
# act has the output of a skipped job as it is written in the YAML, so that python.yml's `receipt` does not get as far
# as `accept`: the job `handed` tells it instead. What GitHub makes of it is asked of the model.
CALLER = """\
name: composed
on: {push: {}}
permissions: {contents: read}
jobs:
  pipeline:
    uses: twinrail/twinrail/.github/workflows/python.yml@v1
    with: {until: e2e, name: harbor, python: "PYTHON"}
  handed:
    needs: pipeline
    runs-on: ubuntu-latest
    outputs: {receipt: "${{ steps.digest.outputs.receipt }}"}
    steps:
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with: {name: harbor-accept, path: accepted}
      - id: digest
        run: printf 'receipt=%s\\n' "$(sha256sum accepted/receipt.json | cut -c1-64)" >> "$GITHUB_OUTPUT"
  staging:
    needs: [pipeline, handed]
    uses: twinrail/twinrail/.github/workflows/deploy.yml@v1
    with: {environment: staging, needs: "${{ toJSON(needs) }}", name: harbor, python: "PYTHON"}
  tamper:
    needs: staging
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with: {name: harbor-build, path: taken}
      - shell: python
        env: {WHEEL: taken/WHEEL}
        run: |
          import os, pathlib
          wheel = pathlib.Path(os.environ["WHEEL"])
          content = bytearray(wheel.read_bytes())
          content[len(content) // 2] ^= 1
          wheel.write_bytes(content)
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with: {name: harbor-build, path: taken, overwrite: true}
  production:
    needs: [pipeline, handed, staging, tamper]
    uses: twinrail/twinrail/.github/workflows/deploy.yml@v1
    with:
      environment: production
      approvals: '["production-approval"]'
      needs: ${{ toJSON(needs) }}
      name: harbor
      python: "PYTHON"
""".replace("PYTHON", PYTHON).replace("taken/WHEEL", f"taken/{WHEEL}")


SMALLER = {
    "[tool.twinrail.test]": "[tool.twinrail.build]\nreproducible = false\n\n[tool.twinrail.test]",
    'performance = { users = 2, duration = "1s", errors = "1%" }\n': "",
}
"""What is the same without."""


@pytest.fixture(scope="module")
def town(tmp_path_factory, commit):
    """A runner that stays, for a project that has its code looked at elsewhere; nothing serves at the end."""
    made = open_town(tmp_path_factory.mktemp("composed"))
    for old, new in SMALLER.items():
        edit(made.root / "pyproject.toml", old, new)
    own = quick("lint", "types", "test", "security", "sbom", "integration")
    commit(made.root, {"noxfile.py": own, ".github/workflows/composed.yml": CALLER})
    yield made
    made.down()


@pytest.fixture(scope="module")
def run(town, act):
    """The run in which the wheel is changed between two environments."""
    return town.run(act)


def test_the_jobs_end_as_in_githubs_model(run):
    """The pipeline ends green where the caller wants, staging goes on from it, production is refused."""
    assert 1 == run.returncode
    pipeline = agree(run, "pipeline", until="e2e")
    assert ["verify", "build", "accept", "required"] == [name for name, end in pipeline.items() if end == "success"]
    assert {"success", "skipped"} == set(pipeline.values())
    assert {"approval": "skipped", "deploy": "success"} == agree(
        run, "staging", "deploy.yml", environment="staging", needs="{}"
    )
    assert "success" == run.jobs["tamper"]
    people = '["production-approval"]'
    assert {"approval": "success", "deploy": "failure"} == agree(
        run, "production", "deploy.yml", environment="production", needs="{}", approvals=people
    )


def test_the_caller_is_told_of_the_last_receipt(run):
    """By GitHub's own reading of python.yml's outputs it is that of the tests, where the run ends after them."""
    accepted = run.outputs("pipeline/accept", "nox")["receipt"]
    assert hashlib.sha256(run.artifacts["harbor-accept"]["receipt.json"]).hexdigest() == accepted
    assert accepted == outputs(run, "pipeline", until="e2e")["receipt"]


def test_staging_went_on_from_the_receipt_of_the_tests(town, run):
    """It serves what was built, for it was healthy where it was tested; its own receipt is handed on by its digest."""
    assert ("0.3.0", "north") == (town.get("staging", "/version"), town.get("staging", "/"))
    artifact = run.artifacts["harbor-deploy-staging"]
    gates = json.loads(artifact["record/harbor-1-1/run.json"])["gates"]
    asked = [(each["gate"], each["answer"]) for each in gates]
    assert [("receipt", "open"), ("freshness", "open"), ("freshness", "open"), ("smoke", "open")] == asked
    receipt = json.loads(artifact["receipt.json"])
    tested = json.loads(run.artifacts["harbor-accept"]["receipt.json"])
    assert ("staging", False, tested["identity"]) == tuple(
        receipt[name] for name in ("environment", "rehearsal", "identity")
    )
    told = run.outputs("staging/deploy", "nox")
    assert hashlib.sha256(artifact["receipt.json"]).hexdigest() == told["receipt"]
    assert ("passed", receipt["release"]) == (told["state"], told["release"])


def test_what_was_changed_in_between_is_refused(town, run):
    """By its digest, before nox runs: nothing of production is there, and the message names the file."""
    built = json.loads(run.outputs("pipeline/build", "nox")["artifacts"])["wheel"]["digest"]
    changed = run.artifacts["harbor-build"][WHEEL]
    assert built != hashlib.sha256(changed).hexdigest()
    [refusal] = [each for each in run.annotations if each.job == "production/deploy"]
    assert "error" == refusal.level
    said = f"{WHEEL} is not the wheel that was built: sha256:{hashlib.sha256(changed).hexdigest()[:12]}"
    assert f"{said}…, built was {built[:12]}…\n" in refusal.message
    assert "It was changed between the jobs" in refusal.message
    assert "nox > Running session" not in run.log("production/deploy")
    assert "failed" == run.outputs("production/deploy", "nox")["state"]
    assert "is not the wheel that was built" in run.summaries["production/deploy"]
    assert not (town.home / "harbor" / "production").exists()
    assert {"test": 0, "staging": 2, "production": 0} == town.serving()
    assert [] == run.orphans
