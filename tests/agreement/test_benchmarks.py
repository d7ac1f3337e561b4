"""What was measured of rollouts is what stands here: the short form of this code, the full form of some commit."""

import re

import pytest

from benchmarks.bad import bad_images
from benchmarks.page import PAGE, missing, page
from benchmarks.parts import ENGINES, FULL, ORDERS, PARTS
from benchmarks.results import KEPT, current, deploy_digest, read
from benchmarks.room import STRATEGIES

RESULTS = read()


def test_short_form_is_of_this_code():
    """Whoever changes `deploy/` runs at least the short form anew: `nox -s bench-rollouts -- --short`."""
    stale = {each.name for each in PARTS if each.form == "short"} - current(RESULTS, deploy_digest())
    assert set() == stale


def test_full_form_is_there():
    """Every part of it was run, on whatever commit, and found nothing wrong."""
    assert () == missing(RESULTS, "full")


def figures(section):
    """What the parts of a section of the full form found."""
    return [each.figures for each in RESULTS if (each.section, each.form) == (section, "full")]


def test_load():
    """A million requests in all and twenty switches of each strategy."""
    found = figures("load")
    assert 1_000_000 <= sum(each["asked"] for each in found)
    for name in STRATEGIES:
        assert 20 <= sum(each["switches"] for each in found if each["strategy"] == name), name


def test_kills_and_orders():
    """Two hundred points at which a deployer was killed, and all orders of five releases."""
    assert 200 <= sum(each["points"] for each in figures("kills"))
    assert 120 == len(ORDERS) == sum(each["orders"] for each in figures("orders"))


def test_nobody_was_lost():
    """No request failed, whatever was killed or switched; of bad releases no more than might."""
    assert [] == [each.part for each in RESULTS if each.section in {"load", "kills"} and each.figures.get("failed")]
    cases = [case for each in RESULTS if each.section == "bad" for case in each.figures["cases"]]
    assert [] == [each["name"] for each in cases if each["failed"] > each["bound"]]


def test_page_is_fresh():
    """The page is made from what was found."""
    assert PAGE.read_text(encoding="utf-8") == page(RESULTS)


@pytest.mark.parametrize("path", [KEPT, PAGE], ids=lambda path: path.name)
def test_no_path_of_a_machine(path):
    """Neither names a folder of the machine on which it was measured."""
    assert [] == re.findall(r"(?<![\w.}-])/(?:tmp|root|home|work|mnt|Users)/\S*", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ENGINES)
def test_engine_load(target):
    """On containers too: ten switches of each strategy, two hundred thousand requests in all."""
    found = [each.figures for each in RESULTS if each.part in {f"load-{name}-{target}" for name in STRATEGIES}]
    assert [10] * len(STRATEGIES) == [each["switches"] for each in found]
    assert 200_000 <= sum(each["asked"] for each in found)


def test_engine_bad_releases():
    """Every bad release by every strategy, on whatever commit, and nothing wrong."""
    assert () == missing(RESULTS, "engine")
    cases = [case for each in RESULTS if each.form == "engine" for case in each.figures.get("cases", ())]
    assert len(STRATEGIES) * len(bad_images(FULL)) <= len(cases)
    # Of a release whose instances end there are fewer until that is noticed: no other leaves a gap.
    assert [] == [each["name"] for each in cases if each["fewest"] < 2 and each["name"] != "crash loop"]
