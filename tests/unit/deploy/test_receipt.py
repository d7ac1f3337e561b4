"""Receipts: what one environment found out of a release, and whether the next one may believe it."""

import dataclasses
import json

import pytest
from fakes import release

from twinrail.deploy import receipt as receipts
from twinrail.deploy.interface import Open, Shut
from twinrail.deploy.receipt import Receipt, ReceiptGate, check, path_of
from twinrail.report.events import Reading

THIS, OTHER = release("2.0"), release("1.9")


def given(environment="staging", of=THIS, **more):
    usual = {"release": of.name, "identity": of.identity, "commit": of.commit, "head": "h" * 64, "run": "run-1"}
    return Receipt(environment=environment, **usual | more)


def test_written_and_read(tmp_path):
    """What was written is read, with its readings; a newer one takes its place, those of others stay."""
    first = given(rehearsal=True, readings=(Reading(name="p95", value="12 ms", limit="400 ms", ok=True),))
    receipts.write(tmp_path, first)
    receipts.write(tmp_path, given("test"))
    assert first == receipts.read(tmp_path, "staging")
    receipts.write(tmp_path, given(of=OTHER))
    assert (OTHER.name, THIS.name) == tuple(receipts.read(tmp_path, each).release for each in ("staging", "test"))
    assert tmp_path / "receipts" / "staging.json" == path_of(tmp_path, "staging")


BROKEN = ["", "{", "null", "[]", "7", '"x"', "{}", '{"environment": "staging"}', "\xff", "[" * 2000]


def broken(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("latin-1"))


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_none(tmp_path, text):
    """A broken file is no receipt."""
    broken(path_of(tmp_path, "staging"), text)
    assert receipts.read(tmp_path, "staging") is None


@pytest.mark.parametrize("field", [each.name for each in dataclasses.fields(Receipt)])
def test_a_field_of_another_kind(tmp_path, field):
    """A receipt whose fields are none of ours is no receipt."""
    told = dataclasses.asdict(given()) | {field: {"a": 1}}
    broken(path_of(tmp_path, "staging"), json.dumps(told))
    assert receipts.read(tmp_path, "staging") is None


@pytest.mark.parametrize(
    ("found", "opens", "note"),
    [
        (given(), True, f"{THIS.name} was healthy in staging (run run-1)"),
        (given(rehearsal=True), True, f"{THIS.name} was healthy in staging (run run-1)"),
        (None, False, "there is no receipt of staging"),
        (given("test"), False, "the receipt of staging is one of test"),
        (given("production"), False, "the receipt of staging is one of production"),
        (given(of=OTHER), False, f"staging was healthy with {OTHER.name}, which is not {THIS.name}"),
        (given(of=OTHER, release=THIS.name), False, f"staging was healthy with {THIS.name}, which is not {THIS.name}"),
        (given(identity=""), False, f"staging was healthy with {THIS.name}, which is not {THIS.name}"),
        (given("test", of=OTHER), False, "the receipt of staging is one of test"),
    ],
    ids=["right", "rehearsed", "missing", "of test", "of production", "of another release", "under a false name",
         "of nothing", "all wrong"],
)  # fmt: skip
def test_check(found, opens, note):
    """A receipt counts where it is of this very release, by its digest, and of this very environment."""
    answer = check(found, THIS, "staging")
    assert (Open if opens else Shut, note) == (type(answer), answer.note)


@pytest.mark.parametrize("before", ["test", "staging"])
def test_gate(tmp_path, before):
    """The gate opens with the receipt; without it, it says which session gives one."""
    gate = ReceiptGate(before=before, state=tmp_path)
    session = {"test": "e2e", "staging": "staging"}[before]
    shut = Shut(note=f"there is no receipt of {before}. Go there first:  nox -s {session}")
    assert shut == gate.ask(THIS)
    receipts.write(tmp_path, given(before, of=OTHER))
    assert isinstance(gate.ask(THIS), Shut)
    receipts.write(tmp_path, given(before))
    assert isinstance(gate.ask(THIS), Open)
    broken(path_of(tmp_path, before), "{")
    assert shut == gate.ask(THIS)


def test_gate_takes_no_receipt_under_another_name(tmp_path):
    """A receipt that lies where that of another environment should opens nothing."""
    receipts.write(tmp_path, given("test"))
    path_of(tmp_path, "test").rename(path_of(tmp_path, "staging"))
    assert isinstance(ReceiptGate(before="staging", state=tmp_path).ask(THIS), Shut)
