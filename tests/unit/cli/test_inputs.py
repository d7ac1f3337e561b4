"""What the composite action was given, parsed once."""

import json
from pathlib import PurePosixPath

import pytest

from door import INPUTS
from golden_files import check
from twinrail.cli.inputs import Inputs, Needs, read_inputs, read_plan
from twinrail.pipeline.graph import PIPELINE
from twinrail.pipeline.plan import Plan, Platform
from twinrail.pipeline.required import Ended
from twinrail.system.errors import UsageError


@pytest.fixture
def read(tmp_path):
    """The inputs that some texts make, in a repository with some folders."""
    for name in ("packages/api", "packages/web app", "docs"):
        (tmp_path / "here" / name).mkdir(parents=True)
    (tmp_path / "there").mkdir()
    (tmp_path / "here/file").touch()
    (tmp_path / "here/in").symlink_to("packages")
    (tmp_path / "here/out").symlink_to("../there")
    (tmp_path / "here/loop").symlink_to("loop")

    def inputs(repository="ada/shopfront", **given):
        return read_inputs(json.dumps(INPUTS | given), workspace=tmp_path / "here", repository=repository)

    return inputs


def test_all_of_them(read):
    """Each input is what its text means."""
    needs = {"build": {"result": "success", "outputs": {"version": "1.4.0"}}}
    assert Inputs(
        sessions=("lint", "types"),
        path=PurePosixPath("packages/api"),
        name="api-2",
        part="macos-latest",
        pythons=("3.11", "3.12"),
        until="staging",
        needs=Needs(ended={"build": Ended(result="success")}, outputs={"build": {"version": "1.4.0"}}),
    ) == read(
        sessions="lint types",
        path="packages/api",
        name="api-2",
        part="macos-latest",
        python="3.11\n3.12\n",
        until="staging",
        needs=json.dumps(needs),
    )


def test_none_of_them(read):
    """Where nothing was given the repository is the project, its name is what things are called, and nothing runs."""
    found = read(sessions="", path="")
    assert (
        Inputs(sessions=(), path=PurePosixPath(), name="shopfront", part="", pythons=(), until="", needs=Needs())
        == found
    )


@pytest.mark.parametrize("value", [None, 0, False, [], {}])
def test_what_is_empty_in_json(read, value):
    """`null` and what else is nothing in JSON is nothing here."""
    assert read() == read(name=value, needs=value, python=value, part=value, until=value)


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("  lint   types ", ("lint", "types")),
        ("types lint types", ("types", "lint")),
        ("tests-3.12", ("tests-3.12",)),
        ("docs_build", ("docs_build",)),
        ("_own", ("_own",)),
    ],
)
def test_sessions(read, text, sessions):
    """Sessions stand apart by blanks, each once, in their order; those of a noxfile are called as it likes."""
    assert sessions == read(sessions=text).sessions


@pytest.mark.parametrize("name", [each.name for each in PIPELINE])
def test_until(read, name):
    """Every session of the pipeline can be the last one."""
    assert name == read(until=name).until


@pytest.mark.parametrize(
    ("path", "repository", "name"),
    [
        ("packages/api", "ada/shopfront", "api"),
        ("packages/api/", "ada/shopfront", "api"),
        ("./packages//api", "ada/shopfront", "api"),
        (".", "ada/shopfront", "shopfront"),
        ("packages/web app", "ada/shopfront", "web-app"),
        (".", "", "project"),
        (".", "ada/.github", "github"),
        (".", "ada/$(touch x)::error::", "touch-x-error"),
        (".", f"ada/{'x' * 90}", "x" * 64),
        ("in/api", "ada/shopfront", "api"),
    ],
)
def test_the_name_that_was_not_given(read, path, repository, name):
    """It is the path's last part, or the repository's, in letters that an artifact may have."""
    assert name == read(path=path, repository=repository).name


