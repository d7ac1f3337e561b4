"""The model of permissions: what a called workflow asks for, and what its caller lacks, before any job runs."""

import pytest

from agreement.model.permissions import granted, most, needed, short

READ = {"contents": "read"}


def workflow(*jobs, **top):
    return {**top, "jobs": {str(number): job for number, job in enumerate(jobs)}}


def nowhere(uses):
    raise AssertionError(uses)


@pytest.mark.parametrize(
    ("jobs", "top", "wanted"),
    [
        ([{"permissions": READ}, {"permissions": {}}], {}, READ),
        # pragma: allowlist nextline secret
        ([{"permissions": READ}, {"permissions": {"contents": "write", "id-token": "write"}}], {},
         # pragma: allowlist nextline secret
         {"contents": "write", "id-token": "write"}),
        ([{}, {"permissions": {}}], {"permissions": READ}, READ),
        ([{"permissions": {"packages": "none"}}], {"permissions": READ}, {}),
        # A job that will not run counts like any other.
        ([{"if": "false", "permissions": {"packages": "write"}}], {"permissions": {}}, {"packages": "write"}),
    ],
)  # fmt: skip
def test_what_a_callee_asks_for(jobs, top, wanted):
    """The most of all jobs, scope by scope; what a job says itself goes before what stands on top."""
    assert wanted == needed(workflow(*jobs, **top), nowhere)


@pytest.mark.parametrize("permissions", [None, "write-all", "read-all"])
def test_what_depends_on_the_repository_is_no_answer(permissions):
    """Nothing said, or all of something: nobody could compute what a caller must grant."""
    job = {"permissions": permissions} if permissions else {}
    with pytest.raises(ValueError, match="settings"):
        granted({"jobs": {"a": job}}, job)


def test_calls_are_followed():
    """What a callee calls counts through its own caller, which must have it."""
    # pragma: allowlist nextline secret
    below = {"b.yml": workflow({"permissions": {"id-token": "write"}})}
    # pragma: allowlist nextline secret
    enough = workflow({"uses": "b.yml", "permissions": {"id-token": "write"}}, permissions={})
    # pragma: allowlist nextline secret
    assert {"id-token": "write"} == needed(enough, below.get)
    with pytest.raises(ValueError, match="asks for"):
        needed(workflow({"uses": "b.yml", "permissions": READ}), below.get)


@pytest.mark.parametrize(
    ("given", "wanted", "lacking"),
    [
        (READ, READ, {}),
        ({"contents": "write"}, READ, {}),
        (READ, {"contents": "write"}, {"contents": "write"}),
        # pragma: allowlist nextline secret
        ({}, {"id-token": "write", "contents": "none"}, {"id-token": "write"}),
        # pragma: allowlist nextline secret
        ({"id-token": "none"}, {"id-token": "read"}, {"id-token": "read"}),
    ],
)
def test_what_a_caller_lacks(given, wanted, lacking):
    """Write is more than read, read more than none, and a scope that is not named is none."""
    assert lacking == short(given, wanted)


def test_the_most_of_nothing_is_nothing():
    """No scopes, no permission."""
    assert {} == most() == most({}, {"contents": "none"})
