"""The fence at a place: whoever slept past their lease changes nothing there."""

import json
import threading

import pytest
from messages import said

from golden_files import check
from twinrail.deploy.fence import Fence
from twinrail.system.errors import LedgerError, PlaceTaken


@pytest.fixture
def fence(tmp_path):
    return Fence(tmp_path / "staging")


def refused(fence: Fence, number: int) -> Exception:
    """What the fence says to that lease."""
    with pytest.raises((LedgerError, PlaceTaken)) as error, fence.guard(number):
        pytest.fail("the fence let it pass")
    return error.value


def test_a_place_where_nobody_was(fence, tmp_path):
    """Before the first lease no number was seen, and looking makes no folder."""
    assert 0 == fence.seen
    assert [] == list(tmp_path.iterdir())


def test_the_highest_number_is_noted(fence):
    """Equal and higher numbers pass, and the highest is known to every other fence of the place."""
    for number in (1, 1, 4, 4):
        with fence.guard(number):
            assert number == Fence(fence.folder).seen


def test_a_lower_number_is_refused(fence):
    """A lease that another has followed at the place changes nothing there any more."""
    with fence.guard(8):
        pass
    for number in (7, 1, 0):
        assert isinstance(refused(fence, number), LedgerError)
    assert 8 == fence.seen
    check("deploy/journal/fence.txt", said(refused(fence, 7), fence.folder))


def test_a_block_that_fails_is_over(fence):
    """What goes wrong in the block comes out of it, and leaves the fence open for the next."""
    with pytest.raises(ZeroDivisionError), fence.guard(1):
        raise ZeroDivisionError
    with fence.guard(2):
        pass


def test_one_block_at_a_time(fence):
    """A successor's block begins when the one before has ended, be its holder asleep in it."""
    order = []

    def successor() -> None:
        with fence.guard(2):
            order.append("the successor's")

    with fence.guard(1):
        after = threading.Thread(target=successor)
        after.start()
        after.join(0.1)
        order.append("the sleeper's")
    after.join()
    assert ["the sleeper's", "the successor's"] == order
    assert isinstance(refused(fence, 1), LedgerError)


def test_nobody_waits_for_ever(fence):
    """Who waits for a block for longer than is good is told whose it is."""
    impatient, raised = Fence(fence.folder, within=0.0), []

    def wait() -> None:
        raised.append(refused(impatient, 2))

    with fence.guard(1):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join()
    check("deploy/journal/fenced-off.txt", said(raised[0], fence.folder))
    assert 1 == fence.seen


def test_whose_process_is_gone_is_told_by_number(fence):
    """A process that nobody knows any more is named by its number alone."""
    with fence.guard(1):
        (fence.folder / "fence.json").write_text(json.dumps({"number": 1, "pid": 2**22 + 7}), encoding="utf-8")
        raised = []
        waiting = threading.Thread(target=lambda: raised.append(refused(Fence(fence.folder, within=0.0), 2)))
        waiting.start()
        waiting.join()
    assert "That is process 4194311, under lease 1." == raised[0].why


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": null, "pid": 1}', '{"number": "?", "pid": 1}'])
def test_a_fence_that_cannot_be_read_is_shut(fence, text):
    """Where nobody knows which lease was there last, none passes."""
    with fence.guard(1):
        pass
    (fence.folder / "fence.json").write_text(text, encoding="utf-8")
    error = refused(fence, 9)
    check("deploy/journal/fence-broken.txt", said(error, fence.folder))
    with pytest.raises(LedgerError):
        _ = fence.seen
