"""What settings mean, are, and where they come from."""

import pytest

from twinrail.project.decode import Configuration, Document, decode
from twinrail.project.explain import about, settings_table
from twinrail.project.locate import locate
from twinrail.system.errors import UsageError

TEXT = """\
[tool.twinrail.test]
coverage = 90

[tool.twinrail.environments.staging]
replicas = 2
strategy = "rolling"
performance = { users = 5, p95 = "400ms" }
"""


@pytest.fixture
def configuration():
    import tomllib

    return decode(Document("pyproject.toml", tomllib.loads(TEXT), locate(TEXT)), ("test.paths=['spec']",))


def one(configuration, key):
    [found] = [each for each in about(configuration, key) if each.key == key]
    return found


@pytest.mark.parametrize(("key", "value", "source"), [
    ("test.coverage", "90", "pyproject.toml:2"),
    ("test.paths", '["spec"]', "command line"),
    ("build.reproducible", "true", "default"),
    ("environments.staging.replicas", "2", "pyproject.toml:5"),
    ("environments.staging.performance.p95", '"0.4s"', "pyproject.toml:7"),
    ("environments.staging.performance.errors", '"1%"', "default"),
    ("environments.staging.drain", '"30s"', "default"),
])  # fmt: skip
def test_a_setting_has_its_value_and_its_source(configuration, key, value, source):
    """A value is shown as it could be written, with the place that it comes from."""
    found = one(configuration, key)
    assert (value, source) == (found.value, found.source)


def test_a_table_is_explained_whole(configuration):
    """A table's key explains all that stands in it, and `tool.twinrail.` before it does no harm."""
    found = [each.key for each in about(configuration, "tool.twinrail.test")]
    assert ["test.paths", "test.coverage", "test.pythons"] == found
    assert len(about(configuration, "environments.staging")) > 10


def test_every_setting_has_a_meaning_and_a_kind():
    """No setting is without documentation, and none of a kind that nobody knows."""
    for each in settings_table(Configuration()):
        assert each.text, each.key
        assert "value" != each.kind, each.key


def test_what_is_none_gets_a_guess(configuration):
    """An unknown key is refused with the nearest known one."""
    with pytest.raises(UsageError, match="Did you mean"):
        about(configuration, "test.coverge")
