"""What a release is: its wheel, and what it runs with."""

from dataclasses import replace

from fakes import release


def test_a_dependency_that_changes_makes_another_release():
    """The same wheel with other locked requirements has another name and must be approved anew."""
    one = replace(release("2.0"), locked="a" * 64)
    other = replace(one, locked="b" * 64)
    assert one.name != other.name
    assert one.identity != other.identity
    assert one.name.startswith("2.0-")
