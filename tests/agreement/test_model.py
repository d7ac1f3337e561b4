"""The model of GitHub Actions reads expressions as GitHub documents them."""

import math

import pytest

from agreement.model.documented import CONTEXT, STATUS, WORTH
from agreement.model.expressions import evaluate, functions, interpolate, references
from agreement.model.syntax import FUNCTIONS
from agreement.model.values import ExpressionError


@pytest.mark.parametrize(("written", "worth"), WORTH)
def test_an_expression_is_worth_what_github_documents(written, worth):
    """Bare and in `${{ }}` alike, a kind counts as part of a value."""
    if worth is ExpressionError:
        with pytest.raises(ExpressionError):
            evaluate(written, CONTEXT, STATUS)
        return
    for each in (written, f"${{{{ {written} }}}}", f"${{{{{written}\n}}}}"):
        found = evaluate(each, CONTEXT, STATUS)
        assert (worth, type(worth)) == (found, list if isinstance(found, list) else type(found))


def test_the_table_is_large_and_calls_every_function():
    """No function goes without a case."""
    assert 60 <= len(WORTH)
    called = set().union(
        *(functions(written, condition=True) for written, worth in WORTH if worth is not ExpressionError)
    )
    assert set(FUNCTIONS) - {"hashFiles"} == called


def test_nan_is_worth_nan():
    """What is no number is none, and does not hold."""
    assert math.isnan(evaluate("NaN", {}))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("echo hello", "echo hello"),
        ("${{ github.ref }}", "refs/heads/main"),
        ("a ${{ inputs.deploy }} b ${{ inputs.timeout }}c", "a true b 30c"),
        ("${{ null }}${{ 1.50 }}${{ 1e15 }}${{ -0 }}${{ 0.1 }}", "1.51E+1500.1"),
        ("${{ github.event }} ${{ fruits }}", "Object Array"),
        ("${{ format('}}{0}', '}}') }}", "}}}"),
        ("$${{ 'it''s }}' }}", "$it's }}"),
    ],
)
def test_expressions_in_a_text_become_texts(written, text):
    """Booleans, numbers, lists and objects as GitHub writes them."""
    assert text == interpolate(written, CONTEXT)


def test_a_text_round_an_expression_is_a_text_that_holds():
    """`${{ false }} && true` and a block's newline are formats, not conditions: GitHub's trap, kept."""
    assert "false && true" == evaluate("${{ false }} && true", CONTEXT)
    assert "false\n" == evaluate("${{ false }}\n", CONTEXT)
    assert evaluate("false\n", CONTEXT) is False
    with pytest.raises(ExpressionError):
        evaluate("${{ false", CONTEXT)


def test_status_functions_are_known_in_conditions_only():
    """Outside of `if:` GitHub has no success()."""
    with pytest.raises(ExpressionError):
        evaluate("${{ success() }}", CONTEXT)


def test_references_are_the_paths_that_a_value_uses():
    """Every context in every text below, dotted however it is written; bare only under `if:`."""
    job = {
        "if": "needs.build.result == 'success' && contains(fromJSON(needs['plan'].outputs['x-y']), inputs.path)",
        "env": {"A": "${{ secrets.token }} and ${{ vars['B'] || github.event.*.name }}", "C": "needs.not.this"},
        "steps": [{"run": "echo inputs.no"}, {"with": {"d": "${{ matrix[needs.a.outputs.key].os[0] }}"}}],
    }
    assert {
        "needs.build.result", "needs.plan.outputs.x-y", "inputs.path", "secrets.token", "vars.B", "github.event.*.name",
        "matrix.*.os.0", "needs.a.outputs.key",
    } == references(job)  # fmt: skip
    assert {"contains", "fromJSON"} == functions(job)
    assert set() == references("needs.build.result")
    assert {"needs.build.result"} == references("needs.build.result", condition=True)
    assert {"always", "toJSON"} == functions("always() && tojson(needs)", condition=True)
