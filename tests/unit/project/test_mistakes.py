"""What is known of keys, and what is said where pydantic has a word that we have not."""

import pytest

from twinrail.project.mistakes import explain_error, known_keys


def test_known_keys():
    """Every table knows its keys, in their order; where there is no table of ours, there are none."""
    assert ["paths", "coverage", "pythons"] == known_keys(("test",))
    assert ["approvers", "expires", "not-author"] == known_keys(("environments", "any-name", "approval"))
    assert ["name", "surge"] == known_keys(("environments", "any-name", "strategy"))[:2]
    assert "environments" in known_keys(())


@pytest.mark.parametrize("path", [("nowhere",), ("nowhere", "else"), ("test", "coverage"), ("environments",)])
def test_no_known_keys(path):
    """What is no table of ours knows no keys."""
    assert [] == known_keys(path)


def test_unforeseen():
    """An error that we have no words for is told in pydantic's own, rather than not at all."""
    error = {"type": "odd", "loc": ("test", "paths"), "msg": "Input is odd", "input": 3}

    assert (("test", "paths"), "3 is not what is expected: input is odd.", False) == explain_error(error)
