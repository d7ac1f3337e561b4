"""A tool that makes many parsers before it needs any gets each of them when it asks for it."""

import importlib
import sys
from types import SimpleNamespace

import pytest

from twinrail.quality.cyclonedx import import_with_parsers_later

RULES = """\
import lark_of_the_test as lark

iri = lark.Lark("iri", start="iri")
port = lark.Lark("port")
"""


@pytest.fixture
def made():
    """What was made of lark, in its order."""
    return []


@pytest.fixture
def lark(made, monkeypatch, tmp_path):
    """A stand-in for lark, and a place for modules that import it."""

    class Lark:
        def __init__(self, *given, **named):
            made.append((given, named))

        def parse(self, text, start=""):
            return f"{text}, from {start}"

    module = SimpleNamespace(Lark=Lark)
    monkeypatch.setitem(sys.modules, "lark_of_the_test", module)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield module
    assert Lark is module.Lark
    sys.modules.pop("rules_of_the_test", None)


def test_a_parser_is_made_when_it_is_asked(lark, made, tmp_path):
    """Importing makes none; the first question makes its own, once, as it was described."""
    (tmp_path / "rules_of_the_test.py").write_text(RULES, encoding="utf-8")
    import_with_parsers_later("rules_of_the_test", lark)
    assert [] == made
    rules = sys.modules["rules_of_the_test"]
    assert ["a, from b", "c, from "] == [rules.iri.parse("a", start="b"), rules.iri.parse("c")]
    assert [(("iri",), {"start": "iri"})] == made


def test_a_module_that_is_not_there_changes_nothing(lark):
    """lark is as it was, whatever comes of the import."""
    with pytest.raises(ImportError):
        import_with_parsers_later("rules_of_the_test", lark)
