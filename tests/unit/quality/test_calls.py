"""The mistakes between workflows that no linter finds."""

import pytest
from yaml_texts import told, yaml

from twinrail.quality.linters.calls import calls

CALLED = """\
on:
  workflow_call:
    inputs:
      publish: {type: boolean}
      name: {type: string}
jobs:
  a: {runs-on: ubuntu-latest, steps: [{run: echo}]}
"""
CALLER = """\
on: push
jobs:
  a:
    uses: $/.github/workflows/called.yml
    with:
      publish: VALUE
      name: yes
"""
CI = ".github/workflows/ci.yml"


def found(*files, exists=lambda _: True):
    return calls([yaml(*each) for each in files], exists)


@pytest.mark.parametrize("value", ["maybe", "yes", "'true'", '"false"', "1", "''"])
@pytest.mark.parametrize("way", ["$/", "./"])
def test_a_text_for_a_truth_is_a_mistake(value, way):
    """What is neither true nor false does not become it: the line of the value is told."""
    caller = CALLER.replace("VALUE", value).replace("$/", way)
    mistakes = found((CI, caller), (".github/workflows/called.yml", CALLED))
    assert [(CI, 6, "input-type")] == told(mistakes)
    assert f'"publish" of {way}.github/workflows/called.yml is true or false' in mistakes[0].text


@pytest.mark.parametrize("value", ["true", "False", "${{ inputs.b }}", '"${{ inputs.b }}"', "${{ 1 == 1 }}"])
def test_a_truth_is_none(value):
    """true, false, and an expression, whose value is known later."""
    assert () == found((CI, CALLER.replace("VALUE", value)), (".github/workflows/called.yml", CALLED))


def test_an_example_calls_what_stands_beside_it():
    """In a folder below, `./` leads to the workflow of that folder, not to the repository's own."""
    below = "docs/examples/a/"
    caller = CALLER.replace("VALUE", "maybe").replace("$/", "./")
    assert [(below + CI, 6, "input-type")] == told(
        found((below + CI, caller), (f"{below}.github/workflows/called.yml", CALLED))
    )
    assert () == found((below + CI, caller), (".github/workflows/called.yml", CALLED))


SECRET = """\
on: {EVENTS}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "$A"
          echo '${{ secrets.KEY }}'
        env: {A: "${{ secrets.GITHUB_TOKEN }}"}
"""


@pytest.mark.parametrize(
    "events", ["{workflow_call: }", "workflow_call", "[workflow_call]", "{workflow_call: {inputs: {}}}"]
)
def test_a_secret_that_nobody_can_pass_is_a_mistake(events):
    """A workflow that is only ever called gets the secrets that it declares; the line in a script is told."""
    assert [(CI, 8, "undeclared-secret")] == told(found((CI, SECRET.replace("{EVENTS}", events))))


@pytest.mark.parametrize("events", [
    "push", "[push, workflow_call]", "{workflow_call: , workflow_dispatch: }",
    "{workflow_call: {secrets: {KEY: {required: true}}}}",
    # actionlint finds that one.
    "{workflow_call: {secrets: {OTHER: {required: true}}}}",
])  # fmt: skip
def test_a_secret_that_may_be_there_is_none(events):
    """A workflow that starts by itself has the repository's secrets; one that declares some is actionlint's matter."""
    assert () == found((CI, SECRET.replace("{EVENTS}", events)))


def test_an_environment_brings_secrets():
    """A job that stands in an environment has that one's secrets, which nobody declares."""
    text = SECRET.replace("{EVENTS}", "workflow_call").replace("    steps:", "    environment: production\n    steps:")
    assert () == found((CI, text))


TRUTH = """\
on:
  EVENT:
    inputs:
      dry: {type: boolean}
      name: {type: string}
jobs:
  a:
    runs-on: ubuntu-latest
    if: >-
      IF
    steps:
      - run: echo
"""


@pytest.mark.parametrize("event", ["workflow_call", "workflow_dispatch"])
@pytest.mark.parametrize("condition", [
    "inputs.dry == 'true'", "inputs.dry != 'false'", "${{ inputs.dry=='TRUE' }}", "'true' == inputs.dry",
    "always() && inputs.dry == 'true'",
])  # fmt: skip
def test_a_truth_is_no_text(condition, event):
    """Compared with a text, a truth is never equal to it."""
    mistakes = found((CI, TRUTH.replace("IF", condition).replace("EVENT", event)))
    assert [(CI, 9, "boolean-as-text")] == told(mistakes)
    assert "write inputs.dry" in mistakes[0].text


@pytest.mark.parametrize("condition", [
    "inputs.dry", "inputs.dry == true", "inputs.name == 'true'", "github.event.inputs.dry == 'true'",
    "inputs.dry-run == 'true'",
])  # fmt: skip
def test_what_may_be_a_text_is_none(condition):
    """Other inputs are texts, and so are all of them in the event."""
    assert () == found((CI, TRUTH.replace("IF", condition).replace("EVENT", "workflow_dispatch")))


def test_a_script_that_says_so_is_none():
    """Outside of expressions it is a text like any other."""
    assert () == found((CI, TRUTH.replace("IF", "always()").replace("run: echo", "run: \"inputs.dry == 'true'\"")))


def test_an_input_that_is_a_text_elsewhere_is_none():
    """Where one event types it as a text, it may be one."""
    both = TRUTH.replace("EVENT", "workflow_dispatch").replace(
        "jobs:", "  workflow_call:\n    inputs:\n      dry: {type: string}\njobs:"
    )
    assert () == found((CI, both.replace("IF", "inputs.dry == 'true'")))


USES = "runs:\n  steps:\n    - uses: $/actions/setup\n"


@pytest.mark.parametrize("name", ["action.yml", "action.yaml", "Dockerfile"])
def test_an_action_that_is_there_is_none(name):
    """`$/` names a folder with an action."""
    assert () == found(("actions/a/action.yml", USES), exists={f"actions/setup/{name}"}.__contains__)


def test_an_action_that_is_not_there_is_a_mistake():
    """In an action and in a workflow, an example's own folder included."""
    absent = found(("actions/a/action.yml", USES), exists=lambda _: False)
    assert [("actions/a/action.yml", 3, "absent")] == told(absent)
    assert "$/actions/setup is not in this repository" == absent[0].text
    called = CALLER.replace("VALUE", "true")
    assert [(CI, 4, "absent")] == told(found((CI, called), exists={"actions/setup/action.yml"}.__contains__))
    below = f"docs/a/{CI}"
    assert () == found((below, called), exists={"docs/a/.github/workflows/called.yml"}.__contains__)
