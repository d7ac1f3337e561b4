"""Every input with every payload: nothing is executed, no output is forged, and what makes no sense is refused."""

import json
import re

import pytest

from door import BEGUN, INPUTS
from payloads import CANARY, PAYLOADS
from twinrail.cli.inputs import read_inputs
from twinrail.system.errors import UsageError

SENSE = {
    "sessions": {"prototype", "null", "100 kB of words"},
    "name": {"null"},
    "part": {"null"},
    "path": set(),
    "python": set(),
    "until": set(),
    "needs": set(),
}
"""The payloads that are as good a text as any other: a session, a name."""
CASES = [pytest.param(name, each, id=f"{name}-{each}") for name in SENSE for each in PAYLOADS]
REFUSED = re.compile(r"[a-z]+: (['\"])[ -~]{0,700}\1 makes no sense\. It takes [ -~]+")


def untouched(door):
    """Whether nobody obeyed a payload."""
    return not [*door.workspace.parent.rglob(CANARY)]


@pytest.mark.parametrize(("name", "payload"), CASES)
def test_an_input(tmp_path, name, payload):
    """A payload is refused by name, with what the input takes, or it is taken as a plain text."""
    text = PAYLOADS[payload]
    given = json.dumps(INPUTS | {name: text})
    if payload in SENSE[name]:
        found = read_inputs(given, workspace=tmp_path, repository="ada/parcel")
        assert (tuple(dict.fromkeys(text.split())) if name == "sessions" else text) == getattr(found, name)
        return
    with pytest.raises(UsageError) as caught:
        read_inputs(given, workspace=tmp_path, repository="ada/parcel")
    assert REFUSED.fullmatch(caught.value.what)
    assert caught.value.what.startswith(f"{name}: ")
    assert len(caught.value.what) < 900


REFUSALS = [each for each in CASES if each.values[1] not in SENSE[each.values[0]]]


@pytest.mark.parametrize(
    ("verb", "name", "payload"),
    [pytest.param(("begin", "run")[number % 2], *each.values, id=each.id) for number, each in enumerate(REFUSALS)],
)
def test_a_refusal(step, door, verb, name, payload):
    """The door ends with 2; the runner hears of one error and one output, and nothing was run or left behind.

    Both verbs come by the same door, so every other payload is given to the one and the rest to the other.
    """
    came = step(verb, **{name: PAYLOADS[payload]})
    assert (2, {"state": "failed"}, "") == (came.code, came.outputs, came.troubles)
    assert ["error"] == [each.name for each in came.log.obeyed]
    assert came.errors[0].startswith(f"{name}: ")
    assert came.summary.startswith(f"### ✗ {name}: ")
    assert (False, [], "") == (door.place.exists(), came.log.lines, came.log.stopped)
    assert untouched(door)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_all_inputs_of_a_process(door, payload):
    """As a process, with the payload in every input at once, or in one where no system would take more: the same."""
    text = PAYLOADS[payload]
    given = dict.fromkeys(INPUTS if len(text) < 1000 else ["path"], text)
    came = door.open("begin", **given)
    assert (2, {"state": "failed"}, "") == (came.code, came.outputs, came.troubles)
    assert ["error"] == [each.name for each in came.log.obeyed]
    named = {line.strip().partition(":")[0] for line in came.errors[0].splitlines()[:-1]}
    assert {name for name in given if payload not in SENSE[name]} == named
    assert untouched(door)


@pytest.mark.parametrize(
    "text", ["", "{", PAYLOADS["deep JSON"], PAYLOADS["command substitution"], "null", '{"sessions": {"a": 1}}']
)
def test_inputs_that_are_no_inputs(step, door, text):
    """What is no `toJSON(inputs)` at all is refused as well."""
    door.env["TWINRAIL_INPUTS"] = text
    came = step("begin")
    assert (2, {"state": "failed"}, ["error"]) == (came.code, came.outputs, [each.name for each in came.log.obeyed])


@pytest.mark.parametrize("name", ["sessions", "name", "part"])
def test_what_makes_sense_is_a_text(step, name):
    """A session that nobody offers, or a name, is what it is: `null` and the names of JavaScript's own mean nothing."""
    for payload in SENSE[name]:
        came = step("begin", **{name: PAYLOADS[payload]})
        assert (0, BEGUN, []) == (came.code, set(came.outputs), came.log.obeyed)
        artifact = {"name": "null-verify", "part": "parcel-verify-null"}.get(name, "parcel-verify")
        assert artifact == came.outputs["artifact"]


FOLDERS = (f"$(touch {CANARY})", f"a;touch {CANARY}", f"`touch {CANARY}`", f"|touch {CANARY}&&x", "${{ github.token }}",
           "{a,b}", "*", "it's \"x\"", "\U0001f680", "a b", "##[error]x", "::error::x", "%0A", "x -f y", "..a",
           "<b>", "[x](y)")  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_that_are_there(step, door, folder):
    """A folder of the repository is one, whatever it is called; what is called after it has no odd letters."""
    place = door.workspace / "packages" / folder
    place.mkdir(parents=True)
    (place / "pyproject.toml").write_bytes((door.workspace / "pyproject.toml").read_bytes())
    came = step("begin", path=f"packages/{folder}", sessions="integration")
    assert (0, BEGUN, "") == (came.code, set(came.outputs), came.troubles)
    assert re.fullmatch(r"[A-Za-z0-9._-]+-verify", came.outputs["artifact"])
    assert re.fullmatch(r"[A-Za-z0-9._-]+-build", came.outputs["takes"])
    assert ([], True) == (came.log.obeyed, untouched(door))


@pytest.mark.parametrize("folder", FOLDERS[:4])
def test_folders_that_are_there_are_run(step, door, folder):
    """A run in such a folder executes nothing of its name, and the session that nobody offers is told as such."""
    place = door.workspace / folder
    place.mkdir()
    (place / "pyproject.toml").write_bytes((door.workspace / "pyproject.toml").read_bytes())
    (place / "noxfile.py").write_text("import nox\n\n@nox.session(venv_backend='none')\ndef own(session):\n    pass\n")
    assert 0 == step("begin", path=folder, sessions="own nobodys").code
    came = step("run", path=folder, sessions="own nobodys")
    assert (0, "passed") == (came.code, came.outputs["state"])
    assert {"group", "endgroup"} == {each.name for each in came.log.obeyed}
    assert ("off", "the noxfile does not offer it") == tuple(
        door.ended("nobodys")[key] for key in ("state", "headline")
    )
    assert untouched(door)
