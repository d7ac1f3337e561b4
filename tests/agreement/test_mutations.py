"""Every check can fail: one-line mistakes in the YAML, each found by the check that is named for it."""

import pytest

from agreement.checks import CHECKS, real
from agreement.checks.files import parsed
from agreement.mutations import MUTATIONS, Mutation

IDS = [each.what.replace(" ", "-") for each in MUTATIONS]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=IDS)
def test_a_mistake_is_found(mutation):
    """The check that is named finds something where it found nothing before."""
    files = mutation.made(real())
    assert parsed(files.texts[mutation.file]), "a mistake in the syntax would be found by anybody"
    assert [] == CHECKS[mutation.check](real())
    assert CHECKS[mutation.check](files)


def test_there_are_enough_and_each_is_one_of_its_own():
    """Sixty at least, no two alike, none under the name of another."""
    assert 60 <= len(MUTATIONS)
    assert len(MUTATIONS) == len({(each.file, each.at, each.old, each.new) for each in MUTATIONS})
    assert len(IDS) == len(set(IDS))


def test_every_check_has_found_one():
    """No check is there that has never failed."""
    assert set(CHECKS) == {each.check for each in MUTATIONS}


@pytest.mark.parametrize(
    ("at", "old", "new"), [("", "no such text", "x"), ("", "lint types", "lint types"), ("uses:", "lint", "x")]
)
def test_what_changes_nothing_is_no_mutation(at, old, new):
    """A text that does not stand there, one that is the same, a place that is not one: refused."""
    mutation = Mutation(what="nothing", file=".github/workflows/python.yml", at=at, old=old, new=new, check="jobs")
    with pytest.raises(ValueError, match="stand"):
        mutation.made(real())
