"""Where an image came from, as a statement, and what may be wrong with one."""

import json
from dataclasses import replace

import pytest

from twinrail.deploy.provenance import judge
from twinrail.deploy.release import Release
from twinrail.session.provenance import Origin, fault, of_the_same_build, statement
from twinrail.session.signing import STATEMENT, Signed

DIGEST, COMMIT, WHEEL = f"sha256:{'1' * 64}", "2" * 40, "3" * 64
ORIGIN = Origin(
    reference=f"registry.example/team/shop@{DIGEST}",
    commit=COMMIT,
    source="https://forge.example/shop",
    wheel=("shop-1-py3-none-any.whl", WHEEL),
    locks={"uv.lock": "4" * 64},
    base=f"python@sha256:{'5' * 64}",
    builder="https://forge.example/workflow",
    run="run-1",
)


def test_what_it_says():
    """The subject by digest, and every material by one."""
    told = json.loads(statement(ORIGIN))
    assert [{"name": "registry.example/team/shop", "digest": {"sha256": "1" * 64}}] == told["subject"]
    materials = told["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert [
        {"uri": "git+https://forge.example/shop", "digest": {"gitCommit": COMMIT}},
        {"name": "shop-1-py3-none-any.whl", "digest": {"sha256": WHEEL}},
        {"name": "uv.lock", "digest": {"sha256": "4" * 64}},
        {"uri": "docker://python", "digest": {"sha256": "5" * 64}},
    ] == materials
    assert 3 == statement(replace(ORIGIN, base="python:local")).count('"sha256"')


def test_one_that_is_right():
    """For this image, this commit, this wheel."""
    assert "" == fault(statement(ORIGIN), DIGEST, COMMIT, WHEEL)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ((f"sha256:{'9' * 64}", COMMIT, WHEEL), "it is one of another image"),
        ((DIGEST, "9" * 40, WHEEL), "it names the commit 2222222, not 9999999"),
        ((DIGEST, COMMIT, "9" * 64), "it names another wheel"),
    ],
)
def test_one_of_something_else(asked, wrong):
    """It is said of what."""
    assert fault(statement(ORIGIN), *asked).startswith(wrong)


def test_of_the_same_build():
    """Another run says the same; another commit, another builder, or nobody does not."""
    said = statement(ORIGIN)
    assert of_the_same_build(said, statement(replace(ORIGIN, run="run-2")))
    others = [statement(replace(ORIGIN, **{name: "x"})) for name in ("commit", "builder", "source")]
    assert not any(of_the_same_build(said, each) for each in (*others, "", "{}", "[" * 2000))


@pytest.mark.parametrize("payload", ["", "[]", "{}", "[" * 2000, '{"subject": 7}'])
def test_what_is_none(payload):
    """Whatever was signed."""
    assert "it is no provenance" == fault(payload, DIGEST, COMMIT, WHEEL)


def test_another_predicate():
    """A signed bill of materials is no provenance."""
    told = json.loads(statement(ORIGIN)) | {"predicateType": "https://cyclonedx.org/bom"}
    assert "it is a https://cyclonedx.org/bom, no provenance" == fault(json.dumps(told), DIGEST, COMMIT, WHEEL)


def test_one_good_envelope_is_enough(tmp_path):
    """Whatever else lies beside the image; one that is signed but wrong is told by its signer."""
    release = Release(
        version="1", digest=WHEEL, wheel=tmp_path, requirements=tmp_path, commit=COMMIT, image=ORIGIN.reference
    )
    good = Signed(kind=STATEMENT, payload=statement(ORIGIN), signer="a.pub")
    wrong = replace(good, payload=statement(replace(ORIGIN, commit="9" * 40)))
    theirs = replace(good, signer=None)
    assert "" == judge([wrong, theirs, good], release)
    assert judge([theirs], release).startswith("What lies beside it was signed by somebody else")
    assert "What a.pub signed: it names the commit 9999999, not 2222222." == judge([wrong, theirs], release)
    assert "What a.pub signed: it is a text/plain." == judge([replace(good, kind="text/plain")], release)
