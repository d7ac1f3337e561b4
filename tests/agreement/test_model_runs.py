"""The model of GitHub Actions runs workflows as GitHub documents it."""

import pytest
import yaml

from agreement.model.matrix import legs
from agreement.model.values import ExpressionError
from agreement.model.workflow import (
    WAITING,
    Outcome,
    StartupFailure,
    before,
    given,
    order,
    simulate,
    triggers,
    workflow_outputs,
)


def job(*needs, **more):
    return {"runs-on": "x", "steps": [{"id": "s", "run": "echo"}], **({"needs": list(needs)} if needs else {}), **more}


def run(jobs, *, inputs=None, on="push", variables=None, cancelled_at=None, **outcomes):
    """How the jobs end, in one word each, given how some of them end if they run."""
    ended = simulate(
        {"on": on, "jobs": jobs},
        inputs=inputs or {},
        github={"ref": "refs/heads/main"},
        outcomes={name: Outcome(result=result) for name, result in outcomes.items()},
        variables=variables,
        cancelled_at=cancelled_at,
    )
    return {name: each.result for name, each in ended.items()}


CHAIN = {"a": job(), "b": job("a"), "c": job("b")}


def test_a_failure_skips_all_that_need_it():
    """`success()` stands before every job that says nothing."""
    assert {"a": "failure", "b": "skipped", "c": "skipped"} == run(CHAIN, a="failure")
    assert {"a": "success", "b": "success", "c": "success"} == run(CHAIN)


@pytest.mark.parametrize("condition", [None, "true", "${{ success() }}", "needs.b.result == 'success'"])
def test_a_skip_travels_down_the_whole_graph(condition):
    """A job whose direct needs succeeded is skipped all the same when one further up was (runner#491, #2205)."""
    last = job("b", **({"if": condition} if condition else {}))
    jobs = {"a": job(**{"if": "false"}), "b": job("a", **{"if": "always()"}), "c": last, "d": job("c")}
    assert {"a": "skipped", "b": "success", "c": "skipped", "d": "skipped"} == run(jobs)


def test_a_failure_further_up_counts_too():
    """`failure()` and `success()` look at every ancestor, `needs` at the direct ones only."""
    jobs = {
        "a": job(),
        "b": job("a", **{"if": "always()"}),
        "told": job("b", **{"if": "failure()"}),
        "hidden": job("b", **{"if": "!cancelled() && needs.a.result == 'failure'"}),
        "seen": job("a", "b", **{"if": "!cancelled() && needs.a.result == 'failure' && needs.b.result == 'success'"}),
        "plain": job("b"),
    }
    expected = {"a": "failure", "b": "success", "told": "success", "hidden": "skipped", "seen": "success"}
    assert {**expected, "plain": "skipped"} == run(jobs, a="failure")
    assert "skipped" == run(jobs)["told"]


def test_results_in_a_condition_bridge_an_optional_job():
    """`!cancelled()` with results by name runs behind a skip, and not behind a failure."""
    passed = 'contains(fromJSON(\'["success", "skipped"]\'), needs.b.result)'
    goes_on = f"${{{{ !cancelled() && needs.a.result == 'success' && {passed} }}}}"
    jobs = {"a": job(), "b": job("a", **{"if": "inputs.b"}), "c": job("a", "b", **{"if": goes_on})}
    on = {"workflow_call": {"inputs": {"b": {"type": "boolean", "default": "false"}}}}
    assert {"a": "success", "b": "skipped", "c": "success"} == run(jobs, on=on)
    assert {"a": "success", "b": "failure", "c": "skipped"} == run(jobs, on=on, inputs={"b": True}, b="failure")
    assert {"a": "failure", "b": "skipped", "c": "skipped"} == run(jobs, on=on, a="failure")


def test_when_a_run_is_cancelled_only_what_says_so_goes_on():
    """The running job ends cancelled, those to come are skipped; always() and cancelled() run."""
    jobs = {
        "a": job(),
        "b": job("a"),
        "c": job("b", **{"if": "!cancelled()"}),
        "d": job("b", **{"if": "always()"}),
        "e": job("b", **{"if": "cancelled()"}),
        "f": job("b", **{"if": "failure()"}),
    }
    assert {"a": "success", "b": "cancelled", "c": "skipped", "d": "success", "e": "success", "f": "skipped"} == run(
        jobs, cancelled_at="b"
    )
    assert "success" == run(jobs, cancelled_at="d")["d"]
    assert {"c": "success", "d": "success", "e": "skipped", "f": "skipped"}.items() <= run(jobs).items()


