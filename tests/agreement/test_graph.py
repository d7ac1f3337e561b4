"""The one structure: it holds together, and everything that speaks of sessions says the same."""

from graphlib import TopologicalSorter

import pytest

from twinrail.cli.words import parser
from twinrail.pipeline.bodies import BODIES
from twinrail.pipeline.graph import ASIDE, JOBS, PIPELINE, bridge, session

NAMES = [each.name for each in PIPELINE]
BESIDE = [each.name for each in ASIDE]


def test_the_order_of_the_pipeline_is_one_that_its_edges_allow():
    """Every session stands behind all that it comes after."""
    for number, each in enumerate(PIPELINE):
        assert set(each.after) <= set(NAMES[:number])
    assert set(NAMES) == set(TopologicalSorter({each.name: each.after for each in PIPELINE}).static_order())


def test_each_artifact_is_made_before_it_is_taken():
    """What a session takes is made by one that it comes after, near or far."""
    for each in PIPELINE:
        before, rest = set(), list(each.after)
        while rest:
            before.add(name := rest.pop())
            rest += session(name).after
        made = {made for name in before for made in session(name).makes}
        # notify runs last whatever happens, and every session leaves a record.
        assert set(each.takes) <= ({"record"} if each.always else made)


def test_each_session_has_a_body_and_a_verb():
    """What the graph names can be run, and nothing else can."""
    assert {*NAMES, *BESIDE, "down"} == {*BODIES, "notify"}
    verbs = parser()._subparsers._group_actions[0].choices
    asked = {"plan", "status", "history", "unlock", "verify-journal", "explain", "schema"}
    assert {*NAMES, *BESIDE, "pipeline", "run", "down", *asked} == set(verbs)


def test_the_jobs_hold_every_session_once_and_in_the_order_of_their_edges():
    """Every session lies in one job, `test` on other platforms once more; a job needs those its own come after."""
    once = [job for job in JOBS if job.name != "platforms"]
    assert sorted(NAMES) == sorted(name for job in once for name in job.sessions)
    home = {name: job for job in once for name in job.sessions}
    for each in PIPELINE:
        for before in each.after:
            reached, rest = set(), [home[each.name].name]
            while rest:
                reached.add(name := rest.pop())
                rest += next(job.needs for job in JOBS if job.name == name)
            assert home[before].name in reached


def test_only_notify_runs_after_a_failure():
    """`always` sessions come after nothing: they are run last by whoever runs the rest."""
    assert [("notify", ())] == [(each.name, each.after) for each in PIPELINE if each.always]


@pytest.mark.parametrize("left", NAMES)
def test_no_gap_is_left_by_a_session_that_is_left_out(left):
    """Without one session, what came before it still comes before what came after it."""
    found = {each.name: each.after for each in bridge({left})}
    assert left not in found
    for each in PIPELINE:
        if left in each.after:
            assert set(session(left).after) <= set(found[each.name])
        assert left not in found.get(each.name, ())


def test_deploys_are_never_used_again():
    """A result of a deploy, of integration or of e2e is never reused: they read nothing that could stay the same."""
    assert all(not session(name).reads for name in ("integration", "e2e", "staging", "production", "notify"))


def test_what_stands_beside_the_pipeline_has_no_edge():
    """Such a session comes after nothing, runs when it is named and then alone, and is found like the others."""
    for each in ASIDE:
        assert each is session(each.name)
        assert ((), False, False) == (each.after, each.default, each.always)
    assert [] == [each.name for each in PIPELINE if each.does]
    assert not set(BESIDE) & {name for each in PIPELINE for name in (each.name, *each.after)}
