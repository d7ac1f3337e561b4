"""Workflows and an action without a fault, and one fault each that must be found."""

CALLED = """\
name: called
on:
  workflow_call:
    inputs:
      publish: {type: boolean, default: false}
      count: {type: number, default: 1}
    outputs:
      where: {description: Where it stands., value: "${{ jobs.build.outputs.where }}"}
permissions: {}
cache-mode: read
jobs:
  build:
    name: build
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    environment: {name: staging, deployment: false}
    outputs:
      where: ${{ steps.ready.outputs.where }}
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - id: ready
        uses: $/actions/setup
        with:
          python: "3.12"
      - name: tell
        if: inputs.publish
        env:
          WHERE: ${{ steps.ready.outputs.where }}
        run: |
          echo "it stands here:"
          echo "$WHERE"
"""

CI = """\
name: ci
on:
  push:
  schedule:
    - cron: "0 6 * * 1-5"
      timezone: "Europe/London"
permissions: {}
concurrency:
  group: ci-${{ github.ref }}
  queue: max
jobs:
  build:
    name: build
    uses: $/.github/workflows/called.yml
    permissions:
      contents: read
    with:
      publish: true
      count: 2
"""

ACTION = """\
name: setup
description: Makes ready.
inputs:
  python:
    description: Which Python.
    required: false
    default: "3.12"
outputs:
  where:
    description: Where it stands.
    value: ${{ steps.one.outputs.where }}
runs:
  using: composite
  steps:
    - id: one
      shell: bash
      env:
        PYTHON: ${{ inputs.python }}
        MATRIX: ${{ matrix.any }}
      run: |
        echo "where=$PYTHON" >> "$GITHUB_OUTPUT"
        echo "$MATRIX"
"""

CLEAN = {
    ".github/workflows/called.yml": CALLED,
    ".github/workflows/ci.yml": CI,
    "actions/setup/action.yml": ACTION,
}

_ENVIRONMENT = "    environment: {name: staging, deployment: false}"

# What is wrong, what stands there instead, the line and who finds it.
IN_CALLED = (
    ("unknown key of a job", "    timeout-minutes: 5", "    timeout-minute: 5", 15, "syntax-check"),
    ("no runner", "    runs-on: ubuntu-24.04\n", "", 12, "syntax-check"),
    ("unknown scope", "      contents: read", "      content: read", 20, "permissions"),
    ("value of a scope", "      contents: read", "      contents: reed", 20, "permissions"),
    ("cache-mode", "cache-mode: read", "cache-mode: reed", 10, "syntax-check"),
    ("deployment", "deployment: false", "deployment: maybe", 16, "syntax-check"),
    ("type of an input", "type: boolean", "type: bool", 5, "syntax-check"),
    ("default of an input", "default: 1", "default: many", 6, "events"),
    ("output without a value", ', value: "${{ jobs.build.outputs.where }}"', "", 8, "syntax-check"),
    ("unknown output of a job", "jobs.build.outputs.where", "jobs.build.outputs.wear", 8, "expression"),
    ("unknown step", "      where: ${{ steps.ready", "      where: ${{ steps.redy", 18, "expression"),
    ("unknown input", "inputs.publish", "inputs.publsh", 30, "expression"),
    ("wrong input of an action", "          python:", "          pyton:", 28, "action"),
    ("absent action", "$/actions/setup", "$/actions/set-up", 26, "absent"),
    ("truth as text", "if: inputs.publish", "if: inputs.publish == 'true'", 30, "boolean-as-text"),
    ("undeclared secret", _ENVIRONMENT, '    env: {A: "${{ secrets.A }}"}', 16, "undeclared-secret"),
    ("injection", 'echo "$WHERE"', 'echo "${{ github.ref }}"', 35, "template-injection"),
    ("unquoted", 'echo "$WHERE"', "echo $WHERE", 35, "shellcheck"),
    ("no pin", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", 22, "unpinned-uses"),
    ("credentials kept", "persist-credentials: false", "fetch-depth: 0", 22, "artipacked"),
    ("no permissions", "permissions: {}\n", "", 1, "excessive-permissions"),
    ("a key twice", "    name: build\n", "    name: build\n    name: build\n", 14, "syntax"),
    ("not closed", "name: called", "name: [called", 2, "syntax"),
)  # fmt: skip
IN_CI = (
    ("text for a truth", "publish: true", "publish: maybe", 18, "input-type"),
    ("text for a number", "count: 2", "count: many", 19, "expression"),
    ("input that is none", "count: 2", "cuont: 2", 19, "workflow-call"),
    ("queue", "queue: max", "queue: many", 10, "syntax-check"),
    ("bad schedule", "0 6 * * 1-5", "0 6 * * 1-9", 5, "events"),
    ("too few permissions", "    permissions:\n      contents: read\n", "", 14, "workflow-call"),
    ("absent workflow", "$/.github/workflows/called.yml", "$/.github/workflows/caled.yml", 14, "workflow-call"),
    ("unknown event", "  push:", "  pushh:", 3, "events"),
)  # fmt: skip
IN_ACTION = (
    ("unknown key", "inputs:", "input:", 3, "schema"),
    ("no description", "description: Makes ready.\n", "", 1, "schema"),
    ("no shell", "      shell: bash\n", "", 15, "schema"),
    ("time limit in a step", "      shell: bash\n", "      shell: bash\n      timeout-minutes: 5\n", 17, "schema"),
    ("unknown step", "steps.one.outputs", "steps.two.outputs", 11, "expression"),
    ("unknown input", "inputs.python", "inputs.pyton", 18, "expression"),
    ("unquoted", 'echo "$MATRIX"', "echo $MATRIX", 22, "shellcheck"),
    ("injection", '"$MATRIX"', '"${{ inputs.python }}"', 22, "template-injection"),
    ("not closed", "name: setup", "name: [setup", 2, "syntax"),
)  # fmt: skip


def wrong() -> dict[str, tuple[str, str, int, str]]:
    """Files with one fault each: what is wrong, the file's text, the line and the title of the finding."""
    found = {}
    for number, (text, (what, old, new, line, title)) in enumerate(
        [(text, each) for text, faults in ((CALLED, IN_CALLED), (CI, IN_CI), (ACTION, IN_ACTION)) for each in faults]
    ):
        assert old in text, what
        name = f"actions/a{number}/action.yml" if text is ACTION else f".github/workflows/w{number}.yml"
        found[name] = (what, text.replace(old, new, 1), line, title)
    return found
