"""What a stranger wrote, as inputs of the real action: refused by name, and neither executed nor obeyed."""

import json

import pytest
from act import TOKEN

from github_runner import Log
from payloads import CANARY, PAYLOADS

HOSTILE = {
    "upwards": ("path", PAYLOADS["upwards"]),
    "dash": ("path", PAYLOADS["leading dash"]),
    "substitution": ("name", PAYLOADS["command substitution"]),
    "expression": ("name", PAYLOADS["expression"]),
    "backticks": ("part", PAYLOADS["backticks"]),
    "quotes": ("sessions", PAYLOADS["double quote"]),
    "output": ("sessions", f"lint\n{PAYLOADS['output in old form']}\n{PAYLOADS['output after a newline']}"),
    "escaped": ("until", PAYLOADS["escaped newline"]),
    "unicode": ("until", PAYLOADS["right to left"]),
    "large": ("needs", PAYLOADS["100 kB"]),
    "digits": ("python", PAYLOADS["other digits"]),
}
WORKFLOW = """\
on: {push: {}}
jobs:
  hostile:
    runs-on: ubuntu-latest
    steps:
      # What no step may do: there, and there alone, a payload is executed.
      - run: mkdir planted && cd planted && echo ${{ github.event.hostile.substitution }}
STEPS
      - id: after
        run: |
          echo "canaries=$(find . "$RUNNER_TEMP" "$HOME" -name "$CANARY" | xargs)" >> "$GITHUB_OUTPUT"
          echo "names=$(compgen -e | xargs)" >> "$GITHUB_OUTPUT"
        env: {CANARY: CALLED}
"""


def step(name, given):
    """A step that hands a value of the event to an input of the action."""
    inputs = {"sessions": "lint", given: f"${{{{ github.event.hostile.{name} }}}}"}
    return (
        f"      - {{id: {name}, uses: twinrail/twinrail/actions/nox@v1, continue-on-error: true, "
        f"with: {json.dumps(inputs)}}}"
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory, commit, act):
    """The run of a workflow that hands each payload of an event to an input."""
    root = tmp_path_factory.mktemp("hostile")
    steps = "\n".join(step(name, given) for name, (given, _) in HOSTILE.items())
    text = WORKFLOW.replace("STEPS", steps).replace("CALLED", CANARY)
    commit(root, {".github/workflows/hostile.yml": text})
    return act.run(root, payload={"hostile": {name: value for name, (_, value) in HOSTILE.items()}})


def test_nothing_is_executed(run):
    """No payload ran, but for the one that a careless step puts into a script; none left a variable behind."""
    assert 0 == run.returncode, run.said
    after = run.outputs("hostile", "after")
    assert f"./planted/{CANARY}" == after["canaries"]
    assert not {"state", "plan", "x"} & set(after["names"].split())
    assert {"pythonLocation"} == {each["name"] for each in run.commands if each["command"] == "set-env"}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_forged(run, name):
    """The step tells that it failed, and nothing else: no output has a value that a payload gave it."""
    assert {"": "failed", "begin": "failed"} == {
        step: run.outputs("hostile", f"{name}/{step}".strip("/"))["state"] for step in ("", "begin")
    }
    told = run.outputs("hostile", name)
    assert {"state": "failed"} == {output: value for output, value in told.items() if value}


def test_each_is_refused_by_its_name(run):
    """One error for each payload and nothing else that the runner obeys: it names the input, and shows what it was."""
    # As GitHub's runner reads the log: act takes the last :: of a line for the end of a command's name.
    log = Log().read(run.log("hostile"))
    assert {"error", "notice"} == {each.name for each in log.obeyed}
    for (given, value), each in zip(HOSTILE.values(), log.named("error"), strict=True):
        shown = ascii(value if len(value) <= 60 else f"{value[:60]}…")
        assert each.text.startswith(f"{given}: {shown} makes no sense. It takes ")
        assert {"title": "twinrail"} == each.properties


def test_what_is_large_is_not_repeated(run):
    """100 kB that make no sense stand nowhere in the log, nor does the token that an expression asks for."""
    said = run.log("hostile")
    assert PAYLOADS["100 kB"] not in said
    assert TOKEN not in said
