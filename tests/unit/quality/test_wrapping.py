"""A composite action as a workflow: the steps as they stand, each line with the one that it comes from."""

import pytest
from yaml_texts import yaml

from twinrail.quality.linters.wrapping import wrap

ACTION = """\
name: Set up
description: Makes ready.
inputs:
  python-version: {description: Which.}
runs:
  using: composite
  # What it does.
  steps:
    - id: one
      shell: bash
      run: |
        if true; then
            echo "where=x" >> "$GITHUB_OUTPUT"
        fi

    - uses: $/actions/other
branding: {icon: box}
outputs:
  where: {description: Where., value: "${{ steps.one.outputs.where }}"}
"""


def wrapped(text):
    return wrap(yaml("action.yml", text), text)


@pytest.mark.parametrize("text", [
    ACTION,
    ACTION.replace("  steps", " steps").replace("  using", " using").replace("    -", "  -").replace("      ", "    "),
    ACTION.replace("    -", "  -").replace("      ", "    "),
])  # fmt: skip
def test_a_line_comes_from_the_same_line(text):
    """However far in they stand, the steps keep their order and their meaning, and every line its origin."""
    made = wrapped(text)
    root = yaml("w.yml", made.text).root
    job, action = root.at("jobs", "action"), yaml("action.yml", text).root
    assert [each.at("run") is None for each in action.at("runs", "steps").items] == [False, True]
    for there, here in zip(job.at("steps").items, action.at("runs", "steps").items, strict=True):
        assert here.line == made.lines[there.line - 1]
        assert {key: each.text for key, each in here.entries.items()} == {
            key: each.text for key, each in there.entries.items()
        }
    assert len(made.text.splitlines()) == len(made.lines)


def test_inputs_and_outputs_are_there():
    """What the steps may read is declared, and what the outputs read is looked at on their lines."""
    made = wrapped(ACTION)
    root = yaml("w.yml", made.text).root
    assert ["python-version"] == list(root.at("on", "workflow_call", "inputs").entries)
    where = root.at("jobs", "action", "outputs", "where")
    assert ("${{ steps.one.outputs.where }}", 19) == (where.text, made.lines[where.line - 1])


def test_steps_in_one_line_are_steps():
    """Steps in the short form keep their lines too, and a word that is no text stays none."""
    short = '[{run: "a: b",\n    shell: bash, continue-on-error: true}, {uses: x}]'
    made = wrapped(f"name: n\ndescription: d\nruns:\n  using: composite\n  steps: {short}\n")
    steps = yaml("w.yml", made.text).root.at("jobs", "action", "steps")
    assert [5, 6] == [made.lines[each.line - 1] for each in steps.items]
    first = steps.items[0]
    assert ("a: b", "true", "") == (
        first.at("run").text, first.at("continue-on-error").text, first.at("continue-on-error").style
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["name: n\nruns: {using: node24, main: a.js}\n", "name: n\n", "runs: {using: composite, steps: []}\n"]
)
def test_what_has_no_steps_is_not_wrapped(text):
    """An action of another kind has no body that a linter of workflows could read."""
    assert wrapped(text) is None
