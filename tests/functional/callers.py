"""Repositories that call the pack's workflows, and what a run of theirs tells on its page."""

import json
import subprocess
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CALLER = r"""name: caller
on: {push: {}, pull_request: {}, merge_group: {}, schedule: [{cron: "0 5 * * 1"}], workflow_dispatch: {}}
permissions: {contents: read}
jobs:
  twinrail:
    uses: twinrail/twinrail/.github/workflows/python.yml@v1
    with: INPUTS
    secrets: {notify-url: "${{ secrets.HOOK }}"}
  after:
    needs: twinrail
    runs-on: ubuntu-latest
    steps:
      - id: told
        run: printf 'outputs<<END\n%s\nEND\n' "$TOLD" >> "$GITHUB_OUTPUT"
        env: {TOLD: "${{ toJSON(needs.twinrail.outputs) }}"}
"""
QUICK = """\
import nox
from twinrail.sessions import offer

for name in NAMES:

    @nox.session(name=name, venv_backend="none")
    def quick(session):
        session.log(f"{session.name} was quick")


offer()
"""
NOX = "from twinrail.sessions import offer\n\noffer()\n"


def cloned(parcel, root: Path):
    """The small consumer as it was committed first, in a repository of its own at `root`."""
    subprocess.run(["git", "clone", "-q", str(parcel.root), str(root)], check=True)
    subprocess.run(["git", "remote", "remove", "origin"], cwd=root, check=True)
    return type(parcel)(root)


def package(parcel, root: Path, name: str):
    """The small consumer under another name, in a folder of a larger repository."""
    made = type(parcel)(root)
    listed = subprocess.run(["git", "ls-files"], cwd=parcel.root, check=True, capture_output=True, text=True)
    for path in listed.stdout.splitlines():
        text = (parcel.root / path).read_text(encoding="utf-8")
        made.write(path.replace("parcel", name), text.replace("parcel", name))
    return made


def caller(**inputs: str) -> str:
    """A workflow that calls python.yml, whatever happens; a job after it is told the outputs."""
    return CALLER.replace("INPUTS", json.dumps({name.replace("_", "-"): value for name, value in inputs.items()}))


def quick(*names: str) -> str:
    """A noxfile that does these sessions itself, in no time."""
    return QUICK.replace("NAMES", repr(names))


def example(name: str) -> dict[str, str]:
    """A file of docs/examples as it stands, at its place in a repository."""
    return {f".github/workflows/{name}": (EXAMPLES / name).read_text(encoding="utf-8")}


def table(text: str, head: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table with a head in a summary: the first cell, then the others."""
    lines = text[text.index(f"| {head} |") :].splitlines()[2:]
    rows = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines[: lines.index("")]]
    return {first: tuple(others) for first, *others in rows}


def reasons(run, job: str = "twinrail/required") -> dict[str, tuple[str, str]]:
    """What `required` tells of each job: its state, without the symbol, and why."""
    rows = table(run.summaries[job], "job")
    return {name: (state.partition(" ")[2], why) for name, (state, why) in rows.items()}


def outputs(run) -> dict[str, str]:
    """What the job behind the pack's was told."""
    told: dict[str, str] = json.loads(run.outputs("after", "told")["outputs"])
    return told
