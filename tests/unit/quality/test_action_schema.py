"""What GitHub demands of the file that describes an action."""

import pytest
from yaml_texts import told, yaml

from twinrail.quality.linters.schema import schema

COMPOSITE = """\
name: Set up
description: Makes ready.
author: Ada
branding: {icon: box, color: blue}
inputs:
  python:
    description: Which.
    required: false
    default: "3.12"
outputs:
  where:
    description: Where.
    value: ${{ steps.one.outputs.where }}
runs:
  using: composite
  steps:
    - id: one
      name: One
      if: always()
      shell: bash
      working-directory: .
      continue-on-error: true
      env: {A: b}
      run: echo
    - uses: actions/cache@v6
      continue-on-error: ${{ inputs.python == '3' }}
      with: {path: x}
"""
NODE = """\
name: n
description: d
outputs: {a: {description: b}}
runs: {using: node24, main: a.js, post: b.js, post-if: always()}
"""
DOCKER = "name: n\ndescription: d\nruns: {using: docker, image: Dockerfile, args: [a], env: {A: b}}\n"


def found(text, file="action.yml"):
    return schema([yaml(file, text)])


@pytest.mark.parametrize("text", [COMPOSITE, NODE, DOCKER])
def test_what_github_takes_is_no_mistake(text):
    """An action of each kind, with every key of a composite one."""
    assert () == found(text)


def test_workflows_are_left_alone():
    """What is no action is not measured as one."""
    assert () == found("on: push\n", ".github/workflows/ci.yml")


@pytest.mark.parametrize(("old", "new", "line", "says"), [
    ("name: Set up\n", "", 1, 'an action has no "name"'),
    ("description: Makes ready.\n", "", 1, 'an action has no "description"'),
    ("author:", "auther:", 3, 'an action has no key "auther": it knows name, description, author'),
    ("required:", "requird:", 8, 'the input "python" has no key "requird"'),
    ("required: false", "required: 'false'", 8, 'required is true or false, not "false"'),
    ("required: false", "required: maybe", 8, 'required is true or false, not "maybe"'),
    ("    value: ${{ steps.one.outputs.where }}\n", "", 12, 'the output "where" has no "value"'),
    ("using: composite", "using: composit", 15, 'using is one of composite, docker and nodeNN, not "composit"'),
    ("using: composite", "using: node", 15, "using is one of"),
    ("  using: composite\n", "", 15, 'runs has no "using"'),
    ("  steps:\n", "  stepz:\n", 15, 'runs of composite has no "steps"'),
    ("using: composite\n", "using: composite\n  env: {A: b}\n", 16, 'runs of composite has no key "env"'),
    ("      shell: bash\n", "", 17, 'a step of an action with "run" has no "shell"'),
    ("shell: bash", "shel: bash", 20, 'has no key "shel"'),
    ("shell: bash", "shell: bash\n      timeout-minutes: 5", 21, 'has no key "timeout-minutes"'),
    ("shell: bash", "shell: bash\n      background: true", 21, 'has no key "background"'),
    ("with:", "shell: bash\n      with:", 27, 'a step of an action with "uses" has no key "shell"'),
    ("uses: actions/cache@v6", "run: echo\n      uses: actions/cache@v6", 25, 'either "run" or "uses"'),
    ("continue-on-error: true", "continue-on-error: yes", 22, 'continue-on-error is true or false, not "yes"'),
])  # fmt: skip
def test_a_mistake_is_told_with_its_line(old, new, line, says):
    """One mistake each; a missing key is told where its table begins."""
    assert old in COMPOSITE
    mistakes = found(COMPOSITE.replace(old, new, 1))
    assert (line, "schema") in [(each.line, each.title) for each in mistakes]
    assert says in "\n".join(each.text for each in mistakes)


@pytest.mark.parametrize(("old", "new", "line"), [
    ("A: b", 'A: "${{ secrets.KEY }}"', 23), ("if: always()", "if: vars.MODE == 'a'", 19),
    ("{path: x}", "{path: \"a-${{ needs['a'].outputs.b }}\"}", 27),
    ("run: echo", "run: echo ${{ inputs.a }} ${{ jobs.a }}", 24),
])  # fmt: skip
def test_an_action_reads_what_it_is_given(old, new, line):
    """Secrets, variables and other jobs are the workflow's: an action gets them as inputs."""
    assert [line] == [each.line for each in found(COMPOSITE.replace(old, new, 1))]


@pytest.mark.parametrize("text", [
    "${{ github.event.inputs.secrets }}", "${{ inputs.secrets }}", "secrets.KEY", "${{ 'secrets.KEY' }}",
    "${{ steps.vars.outputs.x }}", "${{ inputs.needs-a }}",
])  # fmt: skip
def test_what_only_sounds_alike_is_read(text):
    """A name that is part of another one, a plain text, and one in quotes."""
    assert () == found(COMPOSITE.replace("A: b", f'A: "{text}"', 1))


def test_a_misspelt_key_gets_a_guess():
    """The nearest known key is named."""
    assert found(COMPOSITE.replace("shell:", "shel:"))[1].text.endswith('Did you mean "shell"?')


def test_no_step_is_a_mistake():
    """An action that does nothing, and one that is no table at all."""
    empty = found("name: n\ndescription: d\nruns: {using: composite, steps: []}\n")
    assert [("action.yml", 3, "schema")] == told(empty)
    assert [1] == [each.line for each in found("hello\n")]
