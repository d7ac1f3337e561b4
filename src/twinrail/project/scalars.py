"""The kinds of values that settings have: TOML's own, durations, shares, names of adapters."""

import json
from dataclasses import dataclass, is_dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from twinrail.system.adapters import known
from twinrail.system.guess import did_you_mean
from twinrail.system.units import parse_duration, parse_share, parse_size

_LONG = 60


def written(name: str) -> str:
    """A field's name as a key in the file: dashes for underscores; one at its end sets it apart from a Python word."""
    return name.rstrip("_").replace("_", "-")


TABLE = ConfigDict(
    extra="forbid",
    use_attribute_docstrings=True,
    alias_generator=written,
    validate_by_name=False,
    validate_by_alias=True,
)
"""How every table of the settings is read: no unknown keys, dashes for underscores."""

Count = Annotated[int, Field(strict=True, ge=1)]
Port = Annotated[int, Field(strict=True, ge=0, le=65535)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(strict=True, min_length=1)]
Words = tuple[Text, ...]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9-]*$")]
Pythons = tuple[Annotated[str, StringConstraints(strict=True, pattern=r"^3\.[0-9]{1,2}$")], ...]
Route = Annotated[str, StringConstraints(strict=True, pattern=r"^/")]
Routes = tuple[Route, ...]


def show(value: Any) -> str:
    """A value of a settings file as it stands there, on one line, cut where it is long."""
    if isinstance(value, dict):
        return "A table"
    if isinstance(value, (list, tuple)):
        return "A list of tables" if value and all(isinstance(each, dict) for each in value) else "A list"
    if isinstance(value, str):
        return json.dumps(value if len(value) < _LONG else f"{value[: _LONG - 3]}…", ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _duration(value: Any) -> float:
    if not isinstance(value, str):
        raise ValueError(f'{show(value)} is not a duration, such as "60s", "400ms" or "24h"')  # noqa: TRY004
    return parse_duration(value)


def _share(value: Any) -> float:
    if not isinstance(value, str):
        raise ValueError(f'{show(value)} is not a share between 0 % and 100 %, such as "1%"')  # noqa: TRY004
    return parse_share(value)


def _size(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f'{show(value)} is not a size, such as "250MB"')  # noqa: TRY004
    return parse_size(value)


def _adapter(group: str, noun: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        names = sorted(known(group))
        if value not in names:
            raise ValueError(
                f"{show(value)} is not a {noun}. Known: {', '.join(names)}.{did_you_mean(value, names)}",
            )
        return value

    return BeforeValidator(check)


def as_named_table(value: Any) -> Any:
    """A table with a name for a plain name: `"rolling"` is `{ name = "rolling" }`."""
    if not (isinstance(value, (str, dict)) or is_dataclass(value)):
        raise ValueError(f"{show(value)} is neither a name nor a table")
    return {"name": value} if isinstance(value, str) else value


def as_flag_table(value: Any) -> Any:
    """A table for a plain flag: `true` is the table with its defaults, `false` asks for nobody."""
    if not (value is None or isinstance(value, (bool, dict)) or is_dataclass(value)):
        raise ValueError(f"{show(value)} is neither true, false nor a table")
    if isinstance(value, bool):
        return {} if value else {"approvers": 0}
    return value


def as_switch(value: Any) -> Any:
    """A table for a plain flag: `true` is the table with its defaults; `false` stays, and means that there is none."""
    if not (value is None or isinstance(value, (bool, dict)) or is_dataclass(value)):
        raise ValueError(f"{show(value)} is neither true, false nor a table")
    return {} if value is True else value


@dataclass(frozen=True)
class OrPlain:
    """Lets a plain value stand for a table in the JSON schema too.

    Attributes:
        kind: the plain value's JSON type.
    """

    kind: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Either the plain value or the table."""
        return {"anyOf": [{"type": self.kind}, handler(schema)]}


Duration = Annotated[
    float,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$", "examples": ["60s"]}),
]
"""A duration, written "60s"; seconds."""

Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$", "examples": ["1%"]}),
]
"""A share, written "1%"; between 0 and 1."""

Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*(B|kB|MB|GB)\s*$", "examples": ["250MB"]}),
]
"""A size, written "250MB"; bytes."""

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
"""A number of percent between 0 and 100."""

TargetName = Annotated[str, _adapter("twinrail.targets", "target")]
"""The name of a known target."""

StrategyName = Annotated[str, _adapter("twinrail.strategies", "strategy")]
"""The name of a known strategy."""
