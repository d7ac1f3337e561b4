"""Each key and value of a TOML file is found where it stands."""

import tomllib

from hypothesis import HealthCheck, given, settings

from toml_documents import documents, keys_of
from twinrail.project.locate import Place, Places, locate

SAMPLE = """\
title = "x" # a comment with = and [brackets]

[ tool . "twin.rail" ]
paths = [
    "a",  # ]
    'b#',
]
text = \"\"\"
[not.a.header]
key = 1 \\\"""\"\"\"
inline = { one = 1, two = { "th\\u0072ee" = [ { four = 4 } ] } }
when = 1979-05-27 07:32:00

[[list]]
a = 1
[list.below]
b = 2
[[list.inner]]
[[list]]
[list.below]
b = 3
[[list.inner]]
c = 4
"""


def test_keys():
    """Keys in headers, pairs, dotted keys and braces are found, quoted and escaped ones under their real name."""
    keys = locate(SAMPLE).keys

    assert {
        ("title",): Place(1, 1),
        ("tool",): Place(3, 3),
        ("tool", "twin.rail"): Place(3, 10),
        ("tool", "twin.rail", "paths"): Place(4, 1),
        ("tool", "twin.rail", "text"): Place(8, 1),
        ("tool", "twin.rail", "inline"): Place(11, 1),
        ("tool", "twin.rail", "inline", "one"): Place(11, 12),
        ("tool", "twin.rail", "inline", "two"): Place(11, 21),
        ("tool", "twin.rail", "inline", "two", "three"): Place(11, 29),
        ("tool", "twin.rail", "inline", "two", "three", 0, "four"): Place(11, 48),
        ("tool", "twin.rail", "when"): Place(12, 1),
        ("list",): Place(14, 3),
        ("list", 0): Place(14, 3),
        ("list", 0, "a"): Place(15, 1),
        ("list", 0, "below"): Place(16, 7),
        ("list", 0, "below", "b"): Place(17, 1),
        ("list", 0, "inner"): Place(18, 8),
        ("list", 0, "inner", 0): Place(18, 3),
        ("list", 1): Place(19, 3),
        ("list", 1, "below"): Place(20, 7),
        ("list", 1, "below", "b"): Place(21, 1),
        ("list", 1, "inner"): Place(22, 8),
        ("list", 1, "inner", 0): Place(22, 3),
        ("list", 1, "inner", 0, "c"): Place(23, 1),
    } == keys


def test_values():
    """Values are found where they begin, those in lists too."""
    values = locate(SAMPLE).values

    assert Place(5, 5) == values["tool", "twin.rail", "paths", 0]
    assert Place(6, 5) == values["tool", "twin.rail", "paths", 1]
    assert Place(8, 8) == values["tool", "twin.rail", "text"]
    assert Place(12, 8) == values["tool", "twin.rail", "when"]


def test_nearest():
    """What does not stand in the file is shown at the nearest table around it, else at the file's beginning."""
    places = locate("[a.b]\nc = 1\n")

    assert Place(2, 5) == places.of(("a", "b", "c"))
    assert Place(2, 1) == places.of(("a", "b", "c"), key=True)
    assert Place(1, 4) == places.of(("a", "b", "missing", "d"))
    assert ("a", "b") == places.nearest(("a", "b", "missing", "d"))
    assert Place(1, 1) == places.of(("other",))
    assert Place(1, 1) == Places().of(("a",))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_every_key(document):
    """In any document, in any style, every key is found on its line."""
    text, lines = document
    found = locate(text).keys

    assert set(lines) == set(keys_of(tomllib.loads(text)))
    assert lines == {path: found[path].line for path in lines}