@pytest.mark.parametrize(
    "path",
    ["nowhere", "file", "out", "loop", "..", "packages/../..", "packages/../docs", "../here", "/", "~", "-docs",
     "packages\\api", "docs\n", "x" * 2000, "x" * 300],
)  # fmt: skip
def test_paths_that_lead_elsewhere(read, path):
    """A path names a folder of the checkout: what is none, and what leads out of it, is refused."""
    with pytest.raises(UsageError, match=r"^path: '.*' makes no sense\. It takes a folder of the repository"):
        read(path=path)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"lint"', "7", "[" * 100_000, "inputs"])
def test_no_inputs_at_all(tmp_path, text):
    """Without inputs nothing is done, and the message says how the action is called."""
    with pytest.raises(UsageError, match=r"^The action was given no inputs\.\n  Call it as python\.yml does"):
        read_inputs(text, workspace=tmp_path, repository="ada/shopfront")


def test_every_mistake_at_once(read):
    """Each input that makes no sense is named with what it takes; a long text is cut."""
    with pytest.raises(UsageError) as caught:
        read(sessions="lint;types", path="../x", name="a b", part="x" * 100_000, python="3", until="stagin", needs="{")
    assert 2 == caught.value.exit_code
    check("cli/inputs.txt", f"{caught.value}\n")


NEEDS = {
    "verify": {"result": "success", "outputs": {"plan": "{}", "receipt": "", "state": "waiting"}},
    "accept": {"result": "skipped", "outputs": {}},
}


def test_needs(read):
    """How each job ended, the state that it told, and its outputs without the empty ones."""
    needs = read(needs=json.dumps(NEEDS)).needs
    assert {"verify": Ended(result="success", state="waiting"), "accept": Ended(result="skipped")} == needs.ended
    assert {"verify": {"plan": "{}", "state": "waiting"}, "accept": {}} == needs.outputs
    assert (["{}"], []) == (needs.told("plan"), needs.told("receipt"))


def test_needs_of_two_files(read):
    """Of two jobs of one name the first counts: it is what this job needs itself, the other a caller's."""
    own, other = ({"approval": {"result": result, "outputs": {}}} for result in ("failure", "success"))
    needs = read(needs=json.dumps([own, other | NEEDS])).needs
    assert ({"approval", "verify", "accept"}, "failure") == (set(needs.ended), needs.ended["approval"].result)


@pytest.mark.parametrize("text", ["{", "7", "null", '"x"', "[7]", "[[]]", '{"a": 7}', '{"a": null}', "[" * 100_000])
def test_needs_that_are_none(read, text):
    """What is no document of jobs is refused."""
    with pytest.raises(UsageError, match=r"^needs: '.*' makes no sense\. It takes toJSON\(needs\)"):
        read(needs=text)


def test_needs_without_outputs(read):
    """A job without outputs, or with some that are no document, told nothing."""
    needs = read(needs='{"a": {}, "b": {"result": "failure", "outputs": ["x"]}, "c": {"outputs": {"n": 1}}}').needs
    assert {"a": {}, "b": {}, "c": {"n": "1"}} == needs.outputs
    assert ["None", "failure", "None"] == [each.result for each in needs.ended.values()]


def test_plan():
    """The plan that one job told is what another reads."""
    text = (
        '{"jobs":["verify"],"left_out":{"build":"why"},"approvals":["production-approval"],'
        '"platforms":[{"runner":"","pythons":"3.11\\n3.12"}]}'
    )
    assert Plan(
        jobs=("verify",),
        left_out={"build": "why"},
        platforms=(Platform(runner="", pythons="3.11\n3.12"),),
        approvals=("production-approval",),
    ) == read_plan(text)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "{", '{"jobs": 1, "left_out": {}, "platforms": [], "approvals": []}',
     '{"jobs": [], "left_out": [1], "platforms": [], "approvals": []}', "[" * 100_000,
     '{"jobs": [], "left_out": {}, "platforms": [{"x": 1}], "approvals": []}'],
)  # fmt: skip
def test_plan_that_cannot_be_read(text):
    """What is no plan is none."""
    assert read_plan(text) is None
