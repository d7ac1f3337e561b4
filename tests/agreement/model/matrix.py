"""The legs of a job's matrix, as GitHub documents `jobs.<job_id>.strategy.matrix`."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from agreement.model.expressions import Context, evaluate
from agreement.model.values import ExpressionError

Leg = dict[str, Any]


def legs(matrix: Any, context: Context) -> list[Leg]:
    """What `matrix` is in each leg of the job.

    None, when a vector is empty or nothing but an empty `include` is there: GitHub then fails the job ("Matrix vector
    does not contain any values"); act runs it once. Numbers are what the YAML says, as texts, unless an expression
    made them.
    """
    whole = resolved(matrix, context)
    if not isinstance(whole, Mapping):
        raise ExpressionError(f"a matrix must be an object: {matrix!r}")
    vectors = {key: each for key, each in whole.items() if key not in {"include", "exclude"}}
    for key, each in whole.items():
        if not isinstance(each, list):
            raise ExpressionError(f"matrix.{key} must be a list: {each!r}")
    combined = [dict(zip(vectors, each, strict=True)) for each in product(*vectors.values())] if vectors else []
    kept = [leg for leg in combined if not any(leg | each == leg for each in whole.get("exclude", []))]
    return included(kept, whole.get("include", [])) if kept or not vectors else []


def included(combined: list[Leg], include: list[Leg]) -> list[Leg]:
    """The legs with what `include` adds: to each that it does not contradict, else a leg of its own."""
    found = [dict(leg) for leg in combined]
    for each in include:
        fitting = [
            number for number, leg in enumerate(combined) if all(leg.get(key, each[key]) == each[key] for key in each)
        ]
        for number in fitting:
            found[number] |= each
        if not fitting:
            found.append(dict(each))
    return found


def resolved(value: Any, context: Context) -> Any:
    """A YAML value with what its expressions are worth in their places."""
    if isinstance(value, Mapping):
        return {key: resolved(each, context) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, context) for each in value]
    return evaluate(value, context) if isinstance(value, str) and "${{" in value else value
