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


def test_another_image_is_another_release():
    """The same wheel in an image that was built anew is approved anew, where images run; else it is named as ever."""
    one = replace(release("2.0"), image=f"sha256:{'a' * 64}", runs="image")
    assert 3 == len({one.identity, replace(one, image=f"r/shop@sha256:{'a' * 64}").identity, release("2.0").identity})
    assert release("2.0").identity == replace(one, runs="wheel").identity