def test_a_job_that_would_not_have_run_cannot_be_cancelled():
    """A skipped job stays skipped when the run is cancelled at it."""
    assert {"a": "skipped", "b": "skipped"} == run({"a": job(**{"if": "false"}), "b": job("a")}, cancelled_at="a")


def test_what_waits_for_people_holds_up_what_needs_it():
    """A job that never ends is not there, nor is any behind it, whatever its `if`."""
    jobs = {"a": job(), "b": job("a"), "c": job("b", **{"if": "always()"}), "d": job("a")}
    assert {"a": "success", "d": "success"} == run(jobs, b=WAITING)
    assert {"a": "success", "b": "cancelled", "c": "success", "d": "skipped"} == run(jobs, b=WAITING, cancelled_at="b")


def test_a_block_round_braces_always_holds():
    """`if: |` with `${{ }}` is a text that is not empty; the job runs."""
    assert {"a": "success"} == run({"a": job(**{"if": "${{ false }}\n"})})
    assert {"a": "skipped"} == run({"a": job(**{"if": "false\n"})})


def test_an_allowed_failure_is_a_success_for_others():
    """With `continue-on-error` a job's result is success; so is what comes after."""
    jobs = {"a": job(**{"continue-on-error": "${{ vars.MAY_FAIL == 'yes' }}"}), "b": job("a")}
    assert {"a": "success", "b": "success"} == run(jobs, a="failure", variables={"MAY_FAIL": "yes"})
    assert {"a": "failure", "b": "skipped"} == run(jobs, a="failure")


def test_outputs_are_those_that_the_job_makes_of_its_steps():
    """`needs.X.outputs` has what is declared, empty where the step said nothing; skipped jobs have none."""
    jobs = {
        "a": job(
            outputs={"digest": "${{ steps.s.outputs.digest }}", "same": "${{ inputs.x }}-x", "gone": "${{ steps.t.y }}"}
        ),
        "b": job("a", **{"if": "needs.a.outputs.digest == 'sha256:1'"}),
        "c": job("b", outputs={"never": "1"}, **{"if": "false"}),
    }
    call = {
        "inputs": {"x": {"type": "string", "default": "d"}},
        "outputs": {"o": {"value": "${{ jobs.a.outputs.digest }}!"}},
    }
    workflow = {"on": {"workflow_call": call}, "jobs": jobs}
    outcomes = {"a": Outcome(steps={"s": {"digest": "sha256:1"}})}
    results = simulate(workflow, inputs={}, github={}, outcomes=outcomes)
    assert {"digest": "sha256:1", "same": "d-x", "gone": ""} == results["a"].outputs
    assert ("success", {}) == (results["b"].result, results["c"].outputs)
    assert {"o": "sha256:1!"} == workflow_outputs(workflow, results)
    assert {"result": "skipped", "outputs": {}} == results["c"].shown()
    told = simulate(workflow, inputs={}, github={}, outcomes={"a": Outcome(outputs={"digest": "other"})})
    assert ("other", "skipped") == (told["a"].outputs["digest"], told["b"].result)


@pytest.mark.parametrize("outcome", [Outcome(outputs={"y": "1"}), Outcome(steps={"t": {"y": "1"}})])
def test_outputs_that_no_job_has_are_a_mistake(outcome):
    """An outcome speaks of declared outputs and of steps with that id."""
    with pytest.raises(ValueError, match="neither outputs nor steps"):
        simulate({"on": "push", "jobs": {"a": job()}}, inputs={}, github={}, outcomes={"a": outcome})


MATRIX = {
    "vectors": ({"os": ["u", "w"], "py": ["1", "2"]}, "u1 u2 w1 w2"),
    "exclude": ({"os": ["u", "w"], "py": ["1", "2"], "exclude": [{"os": "w", "py": "1"}]}, "u1 u2 w2"),
    "exclude all of one": ({"os": ["u", "w"], "py": ["1"], "exclude": [{"os": "w"}]}, "u1"),
    "include alone": ({"include": [{"os": "u", "py": "1"}, {"os": "w", "py": "2"}]}, "u1 w2"),
    "from an output": ({"os": ["u"], "py": "${{ fromJSON(needs.a.outputs.pys) }}"}, "u1 u2"),
    "whole from an output": ("${{ fromJSON(needs.a.outputs.whole) }}", "m3"),
    "empty vector": ({"os": ["u"], "py": "${{ fromJSON('[]') }}"}, ""),
    "empty include": ({"include": "${{ fromJSON('[]') }}"}, ""),
}


