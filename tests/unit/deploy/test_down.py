"""What `down` writes down, and what it says where it cannot."""

from dataclasses import dataclass

import pytest
from fakes import release

from twinrail.deploy.down import _stop
from twinrail.deploy.ledger import FileLedger
from twinrail.deploy.written import write_release
from twinrail.system.errors import LedgerError


@dataclass
class Place:
    """An environment in which so many processes run."""

    ledger: FileLedger
    running: int
    name: str = "staging"

    @property
    def target(self):
        return self

    def down(self, fence):
        assert fence
        count, self.running = self.running, 0
        return count


@pytest.fixture
def place(tmp_path):
    ledger = FileLedger(tmp_path / "staging")
    facts = {"release": release().name, "what": write_release(release()), "old": ""}
    ledger.append("live", facts, fence=0)
    return Place(ledger=ledger, running=3)


def kinds(place):
    return [each.kind for each in place.ledger.read()]


def test_stopped_is_written_down_once(place):
    """What was stopped is written down once, and the lease is free again."""
    assert [3, 0, 0] == [_stop(place, "ada, run 7") for _ in range(3)]
    assert (["live", "down"], None) == (kinds(place), place.ledger.holder())


def test_stopped_by_something_else(place):
    """Where all has ended by itself, a journal that calls a release live is put right."""
    place.running = 0
    assert 0 == _stop(place, "ada, run 7")
    assert ["live", "down"] == kinds(place)


def test_broken_journal(place):
    """A broken journal does not keep anything running; that it does not say so is said, and the next time put right."""
    path = place.ledger.folder / "journal.jsonl"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"live"', '"lives"'), encoding="utf-8")
    with pytest.raises(
        LedgerError, match=r"^staging was stopped \(3 processes\), and its journal does not say so: The"
    ):
        _stop(place, "ada, run 7")
    assert 0 == _stop(place, "ada, run 7")
    path.write_text(whole, encoding="utf-8")
    assert 0 == _stop(place, "ada, run 7")
    assert ["live", "down"] == kinds(place)
