"""What a rollout set out with: the settings that judge it to its end, whatever they become meanwhile."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from twinrail.project.strategies import Analysis, Strategy

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The settings of one rollout.

    Attributes:
        strategy: how the release takes over, with its options.
        analysis: how it is held against the one before; None where it is not.
        replicas: how many instances are wanted.
        migrate: the command that expands the database; empty: none.
        contract: the command that contracts it; empty: none.
    """

    strategy: Strategy
    analysis: Analysis | None
    replicas: int
    migrate: tuple[str, ...] = ()
    contract: tuple[str, ...] = ()


def write_terms(terms: Terms) -> dict[str, Any]:
    """Terms as JSON."""
    return asdict(terms)


def read_terms(told: Mapping[str, Any]) -> Terms:
    """The terms that `write_terms` wrote.

    Raises:
        KeyError: one is missing.
        TypeError: one is not of its kind.
    """
    return Terms(
        strategy=_read(Strategy(), told["strategy"]),
        analysis=None if told["analysis"] is None else _read(Analysis(), told["analysis"]),
        replicas=int(told["replicas"]),
        migrate=tuple(map(str, told["migrate"])),
        contract=tuple(map(str, told["contract"])),
    )


def changed(table: T, **values: Any) -> T:
    """A table of the settings with other values, which were read before: durations are numbers by then."""
    made = copy.copy(table)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def _read(usual: T, told: Mapping[str, Any]) -> T:
    values = {}
    for each in fields(usual):  # type: ignore[arg-type]  # a table of the settings is a dataclass
        before, said = getattr(usual, each.name), told[each.name]
        value = tuple(said) if isinstance(said, list) else said
        # What is not set by default may be anything: a number, or still not set.
        if before is not None and not isinstance(value, type(before)):
            raise TypeError(f"{each.name} is {value!r}")
        values[each.name] = value
    return changed(usual, **values)