@pytest.mark.parametrize(("matrix", "expected"), MATRIX.values(), ids=MATRIX)
def test_a_matrix_has_these_legs(matrix, expected):
    """Vectors are multiplied, exclude takes away, include adds."""
    outputs = {"pys": '["1", "2"]', "whole": '{"include": [{"os": "m", "py": "3"}]}'}
    found = legs(matrix, {"needs": {"a": {"outputs": outputs}}})
    assert expected.split() == [leg["os"] + leg["py"] for leg in found]


def test_include_adds_to_legs_as_in_githubs_example():
    """The example of GitHub's page: it adds where nothing is contradicted, later ones over earlier additions."""
    include = [
        {"color": "green"},
        {"color": "pink", "animal": "cat"},
        {"fruit": "apple", "shape": "circle"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]
    assert [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ] == legs({"fruit": ["apple", "pear"], "animal": ["cat", "dog"], "include": include}, {})


@pytest.mark.parametrize("matrix", ["${{ 'text' }}", {"os": "u"}])
def test_what_is_no_matrix_is_refused(matrix):
    """A matrix is an object of lists."""
    with pytest.raises(ExpressionError):
        legs(matrix, {})


def test_a_job_with_an_empty_matrix_fails():
    """Unless its `if` keeps it from starting."""
    matrix = {"include": "${{ fromJSON(needs.a.outputs.legs) }}"}
    guarded = {"if": "${{ needs.a.outputs.legs != '[]' }}", "strategy": {"matrix": matrix}}
    jobs = {"a": job(outputs={"legs": "[]"}), "b": job("a", strategy={"matrix": matrix}), "c": job("a", **guarded)}
    assert {"a": "success", "b": "failure", "c": "skipped"} == run(jobs)
    jobs["a"] = job(outputs={"legs": '[{"py": "12"}, {"py": "13"}]'})
    results = simulate({"on": "push", "jobs": jobs}, inputs={}, github={}, outcomes={})
    assert ({"py": "12"}, {"py": "13"}) == results["c"].legs
    assert "failure" == run(jobs, c="failure")["c"]


def test_inputs_have_their_types_and_defaults():
    """What the caller leaves out is its default, or what is empty in its type."""
    declared = {
        "on": {"workflow_call": {"inputs": {
            "a": {"type": "boolean", "default": "true"}, "b": {"type": "number", "default": "30"},
            "c": {"type": "string", "required": "true"}, "d": {"type": "number"}, "e": {"type": "boolean"},
            "f": {"type": "string"},
        }}}
    }  # fmt: skip
    assert {"a": True, "b": 30.0, "c": "x", "d": 0.0, "e": False, "f": ""} == given(declared, {"c": "x"})
    assert {"a": False, "b": 5.0}.items() <= given(declared, {"c": "x", "a": False, "b": 5}).items()
    for wrong in ({}, {"c": 1}, {"c": "x", "b": "many"}, {"c": "x", "a": "maybe"}, {"c": "x", "g": "1"}):
        with pytest.raises(StartupFailure):
            given(declared, wrong)


@pytest.mark.parametrize("on", ["push", ["push"], {"push": ""}, {"push": {}}])
def test_triggers_are_read_in_every_way_of_writing(on):
    """A word, a list or a mapping."""
    assert {"push": {}} == triggers({"on": on})
    assert {"push": {"branches": ["main"]}, "pull_request": {}} == triggers(
        yaml.load("on: {push: {branches: [main]}, pull_request: }", Loader=yaml.BaseLoader)
    )


def test_jobs_come_in_the_order_of_their_needs():
    """By depth, then as they stand in the file; a circle or an unknown job starts nothing."""
    jobs = {"d": job("c"), "a": job(), "c": {"needs": "a"}, "b": job()}
    assert ["a", "b", "c", "d"] == order(jobs)
    assert {"a", "c"} == before(jobs, "d")
    for wrong in ({"a": job("b"), "b": job("a")}, {"a": job("gone")}):
        with pytest.raises(StartupFailure):
            order(wrong)
    with pytest.raises(ValueError, match="no such jobs"):
        run(CHAIN, z="failure")
