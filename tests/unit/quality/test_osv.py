"""Advisories are matched as the OSV schema says; where they cannot be compared, they are not hidden."""

import pytest

from twinrail.quality.osv import Advisories, affects


def ranges(*events, kind="ECOSYSTEM"):
    return {"ranges": [{"type": kind, "events": list(events)}]}


def event(**what):
    return what


ZERO = event(introduced="0")


@pytest.mark.parametrize(
    ("affected", "inside", "outside"),
    [
        # ranges
        (ranges(ZERO, event(fixed="2.0")), ["0", "0.1", "1.9", "2.0rc1", "0.dev0", "0a1"], ["2.0", "2.0.0", "2.0.1"]),
        (ranges(event(introduced="1.0"), event(fixed="2.0")), ["1.0", "1.5"], ["0.9", "1.0rc1", "2.0"]),
        (ranges(event(introduced="1.0")), ["1.0", "99"], ["0.9"]),
        (ranges(event(introduced="1.0"), event(last_affected="1.5")), ["1.0", "1.5", "1.5.0"], ["0.9", "1.5.1"]),
        (ranges(event(introduced="1.0"), event(last_affected="1.0")), ["1.0"], ["0.9", "1.1"]),
        (ranges(event(last_affected="1.0"), event(introduced="1.0")), ["1.0"], ["0.9", "1.1"]),
        (ranges(ZERO, event(limit="*")), ["1.0"], []),
        (ranges(), [], ["1.0"]),
        # several turns in one range, in any order
        (
            ranges(event(introduced="3.0"), event(fixed="3.2"), ZERO, event(fixed="2.5")),
            ["0.1", "2.4", "3.0", "3.1"],
            ["2.5", "2.9", "3.2"],
        ),
        # one ends where the next begins
        (
            ranges(event(introduced="0.13"), event(fixed="0.14"), event(introduced="0.12"), event(fixed="0.13")),
            ["0.12", "0.13", "0.13.5"],
            ["0.11", "0.14"],
        ),
        # versions, alone and beside ranges; written in another way
        ({"versions": ["1.0", "1.2"]}, ["1.0", "1.2", "1.0.0"], ["1.1"]),
        ({"versions": ["2021.01.05", "1.0-beta1"]}, ["2021.1.5", "1.0b1"], ["1.0"]),
        ({"versions": ["5.0"]} | ranges(event(introduced="1.0"), event(fixed="2.0")), ["5.0", "1.1"], ["2.0"]),
        ({}, [], ["1.0"]),
        # epochs and local versions
        (ranges(ZERO, event(fixed="1!1.0")), ["2024.1", "1!0.9"], ["1!1.0"]),
        (ranges(ZERO, event(fixed="2.0")), ["1.0+cpu"], ["2.0+cpu"]),
        # other kinds of ranges do not speak of versions
        (ranges(ZERO, kind="GIT"), [], ["1.0"]),
        (ranges(ZERO, kind="SEMVER"), [], ["1.0"]),
        # what cannot be compared
        (ranges(ZERO, event(fixed="2019-09-12-final")), ["0.1", "99"], []),
        (ranges(event(introduced="first"), event(fixed="2.0")), ["0.1"], ["2.0"]),
        ({"versions": ["trunk"]} | ranges(ZERO), ["trunk", "1.0"], ["branch"]),
    ],
)
def test_affects(affected, inside, outside):
    """A version is affected when it is listed, or lies in a range of the ecosystem."""
    assert (inside, []) == (
        [each for each in inside if affects(affected, each)],
        [each for each in outside if affects(affected, each)],
    )


def test_one_unreadable_range_hides_no_other():
    """A range that cannot be compared takes nothing from another one of the same entry."""
    affected = {"ranges": [*ranges(event(introduced="9!x"))["ranges"], *ranges(ZERO, event(fixed="2.0"))["ranges"]]}

    assert affects(affected, "1.0")


def advisory(number, name="Shop_Front", *, ecosystem="PyPI", **more):
    """A made-up advisory."""
    affected = [{"package": {"name": name, "ecosystem": ecosystem}, **ranges(ZERO, event(fixed="2.0"))}]
    return {"id": f"TEST-{number}", "affected": affected} | more


def numbers(advisories, name, version):
    return [each["id"] for each in advisories.about(name, version)]


def test_about():
    """A package is found by any spelling of its name, in its own ecosystem."""
    advisories = Advisories(iter([advisory(1), advisory(2, "shop.front"), advisory(3, "other")]))

    assert ["TEST-1", "TEST-2"] == numbers(advisories, "SHOP-front", "1.0")
    assert [] == numbers(advisories, "shop-front", "2.0")
    assert [] == numbers(advisories, "unknown", "1.0")
    assert 3 == advisories.count


def test_other_ecosystems():
    """A package of the same name elsewhere is another package."""
    advisories = Advisories(iter([advisory(1, ecosystem="npm"), {"id": "TEST-2"}, {"id": "TEST-3", "affected": [{}]}]))

    assert [] == numbers(advisories, "shop-front", "1.0")


def test_withdrawn():
    """An advisory that was withdrawn affects nothing."""
    withdrawn = advisory(1, withdrawn="2026-01-01T00:00:00Z")

    assert ["TEST-2"] == numbers(Advisories(iter([withdrawn, advisory(2)])), "shop-front", "1.0")


def test_several_packages():
    """Of an advisory that speaks of several packages only the one that is asked for is answered, by canonical name."""
    both = advisory(1)
    both["affected"] += advisory(1, "other")["affected"]
    both["affected"] += [{"package": {"name": "shop-front", "ecosystem": "PyPI"}, "versions": ["5.0"]}]
    advisories = Advisories(iter([both]))

    [found] = advisories.about("shop_front", "5.0")

    assert ["shop-front", "shop-front"] == [each["package"]["name"] for each in found["affected"]]
    assert ["TEST-1"] == numbers(advisories, "other", "1.0")
    assert [] == numbers(advisories, "other", "5.0")
    assert "Shop_Front" == both["affected"][0]["package"]["name"]
